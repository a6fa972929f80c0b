import { fault } from "../fault";
import type { Reply, Request, Route, Services } from "../http/operation";
import { entityTag, isUnchanged } from "../http/precondition";
import { tellHomeOf } from "../replication/notices";
import { newId } from "../values/ids";
import { type Currency, toDecimal } from "../values/money";
import { decodeCursor, encodeCursor, pageLimit } from "../values/page";
import { cancellableStatuses, lineTotal, mergeItems, type Order, type WantedItem } from "./order";
import { cancelOrder, findOrder, listOrders, readOrders } from "./order-store";
import { fetchOrder, placeOrder } from "./place-order";
import { returnStock } from "./stock-taking-store";

/** An order lives where it was placed, and its stock returns there. */
const homeOfOrder = {
    functionName: "orders",
    idOf: (request: Request) => orderOf(request),
} as const;

/** The operations on orders. */
export const orderRoutes: readonly Route[] = [
    {
        operationId: "listOrders",
        handle: list,
        // The home of a customer has the orders that were placed elsewhere, too.
        atHome: { functionName: "orders", idOf: (request) => customerOf(request) },
    },
    { operationId: "createOrder", handle: create },
    { operationId: "getOrder", handle: read, atHome: homeOfOrder },
    // A cancelled order is cancelled once more without anything happening.
    {
        operationId: "cancelOrder",
        handle: cancel,
        atHome: { ...homeOfOrder, isRepeatable: true },
    },
];

/** The body of `createOrder`, as the contract lets it through. */
interface OrderRequest {
    readonly customer_id: string;
    readonly items: readonly WantedItem[];
}

async function create(request: Request, services: Services): Promise<Reply> {
    const { cell } = services;
    const { customer_id, items } = request.body as OrderRequest;
    const order = {
        tenantId: request.tenantId,
        orderId: newId(cell.number),
        home: cell.number,
        customerId: customer_id.toLowerCase(),
        lines: mergeItems(items),
        createdAt: new Date().toISOString(),
    };
    const answer = (placed: Order): Reply => ({
        status: 201,
        headers: { Location: `/orders/${placed.orderId}`, ETag: entityTag(placed.version) },
        body: orderBody(placed),
    });
    return placeOrder(services, { request, order, items, answer });
}

async function read(request: Request, { session }: Services): Promise<Reply> {
    const orderId = orderOf(request);
    const order = await fetchOrder(session, request.tenantId, orderId);
    if (order === undefined) {
        throw unknownOrder(orderId);
    }
    const headers = { ETag: entityTag(order.version) };
    return isUnchanged(request, headers.ETag)
        ? { status: 304, headers }
        : { status: 200, headers, body: orderBody(order) };
}

async function list(request: Request, { session }: Services): Promise<Reply> {
    const { cursor } = request.query;
    const customerId = customerOf(request);
    const limit = pageLimit(request.query["limit"]);
    const name = `orders?customer_id=${customerId}`;
    const after = cursor === undefined ? undefined : decodeCursor(name, cursor);
    // One more than asked for tells whether there is a next page.
    const [rows = [], itemRows = []] = await session.transact(
        listOrders(request.tenantId, customerId, after, limit + 1),
    );
    const orders = readOrders(rows, itemRows).slice(0, limit);
    const last = rows.length > limit ? orders.at(-1) : undefined;
    return {
        status: 200,
        body: {
            orders: orders.map(orderBody),
            next_cursor: last
                ? encodeCursor(name, [last.createdAt.toISOString(), last.orderId])
                : null,
        },
    };
}

/**
 * Returning the stock and changing the status match the same statuses in one snapshot, so both
 * happen or neither. Of two cancellations at once one loses the conflict, is repeated and then
 * matches nothing.
 */
async function cancel(request: Request, services: Services): Promise<Reply> {
    const { session, cell, neighbours } = services;
    const { tenantId } = request;
    const orderId = orderOf(request);
    const updatedAt = new Date().toISOString();
    const stored = await fetchOrder(session, tenantId, orderId);
    // A copy of another cell's order is not this one's to cancel.
    if (stored === undefined || stored.home !== cell.number) {
        throw unknownOrder(orderId);
    }
    const row = { tenantId, kind: "order", ref: orderId, changedAt: updatedAt } as const;
    const notices = tellHomeOf(services, stored.customerId, row);
    const rows = await session.transact([
        returnStock(tenantId, orderId, cancellableStatuses),
        cancelOrder(tenantId, orderId, cancellableStatuses, updatedAt),
        ...notices,
        ...findOrder(tenantId, orderId),
    ]);
    const [order = stored] = readOrders(rows.at(-2) ?? [], rows.at(-1) ?? []);
    if (notices.length > 0) {
        await neighbours.wakeRelay();
    }
    if (order.status !== "cancelled") {
        throw fault(
            "order_not_cancellable",
            `The order is ${order.status}; cancelled can be what is ${cancellableStatuses.join(" or ")}.`,
            { members: { order_status: order.status } },
        );
    }
    return { status: 200, headers: { ETag: entityTag(order.version) }, body: orderBody(order) };
}

function orderBody(order: Order) {
    // Only products whose currency was checked can be ordered.
    const currency = order.currency as Currency;
    return {
        order_id: order.orderId,
        customer_id: order.customerId,
        status: order.status,
        currency,
        total_amount: toDecimal(order.totalMinor, currency),
        items: order.items.map(({ productId, quantity, unitMinor }) => ({
            product_id: productId,
            quantity,
            unit_price: toDecimal(unitMinor, currency),
            line_total: toDecimal(lineTotal(unitMinor, BigInt(quantity)), currency),
        })),
        version: order.version,
        superseded_by: order.supersededBy,
        home: order.home,
        created_at: order.createdAt.toISOString(),
        updated_at: order.updatedAt.toISOString(),
    };
}

function customerOf({ query }: Request): string {
    return (query["customer_id"] ?? "").toLowerCase();
}

function orderOf(request: Request): string {
    return (request.path["order_id"] ?? "").toLowerCase();
}

function unknownOrder(orderId: string): Error {
    return fault("not_found", `There is no order ${orderId}.`);
}
