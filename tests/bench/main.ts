import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { measureBetweenCells } from "./between-cells";
import { measureBundles } from "./bundles";
import { measureCellDown } from "./cell-down";
import { measureFrontDoor } from "./front-door";
import { isOver, type Measure, type Result } from "./measure";
import { jsonOf, tableOf } from "./report";
import { measureRoundTrips } from "./round-trips";
import { measureStart } from "./start";
import { measureThroughput } from "./throughput";

const measures: Readonly<Record<string, Measure>> = {
    "round-trips": measureRoundTrips,
    throughput: measureThroughput,
    "front-door": measureFrontDoor,
    bundles: measureBundles,
    start: measureStart,
    "between-cells": measureBetweenCells,
    "cell-down": measureCellDown,
};

const usage = `Measures the budgets of the shop: npm run bench -- [options]

  --only NAME   run one of: ${Object.keys(measures).join(", ")}; may be repeated
  --json        write one JSON document instead of a table
  --help        show this

Ends with 0 when every budget is kept, 1 when one is exceeded, 2 when something failed.
`;

const measureTimeoutMilliseconds = 180_000;
const undoTimeoutMilliseconds = 30_000;

/** What has to be undone before this process may end. */
const undoings: (() => Promise<void>)[] = [];
let undone = Promise.resolve();

void main();

async function main(): Promise<void> {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.once(signal, () => void undoAll().finally(() => process.exit(2)));
    }
    const exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        return 2;
    });
    await undoAll();
    process.exit(exitCode);
}

async function run(commandLine: readonly string[]): Promise<number> {
    const { values } = parseArgs({
        args: [...commandLine],
        options: {
            only: { type: "string", multiple: true },
            json: { type: "boolean" },
            help: { type: "boolean", short: "h" },
        },
    });
    if (values.help === true) {
        process.stdout.write(usage);
        return 0;
    }
    const results: Result[] = [];
    for (const [name, measure] of choose(values.only)) {
        results.push(...(await runMeasure(name, measure)));
    }
    process.stdout.write(values.json === true ? jsonOf(results) : tableOf(results));
    return results.some(isOver) ? 1 : 0;
}

function choose(only: readonly string[] | undefined): readonly [string, Measure][] {
    const unknown = only?.find((name) => measures[name] === undefined);
    if (unknown !== undefined) {
        const allowed = Object.keys(measures).join(", ");
        throw new Error(`--only is "${unknown}"; allowed: ${allowed}.`);
    }
    return Object.entries(measures).filter(([name]) => only?.includes(name) ?? true);
}

async function runMeasure(name: string, measure: Measure): Promise<readonly Result[]> {
    // Standard error, so that a script reads nothing but the document.
    const progress = (text: string): void => {
        process.stderr.write(`${name}: ${text}\n`);
    };
    const deadline = new AbortController();
    const late = wait(measureTimeoutMilliseconds, undefined, { signal: deadline.signal }).then(
        () => {
            throw new Error(`it took over ${measureTimeoutMilliseconds / 1_000} s`);
        },
    );
    try {
        const measured = measure({ progress, later: (undo) => undoings.push(undo) });
        return await Promise.race([measured, late]);
    } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`${name} could not be measured: ${reason}`, { cause });
    } finally {
        deadline.abort();
        await undoAll();
    }
}

/** Undoes everything once, whoever asks for it: a signal does so while a measure is ending. */
function undoAll(): Promise<void> {
    undone = undone.then(undoRest);
    return undone;
}

/** Whatever cannot be undone in time is left behind, rather than this process hanging. */
async function undoRest(): Promise<void> {
    for (let undo = undoings.pop(); undo !== undefined; undo = undoings.pop()) {
        const undoing = undo().catch((error: unknown) => {
            process.stderr.write(`A part could not be cleaned up: ${error}\n`);
        });
        await Promise.race([undoing, wait(undoTimeoutMilliseconds, undefined, { ref: false })]);
    }
}
