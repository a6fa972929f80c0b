import type { Row, Statement } from "../database/session";
import { homeOf } from "../values/ids";
import { isoTime } from "../values/time";
import type {
    CheckoutState,
    GrantState,
    Message,
    OrderItemState,
    ProductState,
    ReplicatedKind,
} from "./messages";
import type { OutboxEntry } from "./ports";

/** The statements that read the present states of what entries are about; `readStates`. */
export function findStates(
    tenantId: string,
    cellNumber: number,
    entries: readonly OutboxEntry[],
): readonly Statement[] {
    const refs = (kind: ReplicatedKind): readonly string[] => [
        ...new Set(entries.filter((entry) => entry.kind === kind).map(({ ref }) => ref)),
    ];
    return [
        {
            name: "find-product-states",
            text: `SELECT product_id::text, home, version, deleted, name, description, category,
                       price_minor, currency, created_at, updated_at
                   FROM shop.product
                   WHERE tenant_id = $1 AND product_id = ANY($2::uuid[])`,
            values: [tenantId, refs("product")],
        },
        {
            name: "find-stub-states",
            text: `SELECT customer_id::text, home, version
                   FROM shop.customer_stub
                   WHERE tenant_id = $1 AND customer_id = ANY($2::uuid[])`,
            values: [tenantId, refs("customer_stub")],
        },
        {
            name: "find-order-states",
            text: `SELECT order_id::text, home, version, customer_id::text, status, currency,
                       total_minor, created_at, updated_at, superseded_by::text
                   FROM shop.orders
                   WHERE tenant_id = $1 AND order_id = ANY($2::uuid[])`,
            values: [tenantId, refs("order")],
        },
        {
            name: "find-item-states",
            text: `SELECT order_id::text, line, product_id::text, quantity, unit_minor
                   FROM shop.order_item
                   WHERE tenant_id = $1 AND order_id = ANY($2::uuid[])
                   ORDER BY order_id, line`,
            values: [tenantId, refs("order")],
        },
        {
            name: "find-grant-states",
            text: `SELECT product_id::text, donor, taker, given
                   FROM shop.stock_grant
                   WHERE tenant_id = $1 AND product_id = ANY($2::uuid[])
                       AND donor = $3::smallint AND taker = $4::smallint`,
            values: [tenantId, refs("grant"), cellNumber, entries[0]?.destination ?? 0],
        },
        {
            name: "find-checkout-states",
            text: `SELECT key, fingerprint, resource_id::text, created_at
                   FROM shop.idempotency
                   WHERE tenant_id = $1 AND key = ANY($2::text[])`,
            values: [tenantId, refs("checkout")],
        },
    ];
}

/** Messages without their envelopes. */
export function readStates(
    [
        products = [],
        stubs = [],
        orders = [],
        items = [],
        grants = [],
        checkouts = [],
    ]: readonly (readonly Row[])[],
    cellNumber: number,
): readonly Pick<Message, "kind" | "state">[] {
    const itemsOf = new Map<unknown, OrderItemState[]>();
    for (const row of items) {
        const list = itemsOf.get(row["order_id"]) ?? [];
        itemsOf.set(row["order_id"], [...list, itemState(row)]);
    }
    return [
        ...products.map((row) => ({ kind: "product" as const, state: productState(row) })),
        ...stubs.map((row) => ({
            kind: "customer_stub" as const,
            state: { customerId: String(row["customer_id"]), ...homeAndVersion(row) },
        })),
        ...orders.map((row) => ({
            kind: "order" as const,
            state: { ...orderState(row), items: itemsOf.get(row["order_id"]) ?? [] },
        })),
        ...grants.map((row) => ({ kind: "grant" as const, state: grantState(row) })),
        // A key that has come to stand for another cell's order is that cell's to tell of.
        ...checkouts
            .map(checkoutState)
            .filter(({ home }) => home === cellNumber)
            .map((state) => ({ kind: "checkout" as const, state })),
    ];
}

function homeAndVersion(row: Row) {
    return { home: Number(row["home"]), version: Number(row["version"]) };
}

function productState(row: Row): ProductState {
    return {
        productId: String(row["product_id"]),
        ...homeAndVersion(row),
        deleted: row["deleted"] === true,
        name: String(row["name"]),
        description: String(row["description"]),
        category: String(row["category"]),
        priceMinor: String(row["price_minor"]),
        currency: String(row["currency"]),
        createdAt: isoTime(row["created_at"]),
        updatedAt: isoTime(row["updated_at"]),
    };
}

function orderState(row: Row) {
    return {
        orderId: String(row["order_id"]),
        ...homeAndVersion(row),
        customerId: String(row["customer_id"]),
        status: row["status"] as "confirmed" | "cancelled",
        currency: String(row["currency"]),
        totalMinor: String(row["total_minor"]),
        createdAt: isoTime(row["created_at"]),
        updatedAt: isoTime(row["updated_at"]),
        supersededBy: row["superseded_by"] == null ? null : String(row["superseded_by"]),
    };
}

function checkoutState(row: Row): CheckoutState {
    const orderId = String(row["resource_id"]);
    return {
        keyId: String(row["key"]),
        orderId,
        home: homeOf(orderId),
        fingerprint: String(row["fingerprint"]),
        askedAt: isoTime(row["created_at"]),
    };
}

function itemState(row: Row): OrderItemState {
    return {
        line: Number(row["line"]),
        productId: String(row["product_id"]),
        quantity: Number(row["quantity"]),
        unitMinor: String(row["unit_minor"]),
    };
}

function grantState(row: Row): GrantState {
    return {
        productId: String(row["product_id"]),
        donor: Number(row["donor"]),
        taker: Number(row["taker"]),
        given: Number(row["given"]),
    };
}
