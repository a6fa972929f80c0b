import { checks } from "./checkers/all";
import type { DrillResult } from "./drill";
import { countOutcomes, countProblems, healthy, measureService, quantile } from "./measures";

/** Whether a drill has shown what it was held for. */
export function isPassed({ violations, reached }: DrillResult): boolean {
    return violations.length === 0 && reached.every(({ count }) => count > 0);
}

export type Table = readonly (readonly (string | number)[])[];

/** A table with its title. */
export interface Part {
    readonly title: string;
    /** The first row is the head. */
    readonly table: Table;
}

const shownViolations = 20;

/** A drill's result as tables, aligned for a terminal. */
export function textOf(result: DrillResult): string {
    return `${textOfParts(partsOf(result))}\n${verdictOf(result)}\n`;
}

/** Tables, aligned for a terminal. */
export function textOfParts(parts: readonly Part[]): string {
    return parts.map(({ title, table }) => `${title}\n${aligned(table)}\n`).join("\n");
}

/** A drill's result as Markdown. */
export function markdownOf(result: DrillResult): string {
    return `${verdictOf(result)}\n\n${markdownOfParts(partsOf(result))}\n`;
}

/** Tables as Markdown, each below a heading. */
export function markdownOfParts(parts: readonly Part[]): string {
    const written = parts.map(({ title, table: [head = [], ...rows] }) => {
        const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
        return [
            `### ${title}`,
            "",
            line(head),
            line(head.map(() => "---")),
            ...rows.map(line),
        ].join("\n");
    });
    return written.join("\n\n");
}

/** A drill's result as one JSON document. */
export function jsonOf(result: DrillResult): string {
    const { operations, historyLines: _, notes, ...rest } = result;
    const windows = notes.map(({ window }) => window);
    const document = {
        passed: isPassed(result),
        ...rest,
        outcomes: countOutcomes(operations),
        problems: Object.fromEntries(countProblems(operations)),
        service: measureService(operations, windows),
        windows: notes,
    };
    return `${JSON.stringify(document, null, 4)}\n`;
}

function verdictOf(result: DrillResult): string {
    const { seed, milliseconds, operations, violations, reached } = result;
    const missed = reached.filter(({ count }) => count === 0).map(({ name }) => name);
    const broken = violations.length === 0 ? "every rule held" : `${violations.length} violations`;
    const unseen = missed.length === 0 ? "" : ` Never reached: ${missed.join("; ")}.`;
    return (
        `Seed ${seed}: ${operations.length} requests in ${Math.round(milliseconds / 1_000)} s; ` +
        `${broken}.${unseen}`
    );
}

/** Each rule, and how often it was broken. */
export function rulesOf(result: DrillResult): Part {
    return { title: "Rules", table: rulesTable(result) };
}

function partsOf(result: DrillResult): readonly Part[] {
    return [
        rulesOf(result),
        ...(result.violations.length === 0
            ? []
            : [{ title: "Violations", table: violationsTable(result) }]),
        { title: "Requests", table: requestsTable(result) },
        { title: "Convergence after healing", table: convergenceTable(result) },
        { title: "Service of each cell", table: serviceTable(result) },
        { title: "Orders while a cell was down, in the others", table: ordersTable(result) },
        { title: "Faults", table: [["fault", "times"], ...Object.entries(result.faults)] },
        {
            title: "Rare states",
            table: [["state", "times"], ...result.reached.map(({ name, count }) => [name, count])],
        },
    ];
}

function rulesTable({ violations }: DrillResult): Table {
    return [
        ["rule", "violations"],
        ...checks.flatMap(({ name, rules }) => {
            const broken = violations.filter(({ rule }) => rules.includes(rule));
            return [[`${name} (${rules.join(", ")})`, broken.length]];
        }),
    ];
}

function violationsTable({ violations }: DrillResult): Table {
    return [
        ["rule", "what was found"],
        ...violations.slice(0, shownViolations).map(({ rule, detail }) => [rule, detail]),
    ];
}

function requestsTable({ operations, borrowings }: DrillResult): Table {
    const { ok, failed, unknown } = countOutcomes(operations);
    const orders = operations.filter(({ action }) => action.kind === "placeOrder");
    const local = orders.length === 0 ? 1 : 1 - borrowings / orders.length;
    return [
        ["requests", "number"],
        ["done", ok],
        ["refused", failed],
        ["outcome unknown", unknown],
        ["orders", orders.length],
        ["orders that asked another cell for units", borrowings],
        ["share of orders served locally", percent(Math.max(0, local))],
        ...countProblems(operations).map(([problem, count]) => [`answer: ${problem}`, count]),
    ];
}

function convergenceTable({ convergences }: DrillResult): Table {
    const rows = [
        { name: "all", of: convergences },
        { name: "with schedules run early", of: convergences.filter((one) => one.wasHurried) },
        { name: "with no help at all", of: convergences.filter((one) => !one.wasHurried) },
    ].filter(({ of }) => of.length > 0);
    return [
        ["heals", "number", "p50", "p99", "max", "largest backlog"],
        ...rows.map(({ name, of }) => {
            const times = of.map(({ milliseconds }) => milliseconds);
            return [
                name,
                of.length,
                seconds(quantile(times, 0.5)),
                seconds(quantile(times, 0.99)),
                seconds(Math.max(...times)),
                Math.max(...of.map(({ backlog }) => backlog)),
            ];
        }),
    ];
}

function serviceTable({ operations, notes }: DrillResult): Table {
    const service = measureService(
        operations,
        notes.map(({ window }) => window),
    );
    return [
        ["during", "cell", "requests", "answered", "p50", "p99"],
        ...service.map(({ during, cell, isExpected, ...one }) => [
            during,
            isExpected ? cell : `${cell} (down)`,
            one.operations,
            percent(one.answered),
            `${one.p50Milliseconds} ms`,
            `${one.p99Milliseconds} ms`,
        ]),
    ];
}

/** The promise: nobody waits longer than the borrow budget and the usual time. */
function ordersTable({ operations, notes }: DrillResult): Table {
    const down = notes.map(({ window }) => window).filter(({ cellsDown }) => cellsDown.length > 0);
    const service = measureService(operations, down, ["placeOrder"]).filter(
        ({ during, isExpected }) => isExpected && during !== healthy,
    );
    return [
        ["during", "cell", "orders", "answered", "p50", "p99"],
        ...service.map(({ during, cell, ...one }) => [
            during,
            cell,
            one.operations,
            percent(one.answered),
            `${one.p50Milliseconds} ms`,
            `${one.p99Milliseconds} ms`,
        ]),
    ];
}

function aligned(table: Table): string {
    const widths = (table[0] ?? []).map((_, column) =>
        Math.max(...table.map((row) => String(row[column] ?? "").length)),
    );
    return table
        .map((row) =>
            row
                .map((cell, column) => String(cell).padEnd(widths[column] ?? 0))
                .join("  ")
                .trimEnd(),
        )
        .join("\n");
}

function percent(share: number): string {
    return `${(100 * share).toFixed(1)} %`;
}

function seconds(milliseconds: number): string {
    return `${(milliseconds / 1_000).toFixed(1)} s`;
}
