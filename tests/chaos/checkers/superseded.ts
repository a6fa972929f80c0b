import { keyIdOf } from "../../../app/database/idempotency-store";
import type { Operation } from "../history";
import type { CellState, Evidence, OrderRow, Violation } from "../state";
import { attemptsOf } from "./attempts";

/**
 * Who gives way is not lost: an order that was cancelled in favour of another one leads, maybe over
 * others that gave way in turn, to one that its home has and that did not give way itself, and its
 * key stands for that one wherever it is known.
 */
export function findSwallowed({ operations, cells }: Evidence): readonly Violation[] {
    const atHome = new Map(
        cells.flatMap(({ number, orders }) =>
            orders.filter(({ home }) => home === number).map((row) => [row.id, row] as const),
        ),
    );
    const keys = keysOf(operations);
    return [...atHome.values()].flatMap((order) => {
        if (order.supersededBy === undefined) {
            return [];
        }
        const end = follow(order, atHome);
        if (end === undefined) {
            return [
                swallowed(
                    `The order ${order.id} gave way to ${order.supersededBy}, and none stays.`,
                ),
            ];
        }
        return contradictions(keys.get(order.id), cells, end).map((what) =>
            swallowed(`The order ${order.id} gave way to ${end.id}, but ${what}.`),
        );
    });
}

/** The order to which an order leads that gave way; undefined when none stays. */
function follow(order: OrderRow, atHome: ReadonlyMap<string, OrderRow>): OrderRow | undefined {
    const seen = new Set<string>();
    let next: OrderRow | undefined = order;
    while (next?.supersededBy !== undefined) {
        if (seen.has(next.id)) {
            return undefined;
        }
        seen.add(next.id);
        next = atHome.get(next.supersededBy);
    }
    return next;
}

/** By order the key that it answered; of one that answered nobody it is not known. */
function keysOf(operations: readonly Operation[]): ReadonlyMap<string, string> {
    return new Map(
        attemptsOf(operations, "placeOrder").flatMap(({ key, done }) =>
            key === undefined
                ? []
                : done.flatMap(({ answer }) =>
                      answer?.resourceId === undefined ? [] : [[answer.resourceId, key] as const],
                  ),
        ),
    );
}

function contradictions(
    key: string | undefined,
    cells: readonly CellState[],
    end: OrderRow,
): readonly string[] {
    if (key === undefined) {
        return [];
    }
    const keyId = keyIdOf(key);
    return cells.flatMap(({ name, keys }) =>
        keys
            .filter((row) => row.key === keyId && row.resourceId !== end.id)
            .map(({ resourceId }) => `its key ${key} stands for ${resourceId} in ${name}`),
    );
}

function swallowed(detail: string): Violation {
    return { rule: "swallowed", detail };
}
