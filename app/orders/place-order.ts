import { keyIdOf } from "../database/idempotency-store";
import { retryConflicts, staleRead } from "../database/retry";
import type { Session, Statement } from "../database/session";
import { isRefusal } from "../database/sqlstate";
import { createOnce, idempotencyKey } from "../http/idempotency";
import type { Reply, Request, Services } from "../http/operation";
import { tellAll, tellHomeOf } from "../replication/notices";
import { homeOf } from "../values/ids";
import { readElsewhere } from "./elsewhere";
import { findFacts, readFacts } from "./facts-store";
import { type Help, openHelp } from "./help";
import type { Order, WantedItem } from "./order";
import {
    assertOrderHolds,
    findOrder,
    insertItems,
    insertOrder,
    type NewOrder,
    readOrders,
} from "./order-store";
import { explainRefusal, type OrderFacts, planTaking } from "./refusal";
import { takeFromOnePool, takeFromPools } from "./stock-taking-store";

/** An order to place and how to answer for it. */
export interface Placement {
    readonly request: Request;
    readonly order: NewOrder;
    /** The items as the client sent them, for pointers. */
    readonly items: readonly WantedItem[];
    readonly answer: (order: Order) => Reply;
}

/**
 * Places an order in one round trip: its stock is taken, and it exists, in one commit or not at
 * all. Only when the database refuses is it asked a second time, for the reason; when the units
 * turn out to be scattered over pools, they are taken from several; when they are in other cells,
 * they are borrowed, within a budget for each request.
 * @throws fault out_of_stock, stock_in_transit, unknown_customer, unknown_product,
 * mixed_currencies, conflict and those of `createOnce`
 */
export async function placeOrder(services: Services, placement: Placement): Promise<Reply> {
    const { session } = services;
    const { order } = placement;
    let takeStock = [takeFromOnePool(order.tenantId, order.lines, seedOf(order.orderId))];
    const help = openHelp(services, placement);
    return retryConflicts(async () => {
        try {
            return await attempt(services, placement, takeStock);
        } catch (error) {
            if (!isRefusal(error)) {
                throw error;
            }
            takeStock = [...(await planFromFacts(session, placement, help))];
            throw staleRead("The stock is scattered, or it changed a moment ago.", error);
        }
    });
}

/** Reads an order; undefined when there is none. */
export async function fetchOrder(
    session: Session,
    tenantId: string,
    orderId: string,
): Promise<Order | undefined> {
    const [rows = [], itemRows = []] = await session.transact(findOrder(tenantId, orderId));
    return readOrders(rows, itemRows)[0];
}

async function attempt(
    services: Services,
    { request, order, answer }: Placement,
    takeStock: readonly Statement[],
): Promise<Reply> {
    const { session, cell, neighbours } = services;
    const { tenantId, orderId, createdAt } = order;
    const key = idempotencyKey(request);
    const change = { tenantId, changedAt: createdAt };
    const notices = tellHomeOf(services, order.customerId, {
        ...change,
        kind: "order",
        ref: orderId,
    });
    // Whoever repeats the request in another cell means this order. A few seconds do: an order that
    // is placed there meanwhile is settled with this one as soon as the cells hear of both.
    const claims =
        key === undefined
            ? []
            : tellAll(services, { ...change, kind: "checkout", ref: keyIdOf(key) });
    const woken =
        claims.length > 0 && notices.length === 0 ? neighbours.wakeRelaySoon() : undefined;
    const placing = createOnce(session, {
        request,
        resourceId: order.orderId,
        askedAt: createdAt,
        idConstraint: "orders_pkey",
        statements: [
            ...takeStock,
            insertOrder(order),
            insertItems(order),
            assertOrderHolds(order),
            ...notices,
            ...claims,
            ...findOrder(order.tenantId, order.orderId),
        ],
        answer(rows) {
            const [placed] = readOrders(rows.at(-2) ?? [], rows.at(-1) ?? []);
            if (placed === undefined) {
                throw new Error(`Order ${order.orderId} was committed but not read back.`);
            }
            return answer(placed);
        },
        async read(storedId) {
            if (homeOf(storedId) !== cell.number) {
                return readElsewhere(services, request, storedId);
            }
            const stored = await fetchOrder(session, order.tenantId, storedId);
            return stored && answer(stored);
        },
    });
    const reply = await finish(placing, woken);
    if (notices.length > 0) {
        await neighbours.wakeRelay();
    }
    return reply;
}

/** @returns what the first comes to, when both are over: a function that has answered stands still. */
async function finish<Result>(main: Promise<Result>, beside: Promise<void> | undefined) {
    try {
        return await main;
    } finally {
        await beside;
    }
}

/** @throws the fault that explains the refusal, if it still would be refused */
async function planFromFacts(
    session: Session,
    { order, items }: Placement,
    help: Help,
): Promise<readonly Statement[]> {
    const { tenantId, customerId, lines } = order;
    const refused = { customerId, items, lines };
    for (;;) {
        const facts = { ...(await factsOf(session, order)), elsewhere: help.elsewhere() };
        const explanation = explainRefusal(refused, facts);
        if (explanation === undefined) {
            return takeFromPools(tenantId, planTaking(lines, facts));
        }
        if (!(await help.ask(facts))) {
            throw explainRefusal(refused, { ...facts, elsewhere: help.elsewhere() }) ?? explanation;
        }
    }
}

async function factsOf(
    session: Session,
    { tenantId, customerId, lines }: NewOrder,
): Promise<OrderFacts> {
    const productIds = lines.map(({ productId }) => productId);
    return readFacts(await session.transact(findFacts(tenantId, customerId, productIds)));
}

/** A number that differs from order to order: the first 32 bits of the id are random. */
function seedOf(orderId: string): number {
    return Number.parseInt(orderId.slice(0, 8), 16);
}
