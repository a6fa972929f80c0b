import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { deployLocally } from "../../infra/local/deploy";
import { writeSection } from "../results/results";
import { type FailoverResult, holdFailover } from "./failover";
import { brokenLimits, markdownOfFailover, textOfFailover } from "./failover-report";

const usage = `Loses a home Region and then a whole cell while clients shop at 50 requests a second:

  npm run failover -- [options]

  --seed S    chooses the requests; 1-40 letters, digits or hyphens (default: the time)
  --json      write one JSON document instead of tables
  --help      show this

Ends with 0 when every limit held, 1 when not, 2 when the drill itself failed.
`;

/** Six Regions: each cell serves from both of its own. */
const stack = "prod";

void main();

async function main(): Promise<void> {
    const exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        return 2;
    });
    process.exit(exitCode);
}

async function run(commandLine: readonly string[]): Promise<number> {
    const { values } = parseArgs({
        args: [...commandLine],
        options: {
            seed: { type: "string" },
            json: { type: "boolean" },
            help: { type: "boolean", short: "h" },
        },
    });
    if (values.help === true) {
        process.stdout.write(usage);
        return 0;
    }
    const seed = values.seed ?? Date.now().toString(36);
    if (!/^[A-Za-z0-9-]{1,40}$/.test(seed)) {
        throw new Error(`--seed is "${seed}"; allowed: 1-40 letters, digits or hyphens.`);
    }
    const result = await failOver(seed);
    process.stdout.write(values.json === true ? jsonOf(result) : textOfFailover(result));
    writeSection(
        "failover",
        `\`npm run failover -- --seed ${seed}\`\n\n${markdownOfFailover(result)}`,
    );
    return brokenLimits(result).length === 0 ? 0 : 1;
}

/** Deploys a shop of its own, so that nothing of a running one is broken. */
async function failOver(seed: string): Promise<FailoverResult> {
    const folder = await mkdtemp(path.join(tmpdir(), "shop-failover-"));
    const progress = (text: string): void => {
        process.stderr.write(`${text}\n`);
    };
    progress("deploying six Regions");
    const deployment = await deployLocally({ stack, folder, durable: false });
    const stop = async (): Promise<void> => {
        await deployment.stop();
        await rm(folder, { recursive: true, force: true });
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.once(signal, () => void stop().finally(() => process.exit(2)));
    }
    try {
        return await holdFailover(deployment, {
            stack,
            seed,
            losses: ["region", "cell"],
            lostMilliseconds: 40_000,
            recoveryMilliseconds: 30_000,
            clientsPerCell: 12,
            actsPerSecond: 75,
            progress,
        });
    } finally {
        await stop();
    }
}

function jsonOf(result: FailoverResult): string {
    const document = { broken: brokenLimits(result), reports: result.reports };
    return `${JSON.stringify(document, null, 4)}\n`;
}
