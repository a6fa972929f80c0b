import type { Row, Session, Statement } from "../database/session";
import { newId } from "../values/ids";
import { isoTime } from "../values/time";
import type { GrantState, Message, OrderItemState, ProductState, ReplicatedKind } from "./messages";
import type { Outbox, OutboxEntry } from "./ports";

/** Another cell to tell of a row that the same transaction changes. */
export interface Notice {
    readonly destination: number;
    readonly kind: ReplicatedKind;
    readonly ref: string;
}

/** Entries are spread over so many lanes, so that no two writers add to one end of the table. */
const laneCount = 16;

/**
 * Writes entries; none, and no statement, where there is nobody to tell.
 * @param cellNumber of this cell
 * @param createdAt ISO 8601, milliseconds
 */
export function insertNotices(
    tenantId: string,
    cellNumber: number,
    notices: readonly Notice[],
    createdAt: string,
): readonly Statement[] {
    if (notices.length === 0) {
        return [];
    }
    // A repeat after a lost answer finds them there. Without naming the key, because whoever names it
    // must be allowed to read the table.
    const ids = notices.map(() => newId(cellNumber));
    return [
        {
            name: "insert-notices",
            text: `INSERT INTO shop.outbox
                       (tenant_id, destination, lane, message_id, kind, ref, created_at)
                   SELECT $1, notice.destination, notice.lane, notice.message_id, notice.kind,
                       notice.ref, $7::timestamptz
                   FROM unnest($2::smallint[], $3::smallint[], $4::uuid[], $5::text[], $6::uuid[])
                       AS notice(destination, lane, message_id, kind, ref)
                   ON CONFLICT DO NOTHING`,
            values: [
                tenantId,
                notices.map(({ destination }) => destination),
                ids.map((id) => Number.parseInt(id.slice(0, 2), 16) % laneCount),
                ids,
                notices.map(({ kind }) => kind),
                notices.map(({ ref }) => ref),
                createdAt,
            ],
        },
    ];
}

/** The outbox of one tenant in a cell's database. */
export function openOutbox(
    session: Session,
    { tenantId, cellNumber }: { readonly tenantId: string; readonly cellNumber: number },
    random: () => number = Math.random,
): Outbox {
    return {
        async read(destination, limit) {
            // Whatever comes in faster than it goes out, no lane is always the last one.
            const firstLane = Math.floor(random() * laneCount);
            const rows = await session.query(findEntries(tenantId, destination, firstLane, limit));
            return rows.map((row) => ({
                tenantId,
                destination,
                lane: Number(row["lane"]),
                messageId: String(row["message_id"]),
                kind: row["kind"] as ReplicatedKind,
                ref: String(row["ref"]),
            }));
        },
        async load(entries) {
            const results = await session.transact(findStates(tenantId, cellNumber, entries));
            const envelope = { tenantId, from: cellNumber, sentAt: new Date().toISOString() };
            return readStates(results).map((message) => ({ ...envelope, ...message }) as Message);
        },
        remove: async (entries) => void (await session.query(deleteEntries(tenantId, entries))),
    };
}

function findEntries(
    tenantId: string,
    destination: number,
    firstLane: number,
    limit: number,
): Statement {
    return {
        name: "find-entries",
        text: `SELECT lane, message_id::text, kind, ref::text
               FROM shop.outbox
               WHERE tenant_id = $1 AND destination = $2::smallint
               ORDER BY lane < $3::smallint, lane, message_id
               LIMIT $4::integer`,
        values: [tenantId, destination, firstLane, limit],
    };
}

function deleteEntries(tenantId: string, entries: readonly OutboxEntry[]): Statement {
    return {
        name: "delete-entries",
        text: `DELETE FROM shop.outbox
               USING unnest($2::smallint[], $3::smallint[], $4::uuid[])
                   AS sent(destination, lane, message_id)
               WHERE outbox.tenant_id = $1 AND outbox.destination = sent.destination
                   AND outbox.lane = sent.lane AND outbox.message_id = sent.message_id`,
        values: [
            tenantId,
            entries.map(({ destination }) => destination),
            entries.map(({ lane }) => lane),
            entries.map(({ messageId }) => messageId),
        ],
    };
}

function findStates(
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
                       total_minor, created_at, updated_at
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
    ];
}

function readStates([
    products = [],
    stubs = [],
    orders = [],
    items = [],
    grants = [],
]: readonly (readonly Row[])[]): readonly Pick<Message, "kind" | "state">[] {
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
