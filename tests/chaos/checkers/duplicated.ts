import type { Operation } from "../history";
import { type CellState, type Evidence, groupBy, type Violation } from "../state";
import { type Attempt, attemptsOf, describe } from "./attempts";

const kindsWithKey = ["createProduct", "createCustomer", "receiveStock", "placeOrder"] as const;

/**
 * A key stands for one thing, whatever became of the requests that carried it: all answers name the
 * same one, every order is the one of some key, and what was refused is not there.
 */
export function findDuplicated({ operations, cells }: Evidence): readonly Violation[] {
    return [
        ...kindsWithKey.flatMap((kind) => attemptsOf(operations, kind).flatMap(findTwoAnswers)),
        ...findSharedOrders(operations),
        ...cells.flatMap((cell) => findOrdersWithoutKey(cell, cells)),
        ...findForgottenKeys(operations, cells),
        ...findRefusedOrders(operations, cells),
    ];
}

function findTwoAnswers({ done, key }: Attempt): readonly Violation[] {
    const ids = new Set(done.map(({ answer }) => answer?.resourceId));
    const texts = new Set(done.map(({ answer }) => answer?.fingerprint));
    if (ids.size > 1) {
        return [duplicated(`The key ${key} was answered with ${[...ids].join(" and ")}.`)];
    }
    return texts.size > 1
        ? [duplicated(`The key ${key} was answered with ${texts.size} different orders.`)]
        : [];
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

/** Clients send a key with every order, so one without a key was made by no client. */
function findOrdersWithoutKey(cell: CellState, cells: readonly CellState[]): readonly Violation[] {
    const known = new Set(cell.keys.map(({ resourceId }) => resourceId));
    const foreign = cells
        .filter(({ number }) => number !== cell.number)
        .flatMap(({ keys }) => keys)
        .filter(({ resourceId }) => known.has(resourceId));
    return [
        ...foreign.map(({ key, resourceId }) =>
            duplicated(`The key ${key} of another cell stands for ${resourceId} of ${cell.name}.`),
        ),
        ...cell.orders
            .filter(({ home, id }) => home === cell.number && !known.has(id))
            .map(({ id }) => duplicated(`The order ${id} in ${cell.name} belongs to no key.`)),
    ];
}

/** A key that was acknowledged keeps standing for what it was acknowledged with. */
function findForgottenKeys(
    operations: readonly Operation[],
    cells: readonly CellState[],
): readonly Violation[] {
    const stored = new Map(
        cells.flatMap(({ name, keys }) =>
            keys.map(({ key, resourceId }) => [`${name} ${key}`, resourceId] as const),
        ),
    );
    return attemptsOf(operations, "placeOrder").flatMap(({ key, done }) =>
        done.flatMap(({ cell, answer }) => {
            const kept = stored.get(`${cell} ${key}`);
            return key === undefined || kept === answer?.resourceId
                ? []
                : [
                      duplicated(
                          `The key ${key} was answered with ${answer?.resourceId} in ${cell}, which keeps ${kept ?? "nothing"} for it.`,
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
        const kept = key === undefined ? undefined : stored.get(key);
        return outcome === "failed" && kept !== undefined
            ? [duplicated(`${describe(first)} was refused, but the order ${kept} exists.`)]
            : [];
    });
}

function duplicated(detail: string): Violation {
    return { rule: "duplicated", detail };
}
