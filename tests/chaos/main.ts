import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { deployLocally } from "../../infra/local/deploy";
import { writeSection } from "../results/results";
import { type DrillResult, holdDrill } from "./drill";
import { openLocalGround } from "./local-ground";
import { type DrillCommand, readDrillCommand, usage } from "./options";
import { isPassed, jsonOf, markdownOf, textOf } from "./report";

const stack = "dev";
/** Of what happens to messages; everything else has the drill's seed. */
const queueSeed = 1;
const clientsPerCell = 4;
const actsPerSecond = 36;
const hurryAfterMilliseconds = 5_000;
/** Longer than a message may stay invisible, and than digests wait for their turn. */
const convergenceLimitMilliseconds = 420_000;

void main();

async function main(): Promise<void> {
    const commandLine = process.argv.slice(2);
    const isDrill = commandLine.some((argument) => /^--minutes(=|$)/.test(argument));
    if (!isDrill) {
        const asksForHelp = commandLine.every((argument) => /^(--help|-h)$/.test(argument));
        process.stdout.write(asksForHelp ? `${usage}\n` : "");
        // A verb breaks a shop that runs already.
        require("../../infra/local/chaos/main");
        return;
    }
    const exitCode = await run(commandLine).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        return 2;
    });
    process.exit(exitCode);
}

async function run(commandLine: readonly string[]): Promise<number> {
    const command = readDrillCommand(commandLine, Date.now().toString(36));
    if (command.isHelp) {
        process.stdout.write(usage);
        return 0;
    }
    const result = await drill(command);
    process.stdout.write(command.isJson ? jsonOf(result) : textOf(result));
    writeSection("chaos", `\`${commandOf(command)}\`\n\n${markdownOf(result)}`);
    if (command.historyFile !== undefined) {
        await writeFile(command.historyFile, `${result.historyLines().join("\n")}\n`);
    }
    return isPassed(result) ? 0 : 1;
}

/** Deploys a shop of its own, so that nothing of a running one is broken. */
async function drill({ minutes, seed, hasLatency }: DrillCommand): Promise<DrillResult> {
    const folder = await mkdtemp(path.join(tmpdir(), "shop-drill-"));
    const progress = (text: string): void => {
        process.stderr.write(`${text}\n`);
    };
    progress("deploying");
    const deployment = await deployLocally({ stack, folder, durable: false, hasLatency });
    const stop = async (): Promise<void> => {
        await deployment.stop();
        await rm(folder, { recursive: true, force: true });
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.once(signal, () => void stop().finally(() => process.exit(2)));
    }
    try {
        return await holdDrill(openLocalGround(deployment, stack, queueSeed), {
            seed,
            milliseconds: minutes * 60_000,
            clientsPerCell,
            actsPerSecond,
            hurryAfterMilliseconds,
            convergenceLimitMilliseconds,
            isPatient: true,
            progress,
        });
    } finally {
        await stop();
    }
}

function commandOf({ minutes, seed, hasLatency }: DrillCommand): string {
    return `npm run chaos -- --minutes ${minutes} --seed ${seed}${hasLatency ? " --latency" : ""}`;
}
