import { missing } from "./reached";
import type { Schedule, Summary } from "./simulate";

/** Whether a simulation has shown what it is for. */
export function isPassed(summary: Summary): boolean {
    return summary.failure === undefined && unreached(summary).length === 0;
}

export function unreached({ reached }: Summary): readonly string[] {
    return missing(new Map(Object.entries(reached)));
}

/** What a simulation has come to, as Markdown. */
export function markdownOf(summary: Summary, seed: string, seconds: number): string {
    const { steps, worlds, faults, reached, convergedAfter, failure } = summary;
    const table = (head: string, rows: Readonly<Record<string, number | string>>) =>
        [
            `| ${head} | |`,
            "|---|---:|",
            ...Object.entries(rows).map(([a, b]) => `| ${a} | ${written(b)} |`),
        ].join("\n");
    const sorted = [...convergedAfter].sort((one, other) => one - other);
    const at = (part: number) =>
        sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    const inSeconds = (milliseconds = 0) => `${(milliseconds / 1_000).toFixed(1)} s`;
    return [
        verdictOf(summary),
        "",
        table("simulated", {
            seed,
            steps,
            worlds,
            "steps a second": Math.round(steps / seconds),
            // Each is looked for at every commit and at the end, and ends the simulation.
            ...(failure === undefined
                ? { "orders lost": 0, "units oversold": 0, "orders made twice": 0 }
                : {}),
            "time to converge, virtual: p50": inSeconds(at(0.5)),
            p99: inSeconds(at(0.99)),
            max: inSeconds(sorted.at(-1)),
        }),
        "",
        table("faults", sortedByName(faults as Record<string, number>)),
        "",
        table("reached", sortedByName(reached)),
    ].join("\n");
}

export function verdictOf(summary: Summary): string {
    const { failure } = summary;
    if (failure !== undefined) {
        return `A rule was broken in the world ${failure.seed}: ${failure.violation.split("\n")[0]}`;
    }
    const never = unreached(summary);
    return never.length > 0
        ? `Never reached: ${never.join("; ")}.`
        : "Every rule held in every world, all converged, and every rare state was reached.";
}

/** How to see a broken rule again. */
export function textOfFailure(failure: Schedule, file: string): string {
    return [
        `seed ${failure.seed}, ${failure.faults.length} faults:`,
        ...failure.faults.map((fault) => `  ${JSON.stringify(fault)}`),
        failure.violation,
        `Again: npm run simulate -- --schedule ${file}`,
        "",
    ].join("\n");
}

function written(value: number | string): string {
    return typeof value === "number" ? value.toLocaleString("en-US") : value;
}

function sortedByName(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
