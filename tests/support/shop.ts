import { createHash } from "node:crypto";
import type { Session } from "../../app/database/session";
import { isFault } from "../../app/fault";
import { writeJson } from "../../app/http/json";
import type { Reply, Request, Route } from "../../app/http/operation";
import { noNeighbours } from "../../app/replication/neighbours";
import { newId } from "../../app/values/ids";
import type { TestDatabase } from "./database";

/** What `perform` sends. */
export interface TestRequest {
    readonly path?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
}

/** Lets an operation's own code answer a request that the contract has let through. */
export async function perform(
    session: Session,
    routes: readonly Route[],
    operationId: string,
    { path = {}, query = {}, headers = {}, body }: TestRequest,
): Promise<Reply> {
    const route = routes.find((candidate) => candidate.operationId === operationId);
    if (route === undefined) {
        throw new Error(`No route answers ${operationId}.`);
    }
    const fingerprint = createHash("sha256")
        .update(JSON.stringify([operationId, path, body]))
        .digest("hex");
    const request: Request = {
        tenantId: "main",
        requestId: "test",
        path,
        query,
        headers,
        body,
        fingerprint,
    };
    return route.handle(request, {
        session,
        cell: { name: "us", number: 1 },
        neighbours: noNeighbours,
    });
}

/** The code of the fault an operation ends in, or the status of its reply. */
export async function outcome(reply: Promise<Reply>): Promise<string | number> {
    try {
        return (await reply).status;
    } catch (error) {
        if (isFault(error)) {
            return error.code;
        }
        throw error;
    }
}

/** The body as a client reads it. */
export function bodyOf(reply: Reply): Record<string, unknown> {
    return JSON.parse(writeJson(reply.body)) as Record<string, unknown>;
}

/** Stores a customer. */
export async function aCustomer(database: TestDatabase): Promise<string> {
    const id = newId(1);
    await database.execute(
        `INSERT INTO shop.customer (tenant_id, customer_id, home, version, email, email_key,
             first_name, last_name, created_at)
         VALUES ('main', $1::uuid, 1, 1, $1, $1, 'Ada', 'Lovelace', now())`,
        [id],
    );
    await database.execute(
        `INSERT INTO shop.customer_stub (tenant_id, customer_id, home, version)
         VALUES ('main', $1::uuid, 1, 1)`,
        [id],
    );
    return id;
}

export interface TestProduct {
    readonly priceMinor?: number;
    readonly currency?: string;
    /** Units of each shard. */
    readonly pools?: readonly number[];
    readonly deleted?: boolean;
}

/** Stores a product with its pools and the movement that supplied them. */
export async function aProduct(database: TestDatabase, product: TestProduct = {}): Promise<string> {
    const { priceMinor = 1_000, currency = "USD", pools = [100], deleted = false } = product;
    const id = newId(1);
    await database.execute(
        `INSERT INTO shop.product (tenant_id, product_id, home, version, deleted, name, description,
             category, search_text, price_minor, currency, created_at, updated_at)
         VALUES ('main', $1::uuid, 1, 1, $4::boolean, 'Lamp', '', 'Light', 'lamp', $2::bigint, $3,
             now(), now())`,
        [id, String(priceMinor), currency, String(deleted)],
    );
    await database.execute(
        `INSERT INTO shop.stock_pool (tenant_id, product_id, shard, available)
         SELECT 'main', $1::uuid, (place - 1)::integer, units
         FROM unnest($2::bigint[]) WITH ORDINALITY AS pool(units, place)`,
        [id, `{${pools.join(",")}}`],
    );
    return id;
}

/** The units of each shard of a product. */
export async function poolsOf(database: TestDatabase, productId: string): Promise<number[]> {
    const rows = await database.execute(
        "SELECT available FROM shop.stock_pool WHERE product_id = $1::uuid ORDER BY shard",
        [productId],
    );
    return rows.map(({ available }) => Number(available));
}

/** How many rows a table has. */
export async function countOf(database: TestDatabase, table: string): Promise<number> {
    const [row] = await database.execute(`SELECT count(*) AS count FROM shop.${table}`);
    return Number(row?.["count"]);
}
