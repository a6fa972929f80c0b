import { retryConflicts, staleRead } from "../database/retry";
import type { Session, Statement } from "../database/session";
import { isRefusal } from "../database/sqlstate";
import { createOnce } from "../http/idempotency";
import type { Reply, Request } from "../http/operation";
import { findFacts, readFacts } from "./facts-store";
import type { Order, WantedItem } from "./order";
import {
    assertOrderHolds,
    findOrder,
    insertItems,
    insertOrder,
    type NewOrder,
    readOrders,
} from "./order-store";
import { explainRefusal, planTaking } from "./refusal";
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
 * turn out to be scattered over pools, they are taken from several.
 * @throws fault out_of_stock, unknown_customer, unknown_product, mixed_currencies, conflict and
 * those of `createOnce`
 */
export async function placeOrder(session: Session, placement: Placement): Promise<Reply> {
    const { order } = placement;
    let takeStock = [takeFromOnePool(order.tenantId, order.lines, seedOf(order.orderId))];
    return retryConflicts(async () => {
        try {
            return await attempt(session, placement, takeStock);
        } catch (error) {
            if (!isRefusal(error)) {
                throw error;
            }
            takeStock = [...(await planFromFacts(session, placement))];
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

function attempt(
    session: Session,
    { request, order, answer }: Placement,
    takeStock: readonly Statement[],
): Promise<Reply> {
    return createOnce(session, {
        request,
        resourceId: order.orderId,
        idConstraint: "orders_pkey",
        statements: [
            ...takeStock,
            insertOrder(order),
            insertItems(order),
            assertOrderHolds(order),
            ...findOrder(order.tenantId, order.orderId),
        ],
        answer(rows) {
            const [placed] = readOrders(rows.at(-2) ?? [], rows.at(-1) ?? []);
            if (placed === undefined) {
                throw new Error(`Order ${order.orderId} was committed but not read back.`);
            }
            return answer(placed);
        },
        async read(orderId) {
            const stored = await fetchOrder(session, order.tenantId, orderId);
            return stored && answer(stored);
        },
    });
}

/** @throws the fault that explains the refusal, if it still would be refused */
async function planFromFacts(
    session: Session,
    { order, items }: Placement,
): Promise<readonly Statement[]> {
    const { tenantId, customerId, lines } = order;
    const productIds = lines.map(({ productId }) => productId);
    const facts = readFacts(await session.transact(findFacts(tenantId, customerId, productIds)));
    const explanation = explainRefusal({ customerId, items, lines }, facts);
    if (explanation !== undefined) {
        throw explanation;
    }
    return takeFromPools(tenantId, planTaking(lines, facts));
}

/** A number that differs from order to order: the first 32 bits of the id are random. */
function seedOf(orderId: string): number {
    return Number.parseInt(orderId.slice(0, 8), 16);
}
