import { keyIdOf } from "../../app/database/idempotency-store";
import { attemptsOf } from "./checkers/attempts";
import type { FaultWindow } from "./measures";
import type { Evidence } from "./state";

/** What the drill itself noticed of a window. */
export interface WindowNotes {
    readonly window: FaultWindow;
    /** Whether a link was cut or a cell was down. */
    readonly isPartition: boolean;
    /** Units that cells gave each other during it. */
    readonly unitsMoved: number;
    /** Messages that waited to be sent when it was healed. */
    readonly backlog: number;
}

/** How often a state that is seldom was reached. */
export interface Reached {
    readonly name: string;
    readonly count: number;
}

/**
 * Counts the rare states of a drill. A drill that never reached one of them proves nothing about
 * it, however many rules it kept.
 */
export function countReached(
    { operations, cells }: Evidence,
    notes: readonly WindowNotes[],
    switched: Readonly<Record<string, number>>,
): readonly Reached[] {
    const partitions = notes.filter(({ isPartition }) => isPartition);
    const stored = new Map(
        cells.flatMap(({ name, keys }) =>
            keys.map(({ key, resourceId }) => [`${name} ${key}`, resourceId] as const),
        ),
    );
    const orders = attemptsOf(operations, "placeOrder");
    const isStored = (key: string | undefined, cell: string) =>
        stored.has(`${cell} ${keyIdOf(key ?? "")}`);
    const during = (isWanted: (note: WindowNotes) => boolean, cell: string, at: number): boolean =>
        notes.some(
            (note) =>
                isWanted(note) &&
                !note.window.cellsDown.includes(cell) &&
                note.window.fromMilliseconds <= at &&
                at <= note.window.toMilliseconds,
        );
    const counted: Readonly<Record<string, number>> = {
        "units moved between cells during a partition": partitions.filter(
            ({ unitsMoved }) => unitsMoved > 0,
        ).length,
        "orders placed while another cell could not be reached": operations.filter(
            ({ action, outcome, cell, invokedAtMilliseconds }) =>
                action.kind === "placeOrder" &&
                outcome === "ok" &&
                during(({ isPartition }) => isPartition, cell, invokedAtMilliseconds),
        ).length,
        "requests without an answer that had been committed": orders.filter(
            ({ operations: [first], key, first: { cell } }) =>
                first?.outcome === "unknown" && isStored(key, cell),
        ).length,
        "requests without an answer that had not": orders.filter(
            ({ outcome, key, first: { cell } }) => outcome === "unknown" && !isStored(key, cell),
        ).length,
        "repeated requests that got the first answer": operations.filter(
            ({ answer }) => answer?.isReplay === true,
        ).length,
        "checkouts repeated in another cell": orders.filter(
            ({ operations: sent }) =>
                new Set(sent.map(({ cell, answer }) => answer?.servedBy ?? cell)).size > 1,
        ).length,
        "orders that gave way to another cell's": cells.reduce(
            (sum, { number, orders: rows }) =>
                sum +
                rows.filter(({ home, supersededBy }) => home === number && supersededBy).length,
            0,
        ),
        "cells healed with a backlog": notes.filter(({ backlog }) => backlog > 0).length,
        "orders for customers of another cell": cells.reduce(
            (sum, { number, orders: rows }) =>
                sum + rows.filter(({ home }) => home !== number).length,
            0,
        ),
        "orders refused for want of stock": operations.filter(
            ({ answer }) => answer?.code === "out_of_stock" || answer?.code === "stock_in_transit",
        ).length,
        "orders cancelled": cells.reduce(
            (sum, { number, orders: rows }) =>
                sum +
                rows.filter(({ home, status }) => home === number && status === "cancelled").length,
            0,
        ),
        ...switched,
    };
    return Object.entries(counted).map(([name, count]) => ({ name, count }));
}
