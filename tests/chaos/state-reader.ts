import { createHash } from "node:crypto";
import type { Client } from "pg";
import { type CellState, groupBy } from "./state";

/** A cell, as the operator knows it. */
export interface CellName {
    readonly name: string;
    readonly number: number;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * What a customer's personal data begins with in this cell: everything that a client says of itself,
 * so that it can be looked for wherever it should not be.
 */
export function personalMarker(cell: string): string {
    return `zqx-${cell}`;
}

/**
 * Reads a cell's database, all tables in one snapshot.
 * @param client of the operator, connected
 * @param others the other cells, whose customers' data must not be here
 */
export async function readState(
    client: Client,
    { name, number }: CellName,
    others: readonly CellName[],
): Promise<CellState> {
    const rowsOf = async (text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
        (await client.query<Row>(text, [...values])).rows;
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    const lines = groupBy(
        await rowsOf("SELECT order_id, product_id, quantity FROM shop.order_item ORDER BY line"),
        (row) => text(row, "order_id"),
    );
    const state: CellState = {
        name,
        number,
        products: (await rowsOf(productText)).map((row) => ({
            ...versioned(row),
            isDeleted: row["deleted"] === true,
            digest: digestOf(row),
        })),
        customers: (await rowsOf(versionedText("customer"))).map(versioned),
        stubs: (await rowsOf(versionedText("customer_stub"))).map(versioned),
        orders: (await rowsOf(orderText)).map((row) => ({
            ...versioned(row),
            customerId: text(row, "customer_id"),
            status: text(row, "status"),
            totalMinor: count(row, "total_minor"),
            ...(row["superseded_by"] == null ? {} : { supersededBy: text(row, "superseded_by") }),
            lines: (lines.get(text(row, "id")) ?? []).map((line) => ({
                productId: text(line, "product_id"),
                quantity: count(line, "quantity"),
            })),
        })),
        ...(await readStock(rowsOf)),
        keys: (await rowsOf("SELECT key, resource_id FROM shop.idempotency")).map((row) => ({
            key: text(row, "key"),
            resourceId: text(row, "resource_id"),
        })),
        outboxDepth: count((await rowsOf("SELECT count(*) AS depth FROM shop.outbox"))[0], "depth"),
        personalTraces: await findTraces(rowsOf, number, others),
    };
    await client.query("COMMIT");
    return state;
}

const productText = `SELECT product_id AS id, home, version, deleted, name, description, category,
    price_minor, currency, created_at, updated_at FROM shop.product`;

const orderText = `SELECT order_id AS id, home, version, customer_id, status, total_minor,
    superseded_by FROM shop.orders`;

function versionedText(table: "customer" | "customer_stub"): string {
    return `SELECT customer_id AS id, home, version FROM shop.${table}`;
}

type Reader = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

async function readStock(
    rowsOf: Reader,
): Promise<Pick<CellState, "pools" | "movements" | "grants" | "applied">> {
    const pools = await rowsOf(
        "SELECT product_id, shard, available, taken, returned FROM shop.stock_pool",
    );
    const movements = await rowsOf(
        "SELECT movement_id, product_id, quantity FROM shop.stock_movement",
    );
    const grants = await rowsOf("SELECT product_id, donor, taker, given FROM shop.stock_grant");
    const applied = await rowsOf("SELECT product_id, donor, applied FROM shop.stock_applied");
    return {
        pools: pools.map((row) => ({
            productId: text(row, "product_id"),
            shard: count(row, "shard"),
            available: count(row, "available"),
            taken: count(row, "taken"),
            returned: count(row, "returned"),
        })),
        movements: movements.map((row) => ({
            id: text(row, "movement_id"),
            productId: text(row, "product_id"),
            quantity: count(row, "quantity"),
        })),
        grants: grants.map((row) => ({
            productId: text(row, "product_id"),
            donor: count(row, "donor"),
            taker: count(row, "taker"),
            given: count(row, "given"),
        })),
        applied: applied.map((row) => ({
            productId: text(row, "product_id"),
            donor: count(row, "donor"),
            applied: count(row, "applied"),
        })),
    };
}

/**
 * The tables in which any column of any row holds what another cell's customers said. A customer
 * whose cell was lost may have been sent here, and is at home here then.
 */
async function findTraces(
    rowsOf: Reader,
    cellNumber: number,
    others: readonly CellName[],
): Promise<readonly string[]> {
    const patterns = others.map((other) => `%${personalMarker(other.name)}%`);
    const tables = await rowsOf(
        `SELECT table_name FROM information_schema.tables
         WHERE table_schema = 'shop' AND table_type = 'BASE TABLE' ORDER BY table_name`,
    );
    const found: string[] = [];
    for (const table of tables.map((row) => text(row, "table_name"))) {
        const isAtHome = table === "customer" ? `home = ${cellNumber}` : "false";
        const rows = await rowsOf(
            `SELECT 1 FROM shop.${table} AS row_of
             WHERE row_of::text ILIKE ANY($1::text[]) AND NOT (${isAtHome})
             LIMIT 1`,
            [patterns],
        );
        found.push(...rows.map(() => table));
    }
    return found;
}

function versioned(row: Row) {
    return { id: text(row, "id"), home: count(row, "home"), version: count(row, "version") };
}

/** Everything but the home's own version: what a customer sees. */
function digestOf({ id, home, version, ...content }: Row): string {
    return createHash("sha256").update(JSON.stringify(content)).digest("base64").slice(0, 16);
}

function text(row: Row | undefined, column: string): string {
    return String(row?.[column] ?? "");
}

/** Whole numbers come as text where they may be large. No value is 0. */
function count(row: Row | undefined, column: string): number {
    return Number(row?.[column] ?? 0);
}
