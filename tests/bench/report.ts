import { cpus } from "node:os";
import { isOver, type Result, ratioOf } from "./measure";

/** The results as an aligned table. */
export function tableOf(results: readonly Result[]): string {
    const head = ["measure", "value", "baseline", "ratio", "budget", ""];
    const rows = [head, ...results.map(rowOf)];
    const widths = head.map((_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    const lines = rows.map((row) =>
        row
            .map((cell, column) => {
                const width = widths[column] ?? 0;
                return column === 1 || column === 2 ? cell.padStart(width) : cell.padEnd(width);
            })
            .join("  ")
            .trimEnd(),
    );
    return `${lines.join("\n")}\n\nNode.js ${process.version}, ${cpus().length} processors\n`;
}

/** The results as one JSON document, for scripts. */
export function jsonOf(results: readonly Result[]): string {
    const measured = results.map(({ medianRatio, ...result }) => ({
        ...result,
        ratio: ratioOf({ ...result, medianRatio }),
        ok: !isOver({ ...result, medianRatio }),
    }));
    const document = { node: process.version, processors: cpus().length, results: measured };
    return `${JSON.stringify(document, null, 4)}\n`;
}

function rowOf(result: Result): string[] {
    const { measure, unit, value, baseline, spread, budget } = result;
    const ratio = ratioOf(result);
    const range = spread && ` (${spread.map((end) => end.toFixed(2)).join("-")})`;
    const sign = budget.comparison === "at most" ? "<=" : ">=";
    return [
        measure,
        quantity(value, unit),
        baseline === undefined ? "-" : quantity(baseline, unit),
        ratio === undefined ? "-" : `${ratio.toFixed(2)}${range ?? ""}`,
        budget.of === "ratio"
            ? `ratio ${sign} ${budget.limit}`
            : `${sign} ${quantity(budget.limit, unit)}`,
        isOver(result) ? "over" : "ok",
    ];
}

function quantity(value: number, unit: string): string {
    const number = Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value.toFixed(1);
    return unit === "" ? number : `${number} ${unit}`;
}
