import { keyIdOf } from "../../../app/database/idempotency-store";
import type { Operation } from "../history";
import { type CellState, type Evidence, groupBy, type Violation } from "../state";
import { type Attempt, attemptsOf, describe } from "./attempts";

const kindsWithKey = ["createProduct", "createCustomer", "receiveStock", "placeOrder"] as const;

/** Orders that gave way to another one of the same key, which was placed in another cell. */
type Superseded = ReadonlySet<string>;

/**
 * A key stands for one thing, whatever became of the requests that carried it: all answers name the
 * same one, or one that was cancelled in its favour, all cells agree on it, every order is the one
 * of some key, and what was refused is not there.
 */
export function findDuplicated({ operations, cells }: Evidence): readonly Violation[] {
    const superseded = supersededIn(cells);
    return [
        ...kindsWithKey.flatMap((kind) =>
            attemptsOf(operations, kind).flatMap((attempt) => findTwoAnswers(attempt, superseded)),
        ),
        ...findSharedOrders(operations),
        ...findContradictions(cells),
        ...cells.flatMap((cell) => findOrdersWithoutKey(cell, superseded)),
        ...findForgottenKeys(operations, cells, superseded),
        ...findRefusedOrders(operations, cells),
    ];
}

function supersededIn(cells: readonly CellState[]): Superseded {
    return new Set(
        cells.flatMap(({ number, orders }) =>
            orders
                .filter(
                    ({ home, status, supersededBy }) =>
                        home === number && status === "cancelled" && supersededBy !== undefined,
                )
                .map(({ id }) => id),
        ),
    );
}

function findTwoAnswers({ done, key }: Attempt, superseded: Superseded): readonly Violation[] {
    const ids = new Set(done.map(({ answer }) => answer?.resourceId ?? ""));
    const standing = [...ids].filter((id) => !superseded.has(id));
    if (ids.size > 1 && standing.length > 1) {
        return [duplicated(`The key ${key} was answered with ${[...ids].join(" and ")}.`)];
    }
    const texts = new Set(done.map(({ answer }) => answer?.fingerprint));
    return texts.size > ids.size
        ? [duplicated(`The key ${key} was answered with ${texts.size} different orders.`)]
        : [];
}

/** Cells that know the key of an order mean the same by it. */
function findContradictions(cells: readonly CellState[]): readonly Violation[] {
    const orders = new Set(cells.flatMap((cell) => cell.orders.map(({ id }) => id)));
    const byKey = groupBy(
        cells.flatMap(({ name, keys }) =>
            keys
                .filter(({ resourceId }) => orders.has(resourceId))
                .map((row) => ({ name, ...row })),
        ),
        ({ key }) => key,
    );
    return [...byKey].flatMap(([key, rows]) =>
        new Set(rows.map(({ resourceId }) => resourceId)).size > 1
            ? [
                  duplicated(
                      `The key ${key} stands for ${rows.map(({ name, resourceId }) => `${resourceId} in ${name}`).join(" and ")}.`,
                  ),
              ]
            : [],
    );
}

/** Two keys never get the same order. */
function findSharedOrders(operations: readonly Operation[]): readonly Violation[] {
    const done = attemptsOf(operations, "placeOrder").flatMap(({ done: [first] }) =>
        first === undefined ? [] : [first],
    );
    const byOrder = groupBy(done, ({ answer }) => answer?.resourceId ?? "");
    return [...byOrder].flatMap(([orderId, answers]) =>
        answers.length > 1
            ? [duplicated(`The order ${orderId} answered ${answers.map(describe).join(" and ")}.`)]
            : [],
    );
}

/**
 * Clients send a key with every order, so one without a key was made by no client, unless it has
 * lost its key to another cell's.
 */
function findOrdersWithoutKey(cell: CellState, superseded: Superseded): readonly Violation[] {
    const known = new Set(cell.keys.map(({ resourceId }) => resourceId));
    return cell.orders
        .filter(({ home, id }) => home === cell.number && !known.has(id) && !superseded.has(id))
        .map(({ id }) => duplicated(`The order ${id} in ${cell.name} belongs to no key.`));
}

/** A key that was acknowledged keeps standing for what it was acknowledged with. */
function findForgottenKeys(
    operations: readonly Operation[],
    cells: readonly CellState[],
    superseded: Superseded,
): readonly Violation[] {
    const stored = new Map(
        cells.flatMap(({ name, keys }) =>
            keys.map(({ key, resourceId }) => [`${name} ${key}`, resourceId] as const),
        ),
    );
    return attemptsOf(operations, "placeOrder").flatMap(({ key, done }) =>
        done.flatMap(({ cell, answer }) => {
            const place = answer?.servedBy ?? cell;
            const kept = stored.get(`${place} ${keyIdOf(key ?? "")}`);
            const isKept = kept === answer?.resourceId;
            return key === undefined || isKept || superseded.has(answer?.resourceId ?? "")
                ? []
                : [
                      duplicated(
                          `The key ${key} was answered with ${answer?.resourceId} in ${place}, which keeps ${kept ?? "nothing"} for it.`,
                      ),
                  ];
        }),
    );
}

/** When every request of a key was refused, there is no order of it. */
function findRefusedOrders(
    operations: readonly Operation[],
    cells: readonly CellState[],
): readonly Violation[] {
    const stored = new Map(
        cells.flatMap(({ keys }) => keys.map(({ key, resourceId }) => [key, resourceId] as const)),
    );
    return attemptsOf(operations, "placeOrder").flatMap(({ key, outcome, first }) => {
        const kept = key === undefined ? undefined : stored.get(keyIdOf(key));
        return outcome === "failed" && kept !== undefined
            ? [duplicated(`${describe(first)} was refused, but the order ${kept} exists.`)]
            : [];
    });
}

function duplicated(detail: string): Violation {
    return { rule: "duplicated", detail };
}
