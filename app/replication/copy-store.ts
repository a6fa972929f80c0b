import { searchText } from "../catalog/product";
import type { Session, Statement } from "../database/session";
import { type Gift, takeIn } from "../inventory/receipt-store";
import { settleCheckouts } from "../orders/checkout-store";
import { recordContact, recordGauges } from "./gauge-store";
import type {
    CheckoutState,
    CustomerStubState,
    GaugesState,
    GrantState,
    Message,
    OrderState,
    ProductState,
} from "./messages";
import type { Copies } from "./ports";
import { isNewer } from "./version-guard";

/**
 * The copies in a cell's database. Rows go in as one transaction, then gifts, then what has become
 * of checkouts: each is harmless to repeat, and none needs a row that comes with it.
 */
export function openCopies(session: Session, cellNumber: number): Copies {
    return {
        async apply(messages) {
            for (const tenantId of new Set(messages.map((message) => message.tenantId))) {
                const own = messages.filter((message) => message.tenantId === tenantId);
                const statements = rowStatements(tenantId, own);
                if (statements.length > 0) {
                    await session.transact(statements);
                }
                await takeIn(session, tenantId, giftsAmong(own, cellNumber));
                const checkouts = statesOf<CheckoutState>(own, "checkout");
                await settleCheckouts({ session, tenantId, cellNumber }, checkouts);
            }
        },
    };
}

function rowStatements(tenantId: string, messages: readonly Message[]): readonly Statement[] {
    const products = newest(statesOf<ProductState>(messages, "product"), (row) => row.productId);
    const stubs = newest(
        statesOf<CustomerStubState>(messages, "customer_stub"),
        (row) => row.customerId,
    );
    const orders = newest(statesOf<OrderState>(messages, "order"), (row) => row.orderId);
    const gauges = statesOf<GaugesState>(messages, "gauges");
    return [
        ...(products.length === 0 ? [] : [copyProducts(tenantId, products)]),
        ...(stubs.length === 0 ? [] : [copyStubs(tenantId, stubs)]),
        ...(orders.length === 0 ? [] : [copyOrders(tenantId, orders), copyItems(tenantId, orders)]),
        ...gauges.flatMap((state) => recordGauges(tenantId, state)),
        ...gauges.map((state) => recordContact(tenantId, state)),
    ];
}

function giftsAmong(messages: readonly Message[], cellNumber: number): readonly Gift[] {
    const told = statesOf<GrantState>(messages, "grant");
    const shown = statesOf<GaugesState>(messages, "gauges").flatMap(({ cell, gauges }) =>
        gauges.flatMap(({ productId, grants }) =>
            grants
                .filter(({ taker }) => taker === cellNumber)
                .map(({ given }) => ({ productId, donor: cell, given })),
        ),
    );
    return [...told, ...shown];
}

function statesOf<State>(messages: readonly Message[], kind: Message["kind"]): readonly State[] {
    return messages
        .filter((message) => message.kind === kind)
        .map(({ state }) => state as unknown as State);
}

/** One state for each row: a statement cannot write a row twice. */
function newest<State extends { readonly version: number }>(
    states: readonly State[],
    idOf: (state: State) => string,
): readonly State[] {
    const byId = new Map<string, State>();
    for (const state of states) {
        if (isNewer(state.version, byId.get(idOf(state))?.version)) {
            byId.set(idOf(state), state);
        }
    }
    return [...byId.values()];
}

/** A row of this cell's own is never written: its home is another than any sender's. */
function copyProducts(tenantId: string, products: readonly ProductState[]): Statement {
    const texts = (read: (product: ProductState) => string) => products.map(read);
    return {
        name: "copy-products",
        text: `INSERT INTO shop.product
                   (tenant_id, product_id, home, version, deleted, name, description, category,
                    search_text, price_minor, currency, created_at, updated_at)
               SELECT $1, copy.*
               FROM unnest($2::uuid[], $3::smallint[], $4::bigint[], $5::boolean[], $6::text[],
                   $7::text[], $8::text[], $9::text[], $10::bigint[], $11::text[],
                   $12::timestamptz[], $13::timestamptz[]) AS copy
               ON CONFLICT (tenant_id, product_id) DO UPDATE
                   SET version = excluded.version, deleted = excluded.deleted,
                       name = excluded.name, description = excluded.description,
                       category = excluded.category, search_text = excluded.search_text,
                       price_minor = excluded.price_minor, currency = excluded.currency,
                       updated_at = excluded.updated_at
                   WHERE product.version < excluded.version AND product.home = excluded.home`,
        values: [
            tenantId,
            texts(({ productId }) => productId),
            products.map(({ home }) => home),
            products.map(({ version }) => version),
            texts(({ deleted }) => String(deleted)),
            texts(({ name }) => name),
            texts(({ description }) => description),
            texts(({ category }) => category),
            texts(searchText),
            texts(({ priceMinor }) => priceMinor),
            texts(({ currency }) => currency),
            texts(({ createdAt }) => createdAt),
            texts(({ updatedAt }) => updatedAt),
        ],
    };
}

function copyStubs(tenantId: string, stubs: readonly CustomerStubState[]): Statement {
    return {
        name: "copy-stubs",
        text: `INSERT INTO shop.customer_stub (tenant_id, customer_id, home, version)
               SELECT $1, copy.*
               FROM unnest($2::uuid[], $3::smallint[], $4::bigint[]) AS copy
               ON CONFLICT (tenant_id, customer_id) DO UPDATE
                   SET version = excluded.version
                   WHERE customer_stub.version < excluded.version
                       AND customer_stub.home = excluded.home`,
        values: [
            tenantId,
            stubs.map(({ customerId }) => customerId),
            stubs.map(({ home }) => home),
            stubs.map(({ version }) => version),
        ],
    };
}

function copyOrders(tenantId: string, orders: readonly OrderState[]): Statement {
    const texts = (read: (order: OrderState) => string) => orders.map(read);
    return {
        name: "copy-orders",
        text: `INSERT INTO shop.orders (tenant_id, order_id, home, version, customer_id, status,
                   currency, total_minor, created_at, updated_at, superseded_by)
               SELECT $1, copy.*
               FROM unnest($2::uuid[], $3::smallint[], $4::bigint[], $5::uuid[], $6::text[],
                   $7::text[], $8::bigint[], $9::timestamptz[], $10::timestamptz[],
                   $11::uuid[]) AS copy
               ON CONFLICT (tenant_id, order_id) DO UPDATE
                   SET version = excluded.version, status = excluded.status,
                       updated_at = excluded.updated_at, superseded_by = excluded.superseded_by
                   WHERE orders.version < excluded.version AND orders.home = excluded.home`,
        values: [
            tenantId,
            texts(({ orderId }) => orderId),
            orders.map(({ home }) => home),
            orders.map(({ version }) => version),
            texts(({ customerId }) => customerId),
            texts(({ status }) => status),
            texts(({ currency }) => currency),
            texts(({ totalMinor }) => totalMinor),
            texts(({ createdAt }) => createdAt),
            texts(({ updatedAt }) => updatedAt),
            // A cell of an earlier release says nothing of it.
            orders.map(({ supersededBy = null }) => supersededBy),
        ],
    };
}

/** The items of an order never change. */
function copyItems(tenantId: string, orders: readonly OrderState[]): Statement {
    const items = orders.flatMap(({ orderId, items: lines }) =>
        lines.map((item) => ({ orderId, ...item })),
    );
    return {
        name: "copy-items",
        text: `INSERT INTO shop.order_item
                   (tenant_id, order_id, line, product_id, quantity, unit_minor)
               SELECT $1, copy.*
               FROM unnest($2::uuid[], $3::integer[], $4::uuid[], $5::bigint[], $6::bigint[])
                   AS copy
               ON CONFLICT (tenant_id, order_id, line) DO NOTHING`,
        values: [
            tenantId,
            items.map(({ orderId }) => orderId),
            items.map(({ line }) => line),
            items.map(({ productId }) => productId),
            items.map(({ quantity }) => quantity),
            items.map(({ unitMinor }) => unitMinor),
        ],
    };
}
