import { fork } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { writeSection } from "../results/results";
import { isPassed, markdownOf, textOfFailure, verdictOf } from "./report";
import { addUp, type Schedule, type Summary, simulate } from "./simulate";
import { runWorld } from "./world";

const usage = `Lets simulated cells, with the program's own code, live through every fault: npm run simulate -- [options]

  --steps N        events to simulate; 1,000,000 by default
  --seed S         the same seed, the same worlds; 1 by default
  --processes N    that share the work; as many as there are processors by default
  --schedule FILE  run the one world of a file that a failure has written
  --json           write one JSON document, and leave tests/RESULTS.md alone
  --help           show this

Ends with 0 when every rule held and every rare state was reached, 1 when not, 2 when something failed.
`;

const failureFolder = path.resolve(__dirname, "../../.local/simulation");

type Told = { readonly steps: number } | { readonly summary: Summary };

void main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
});

async function main(): Promise<void> {
    // The program makes many errors here, and nobody reads where they come from.
    Error.stackTraceLimit = 0;
    const { values } = parseArgs({
        options: {
            steps: { type: "string", default: "1000000" },
            seed: { type: "string", default: "1" },
            processes: { type: "string", default: String(os.availableParallelism()) },
            process: { type: "string" },
            schedule: { type: "string" },
            json: { type: "boolean", default: false },
            help: { type: "boolean", default: false },
        },
    });
    const share = {
        seed: values.seed,
        steps: whole(values.steps),
        processes: whole(values.processes),
    };
    if (values.help) {
        process.stdout.write(usage);
    } else if (values.schedule !== undefined) {
        await replay(values.schedule);
    } else if (values.process !== undefined) {
        await serve(share, Number(values.process));
    } else {
        await simulateAll(share, values.json);
    }
}

interface Share {
    readonly seed: string;
    readonly steps: number;
    readonly processes: number;
}

async function simulateAll(share: Share, isJson: boolean): Promise<void> {
    const startedAt = process.hrtime.bigint();
    const progress = new Map<number, number>();
    const show = (): void => {
        const steps = [...progress.values()].reduce((sum, count) => sum + count, 0);
        process.stderr.write(
            `\r${steps.toLocaleString("en-US")} of ${share.steps.toLocaleString("en-US")} steps`,
        );
    };
    const summaries = await Promise.all(
        Array.from({ length: share.processes }, (_, number) =>
            startProcess(share, number, (steps) => {
                progress.set(number, steps);
                if (process.stderr.isTTY && !isJson) {
                    show();
                }
            }),
        ),
    );
    const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
    const summary = addUp(summaries);
    const markdown = markdownOf(summary, share.seed, seconds);
    if (isJson) {
        const document = {
            passed: isPassed(summary),
            verdict: verdictOf(summary),
            seconds,
            ...summary,
        };
        process.stdout.write(`${JSON.stringify(document, null, 4)}\n`);
    } else {
        process.stdout.write(`\n${markdown}\n`);
        const command = `npm run simulate -- --steps ${share.steps} --seed ${share.seed}`;
        writeSection("simulate", `\`${command}\`\n\n${markdown}`);
    }
    if (summary.failure !== undefined) {
        process.stderr.write(textOfFailure(summary.failure, keep(summary.failure)));
    }
    process.exitCode = isPassed(summary) ? 0 : 1;
}

/** Time and chance are replaced for a whole process, so each share of the work has one. */
function startProcess(
    { seed, steps, processes }: Share,
    number: number,
    onProgress: (steps: number) => void,
): Promise<Summary> {
    const options = ["--seed", seed, "--steps", String(Math.ceil(steps / processes))];
    const place = ["--processes", String(processes), "--process", String(number)];
    const child = fork(__filename, [...options, ...place], { execArgv: ["--require", "tsx/cjs"] });
    return new Promise((resolve, reject) => {
        child.on("message", (told: Told) =>
            "summary" in told ? resolve(told.summary) : onProgress(told.steps),
        );
        child.on("exit", (code) =>
            reject(new Error(`A process of the simulation ended with ${code}.`)),
        );
        child.on("error", reject);
    });
}

async function serve(share: Share, number: number): Promise<void> {
    // An orphan has nobody to work for.
    process.on("disconnect", () => process.exit(0));
    const tell = (told: Told) => process.send?.(told);
    const onProgress = (steps: number) => tell({ steps });
    const summary = await simulate({ ...share, process: number, onProgress });
    tell({ summary });
    process.disconnect?.();
}

function keep(failure: Schedule): string {
    const file = path.join(failureFolder, `${failure.seed}.json`);
    fs.mkdirSync(failureFolder, { recursive: true });
    fs.writeFileSync(file, `${JSON.stringify(failure, null, 4)}\n`);
    return path.relative(process.cwd(), file);
}

async function replay(file: string): Promise<void> {
    Error.stackTraceLimit = 30;
    const schedule = JSON.parse(fs.readFileSync(file, "utf8")) as Schedule;
    const { violation, steps } = await runWorld(schedule.seed, schedule.faults);
    process.stdout.write(`${steps} steps: ${violation ?? "every rule held"}\n`);
    process.exitCode = violation === undefined ? 0 : 1;
}

function whole(text: string): number {
    const number = Number(text);
    if (!Number.isSafeInteger(number) || number < 1) {
        throw new Error(`"${text}" is not a whole number above 0.`);
    }
    return number;
}
