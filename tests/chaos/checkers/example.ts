import { keyIdOf } from "../../../app/database/idempotency-store";
import type { Action, Answer, Operation, Outcome } from "../history";
import type { CellState, Evidence, OrderRow } from "../state";

/** Ids as the app makes them: the last byte is the cell's number. */
export const ids = {
    lamp: "00000000-0000-8000-8000-000000000a01",
    rug: "00000000-0000-8000-8000-000000000b02",
    ada: "00000000-0000-8000-8000-000000000c01",
    bob: "00000000-0000-8000-8000-000000000d02",
    /** Placed in us for ada of us. */
    orderAtHome: "00000000-0000-8000-8000-000000000e01",
    /** Placed in eu for ada of us, and cancelled. */
    orderAway: "00000000-0000-8000-8000-000000000f02",
    receipt: "00000000-0000-8000-8000-000000001002",
} as const;

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** Evidence that a test may spoil. */
export interface Example {
    operations: Operation[];
    us: Writable<CellState>;
    eu: Writable<CellState>;
    evidence(): Evidence;
}

/** A history and states, made from a healthy example. */
export interface Case {
    readonly name: string;
    /** Every rule that is broken, and no other. */
    readonly rules: readonly string[];
    readonly spoil: (example: Example) => void;
}

/**
 * Two cells after a short, healthy life: two products, two customers, three units moved from us to
 * eu, an order in either cell, of which the one in eu was cancelled, and a receipt in eu.
 */
export function healthyExample(): Example {
    const example: Example = {
        operations: history(),
        us: stateOfUs(),
        eu: stateOfEu(),
        evidence: () => ({ operations: example.operations, cells: [example.us, example.eu] }),
    };
    return example;
}

let count = 0;

/** An operation that took 10 ms. */
export function operation(
    action: Action,
    answer: Partial<Answer> = {},
    more: Partial<Operation> = {},
): Operation {
    const number = count++;
    const status = answer.status ?? 200;
    const outcome: Outcome = status < 400 ? "ok" : status < 500 ? "failed" : "unknown";
    return {
        number,
        process: 1,
        cell: "us",
        action,
        invokedAtMilliseconds: number * 100,
        endedAtMilliseconds: number * 100 + 10,
        outcome,
        answer: { status, ...answer },
        ...more,
    };
}

/** An operation nobody knows the end of. */
export function unanswered(action: Action, more: Partial<Operation> = {}): Operation {
    const { answer: _, ...rest } = operation(action, {}, more);
    return { ...rest, outcome: "unknown", failure: "No answer in 5 s." };
}

function history(): Operation[] {
    const created = (resourceId: string, version = 1): Partial<Answer> => ({
        status: 201,
        resourceId,
        version,
    });
    const placed = (customerId: string, productId: string, quantity: number): Action => ({
        kind: "placeOrder",
        customerId,
        lines: [{ productId, quantity }],
    });
    const confirmed = { orderStatus: "confirmed", fingerprint: "order" };
    return [
        operation({ kind: "createProduct", units: 10 }, created(ids.lamp), { key: "k1" }),
        operation({ kind: "createProduct", units: 5 }, created(ids.rug), { key: "k2", cell: "eu" }),
        operation({ kind: "createCustomer" }, created(ids.ada), { key: "k3" }),
        operation({ kind: "createCustomer" }, created(ids.bob), { key: "k4", cell: "eu" }),
        operation(
            { kind: "receiveStock", productId: ids.rug, units: 4 },
            { status: 201, resourceId: ids.receipt },
            { key: "k5", cell: "eu" },
        ),
        operation(
            placed(ids.ada, ids.lamp, 2),
            { ...created(ids.orderAtHome), ...confirmed },
            { key: "o1" },
        ),
        unanswered(placed(ids.ada, ids.lamp, 1), { key: "o2", cell: "eu" }),
        operation(
            placed(ids.ada, ids.lamp, 1),
            { ...created(ids.orderAway), ...confirmed, isReplay: true },
            { key: "o2", cell: "eu" },
        ),
        operation(
            placed(ids.bob, ids.rug, 99),
            { status: 409, code: "out_of_stock" },
            { key: "o3" },
        ),
        operation(
            { kind: "cancelOrder", orderId: ids.orderAway },
            { resourceId: ids.orderAway, version: 2, orderStatus: "cancelled" },
        ),
        operation(
            { kind: "readOrder", orderId: ids.orderAway },
            { resourceId: ids.orderAway, version: 2, orderStatus: "cancelled" },
        ),
        operation(
            { kind: "updateProduct", productId: ids.lamp },
            { resourceId: ids.lamp, version: 2 },
        ),
    ];
}

function orderRow(id: string, home: number, status: string, quantity: number): OrderRow {
    return {
        id,
        home,
        version: status === "cancelled" ? 2 : 1,
        customerId: ids.ada,
        status,
        totalMinor: 100 * quantity,
        lines: [{ productId: ids.lamp, quantity }],
    };
}

const products = [
    { id: ids.lamp, home: 1, version: 2, isDeleted: false, digest: "lamp" },
    { id: ids.rug, home: 2, version: 1, isDeleted: false, digest: "rug" },
];
const stubs = [
    { id: ids.ada, home: 1, version: 1 },
    { id: ids.bob, home: 2, version: 1 },
];

function stateOfUs(): CellState {
    return {
        name: "us",
        number: 1,
        products: [...products],
        customers: [{ id: ids.ada, home: 1, version: 1 }],
        stubs: [...stubs],
        orders: [
            orderRow(ids.orderAtHome, 1, "confirmed", 2),
            orderRow(ids.orderAway, 2, "cancelled", 1),
        ],
        pools: [{ productId: ids.lamp, shard: 0, available: 5, taken: 2, returned: 0 }],
        movements: [{ id: "movement-1", productId: ids.lamp, quantity: 10 }],
        grants: [{ productId: ids.lamp, donor: 1, taker: 2, given: 3 }],
        applied: [],
        keys: [
            { key: keyIdOf("k1"), resourceId: ids.lamp },
            { key: keyIdOf("k3"), resourceId: ids.ada },
            { key: keyIdOf("o1"), resourceId: ids.orderAtHome },
        ],
        outboxDepth: 0,
        personalTraces: [],
    };
}

function stateOfEu(): CellState {
    return {
        name: "eu",
        number: 2,
        products: [...products],
        customers: [{ id: ids.bob, home: 2, version: 1 }],
        stubs: [...stubs],
        orders: [orderRow(ids.orderAway, 2, "cancelled", 1)],
        pools: [
            { productId: ids.lamp, shard: 0, available: 2, taken: 1, returned: 1 },
            { productId: ids.lamp, shard: 1, available: 1, taken: 0, returned: 0 },
            { productId: ids.rug, shard: 0, available: 9, taken: 0, returned: 0 },
        ],
        movements: [
            { id: "movement-2", productId: ids.rug, quantity: 5 },
            { id: ids.receipt, productId: ids.rug, quantity: 4 },
        ],
        // The taker's copy of the donor's row counts for nothing.
        grants: [{ productId: ids.lamp, donor: 1, taker: 2, given: 2 }],
        applied: [{ productId: ids.lamp, donor: 1, applied: 3 }],
        keys: [
            { key: keyIdOf("k2"), resourceId: ids.rug },
            { key: keyIdOf("k4"), resourceId: ids.bob },
            { key: keyIdOf("k5"), resourceId: ids.receipt },
            { key: keyIdOf("o2"), resourceId: ids.orderAway },
        ],
        outboxDepth: 0,
        personalTraces: [],
    };
}
