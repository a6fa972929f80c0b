import type { ActionKind, Operation } from "./history";

/** A time during which something was broken on purpose. */
export interface FaultWindow {
    /** What was broken, for people: `link us-eu cut`. */
    readonly name: string;
    /** Cells whose customers cannot be served meanwhile. */
    readonly cellsDown: readonly string[];
    readonly fromMilliseconds: number;
    readonly toMilliseconds: number;
}

/** How a cell served its customers during something. */
export interface Service {
    readonly cell: string;
    /** The window's name, or `healthy`. */
    readonly during: string;
    /** Whether the cell was meant to answer. */
    readonly isExpected: boolean;
    readonly operations: number;
    /** The share of operations that got an answer of the shop, be it a refusal; 0 to 1. */
    readonly answered: number;
    readonly p50Milliseconds: number;
    readonly p99Milliseconds: number;
}

/** Name of the time outside of all windows. */
export const healthy = "healthy";

/**
 * Availability and latency of each cell, in each kind of window and outside of all. An operation
 * counts for a window when it ran wholly inside it: what began before says little of the fault.
 */
export function measureService(
    operations: readonly Operation[],
    windows: readonly FaultWindow[],
    kinds?: readonly ActionKind[],
): readonly Service[] {
    const groups = new Map<
        string,
        { during: string; cell: string; isExpected: boolean; of: Operation[] }
    >();
    for (const operation of operations) {
        const during = windowOf(operation, windows);
        if (during === "mixed" || !(kinds?.includes(operation.action.kind) ?? true)) {
            continue;
        }
        const name = during?.name ?? healthy;
        const key = `${name} ${operation.cell}`;
        const group = groups.get(key) ?? {
            during: name,
            cell: operation.cell,
            isExpected: during?.cellsDown.includes(operation.cell) !== true,
            of: [],
        };
        group.of.push(operation);
        groups.set(key, group);
    }
    return [...groups.values()].map(({ of, ...rest }) => ({ ...rest, ...serviceOf(of) }));
}

/** The window an operation ran in; undefined for none, `mixed` for one that it only touched. */
function windowOf(
    { invokedAtMilliseconds, endedAtMilliseconds = Number.POSITIVE_INFINITY }: Operation,
    windows: readonly FaultWindow[],
): FaultWindow | "mixed" | undefined {
    const touched = windows.filter(
        ({ fromMilliseconds, toMilliseconds }) =>
            endedAtMilliseconds >= fromMilliseconds && invokedAtMilliseconds <= toMilliseconds,
    );
    const [window] = touched;
    if (window === undefined) {
        return undefined;
    }
    const isInside =
        invokedAtMilliseconds >= window.fromMilliseconds &&
        endedAtMilliseconds <= window.toMilliseconds;
    return touched.length === 1 && isInside ? window : "mixed";
}

function serviceOf(
    operations: readonly Operation[],
): Pick<Service, "operations" | "answered" | "p50Milliseconds" | "p99Milliseconds"> {
    const answered = operations.filter(({ answer }) => answer !== undefined && answer.status < 500);
    const durations = answered.map(durationOf);
    return {
        operations: operations.length,
        answered: operations.length === 0 ? 1 : answered.length / operations.length,
        p50Milliseconds: quantile(durations, 0.5),
        p99Milliseconds: quantile(durations, 0.99),
    };
}

/** How long a client waited. */
export function durationOf({ invokedAtMilliseconds, endedAtMilliseconds }: Operation): number {
    return (endedAtMilliseconds ?? Number.POSITIVE_INFINITY) - invokedAtMilliseconds;
}

/** The smallest of the numbers that the share of them does not exceed; 0 when there are none. */
export function quantile(numbers: readonly number[], share: number): number {
    const sorted = [...numbers].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** How many operations ended how. */
export function countOutcomes(operations: readonly Operation[]) {
    const counts = { ok: 0, failed: 0, unknown: 0 };
    for (const { outcome } of operations) {
        counts[outcome] += 1;
    }
    return counts;
}

/** How often each problem was told, the most frequent first. */
export function countProblems(operations: readonly Operation[]): readonly [string, number][] {
    const counts = new Map<string, number>();
    for (const { answer, failure } of operations) {
        const problem =
            failure === undefined
                ? answer !== undefined && answer.status >= 400
                    ? `${answer.status} ${answer.code ?? "(edge)"}`
                    : undefined
                : "no answer";
        if (problem !== undefined) {
            counts.set(problem, (counts.get(problem) ?? 0) + 1);
        }
    }
    return [...counts].sort(([, a], [, b]) => b - a);
}
