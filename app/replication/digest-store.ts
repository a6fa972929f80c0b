import type { Row, Session, SqlValue, Statement } from "../database/session";
import { fault } from "../fault";
import type { Digest, DigestSide, VersionedId } from "./digest";
import { type ReplicatedKind, replicatedKinds } from "./messages";

/** What a home asks about the copies of its rows. */
export interface DigestBody {
    /** The number of the cell that asks: the home. */
    readonly home: number;
    readonly tenantId: string;
    readonly kind: ReplicatedKind;
    /** Hexadecimal digits with which the ids begin, at most 8. */
    readonly prefix: string;
    /** Whether the rows are wanted, or only their digests. */
    readonly isList: boolean;
}

export interface DigestAnswer {
    readonly digests?: readonly Digest[];
    readonly rows?: readonly VersionedId[];
}

const maxListedRows = 10_000;

/** The rows that this cell keeps and another one has copies of. */
export function homeSide(
    session: Session,
    {
        tenantId,
        home,
        copyHolder,
    }: {
        readonly tenantId: string;
        readonly home: number;
        readonly copyHolder: number;
    },
): DigestSide {
    return {
        children: (kind, prefix) =>
            readDigests(session, childDigests[homeTables[kind]], kind, prefix, [
                tenantId,
                home,
                copyHolder,
            ]),
        list: (kind, prefix) =>
            readVersions(session, lists[homeTables[kind]], kind, prefix, [
                tenantId,
                home,
                copyHolder,
            ]),
    };
}

/**
 * Answers what a home asks about its rows' copies in this cell.
 * @param copyHolder the number of this cell
 * @throws fault invalid_request
 */
export async function answerDigests(
    session: Session,
    copyHolder: number,
    { home, tenantId, kind, prefix, isList }: DigestBody,
): Promise<DigestAnswer> {
    if (!replicatedKinds.includes(kind) || !/^[0-9a-f]{0,8}$/.test(prefix)) {
        throw fault(
            "invalid_request",
            `A digest needs a kind (${replicatedKinds.join(", ")}) and a prefix of at most 8 digits.`,
        );
    }
    const scope = [tenantId, home, copyHolder];
    const table = copyTables[kind];
    return isList
        ? { rows: await readVersions(session, lists[table], kind, prefix, scope) }
        : { digests: await readDigests(session, childDigests[table], kind, prefix, scope) };
}

type Table =
    | "product"
    | "customer_stub"
    | "orders"
    | "stock_grant"
    | "stock_applied"
    | "own_checkout"
    | "told_checkout";

const homeTables: Readonly<Record<ReplicatedKind, Table>> = {
    product: "product",
    customer_stub: "customer_stub",
    order: "orders",
    grant: "stock_grant",
    checkout: "own_checkout",
};

const copyTables: Readonly<Record<ReplicatedKind, Table>> = {
    ...homeTables,
    grant: "stock_applied",
    checkout: "told_checkout",
};

async function readDigests(
    session: Session,
    text: string,
    kind: ReplicatedKind,
    prefix: string,
    scope: readonly SqlValue[],
): Promise<readonly Digest[]> {
    const values = [...scope, ...rangeOf(prefix), prefix.length + 1];
    const rows = await session.query(statement(`digest-${kind}`, text, values));
    return rows.map((row) => ({
        prefix: String(row["prefix"]),
        count: Number(row["count"]),
        versions: String(row["versions"]),
        squares: String(row["squares"]),
    }));
}

async function readVersions(
    session: Session,
    text: string,
    kind: ReplicatedKind,
    prefix: string,
    scope: readonly SqlValue[],
): Promise<readonly VersionedId[]> {
    const values = [...scope, ...rangeOf(prefix), maxListedRows];
    const rows = await session.query(statement(`list-${kind}`, text, values));
    return rows.map((row: Row) => ({ id: String(row["id"]), version: Number(row["version"]) }));
}

/** One name stands for one text: a home reads gifts and checkouts elsewhere than the others. */
function statement(name: string, text: string, values: readonly SqlValue[]): Statement {
    const isApplied = text.includes("stock_applied");
    const isTold = text.includes("right(resource_id");
    const suffix = isApplied ? "-applied" : isTold ? "-told" : "";
    return { name: `${name}${suffix}`, text, values };
}

/** The least and the greatest id with a prefix. Primary keys are in this order. */
function rangeOf(prefix: string): readonly [string, string] {
    const filled = (digit: string) =>
        prefix.padEnd(32, digit).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    return [filled("0"), filled("f")];
}

// $1 tenant, $2 home, $3 the cell that has the copies, $4 and $5 the range of ids.
const productRows = `
    SELECT product_id AS id, version
    FROM shop.product
    WHERE tenant_id = $1 AND home = $2::smallint AND $3::smallint > 0
        AND product_id BETWEEN $4::uuid AND $5::uuid`;
const stubRows = `
    SELECT customer_id AS id, version
    FROM shop.customer_stub
    WHERE tenant_id = $1 AND home = $2::smallint AND $3::smallint > 0
        AND customer_id BETWEEN $4::uuid AND $5::uuid`;
// Only the home of its customer has a copy of an order; an id ends in the number of its home.
const orderRows = `
    SELECT order_id AS id, version
    FROM shop.orders
    WHERE tenant_id = $1 AND home = $2::smallint
        AND right(customer_id::text, 2) = lpad(to_hex($3::integer), 2, '0')
        AND order_id BETWEEN $4::uuid AND $5::uuid`;
const grantRows = `
    SELECT product_id AS id, given AS version
    FROM shop.stock_grant
    WHERE tenant_id = $1 AND donor = $2::smallint AND taker = $3::smallint AND given > 0
        AND product_id BETWEEN $4::uuid AND $5::uuid`;
const appliedRows = `
    SELECT product_id AS id, applied AS version
    FROM shop.stock_applied
    WHERE tenant_id = $1 AND donor = $2::smallint AND $3::smallint > 0 AND applied > 0
        AND product_id BETWEEN $4::uuid AND $5::uuid`;
// What a key stands for never changes while it is its own cell's to tell; the time only tells two
// orders of one key apart.
const checkoutVersion = "1 + (extract(epoch FROM idempotency.created_at) * 1000)::bigint % 1000003";
const ownCheckoutRows = `
    SELECT idempotency.key AS id, ${checkoutVersion} AS version
    FROM shop.idempotency
    JOIN shop.orders
        ON orders.tenant_id = idempotency.tenant_id AND orders.order_id = idempotency.resource_id
    WHERE idempotency.tenant_id = $1 AND orders.home = $2::smallint AND $3::smallint > 0
        AND idempotency.key BETWEEN $4::text AND $5::text`;
const toldCheckoutRows = `
    SELECT key AS id, ${checkoutVersion} AS version
    FROM shop.idempotency
    WHERE tenant_id = $1 AND right(resource_id::text, 2) = lpad(to_hex($2::integer), 2, '0')
        AND $3::smallint > 0 AND key BETWEEN $4::text AND $5::text`;

const digestColumns = `
    SELECT left(replace(id::text, '-', ''), $6::integer) AS prefix, count(*) AS count,
        sum(version)::text AS versions, sum(version::numeric * version)::text AS squares`;

const childDigests: Readonly<Record<Table, string>> = {
    product: `${digestColumns} FROM (${productRows}) AS compared GROUP BY 1`,
    customer_stub: `${digestColumns} FROM (${stubRows}) AS compared GROUP BY 1`,
    orders: `${digestColumns} FROM (${orderRows}) AS compared GROUP BY 1`,
    stock_grant: `${digestColumns} FROM (${grantRows}) AS compared GROUP BY 1`,
    stock_applied: `${digestColumns} FROM (${appliedRows}) AS compared GROUP BY 1`,
    own_checkout: `${digestColumns} FROM (${ownCheckoutRows}) AS compared GROUP BY 1`,
    told_checkout: `${digestColumns} FROM (${toldCheckoutRows}) AS compared GROUP BY 1`,
};

const lists: Readonly<Record<Table, string>> = {
    product: `SELECT id::text, version FROM (${productRows}) AS compared ORDER BY id LIMIT $6::integer`,
    customer_stub: `SELECT id::text, version FROM (${stubRows}) AS compared ORDER BY id LIMIT $6::integer`,
    orders: `SELECT id::text, version FROM (${orderRows}) AS compared ORDER BY id LIMIT $6::integer`,
    stock_grant: `SELECT id::text, version FROM (${grantRows}) AS compared ORDER BY id LIMIT $6::integer`,
    stock_applied: `SELECT id::text, version FROM (${appliedRows}) AS compared ORDER BY id LIMIT $6::integer`,
    own_checkout: `SELECT id, version FROM (${ownCheckoutRows}) AS compared ORDER BY id LIMIT $6::integer`,
    told_checkout: `SELECT id, version FROM (${toldCheckoutRows}) AS compared ORDER BY id LIMIT $6::integer`,
};
