import type { Row, Statement } from "../database/session";
import { isoTime } from "../values/time";
import type { GaugeState, GaugesState } from "./messages";

/**
 * Remembers what a cell says of its stock, and what it has given to whom. What is older than what
 * is known changes nothing.
 */
export function recordGauges(
    tenantId: string,
    { cell, observedAt, gauges }: GaugesState,
): readonly Statement[] {
    const grants = gauges.flatMap(({ productId, grants: given }) =>
        given.map((grant) => ({ productId, ...grant })),
    );
    return [
        ...(gauges.length === 0 ? [] : [upsertGauges(tenantId, cell, observedAt, gauges)]),
        ...(grants.length === 0
            ? []
            : [
                  {
                      name: "record-grants",
                      text: `INSERT INTO shop.stock_grant (tenant_id, product_id, donor, taker, given)
                             SELECT $1, told.product_id, $2::smallint, told.taker, told.given
                             FROM unnest($3::uuid[], $4::smallint[], $5::bigint[])
                                 AS told(product_id, taker, given)
                             ON CONFLICT (tenant_id, product_id, donor, taker)
                                 DO UPDATE SET given = excluded.given
                                 WHERE stock_grant.given < excluded.given`,
                      values: [
                          tenantId,
                          cell,
                          grants.map(({ productId }) => productId),
                          grants.map(({ taker }) => taker),
                          grants.map(({ given }) => given),
                      ],
                  },
              ]),
    ];
}

function upsertGauges(
    tenantId: string,
    cell: number,
    observedAt: string,
    gauges: readonly GaugeState[],
): Statement {
    const numbers = (read: (gauge: GaugeState) => number) => gauges.map(read);
    return {
        name: "record-gauges",
        text: `INSERT INTO shop.stock_gauge (tenant_id, product_id, cell, available, taken,
                   returned, applied, demand_per_second, observed_at)
               SELECT $1, told.product_id, $2::smallint, told.available, told.taken,
                   told.returned, told.applied, told.demand_per_second, $3::timestamptz
               FROM unnest($4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                   $9::double precision[])
                   AS told(product_id, available, taken, returned, applied, demand_per_second)
               ON CONFLICT (tenant_id, product_id, cell) DO UPDATE
                   SET available = excluded.available, taken = excluded.taken,
                       returned = excluded.returned, applied = excluded.applied,
                       demand_per_second = excluded.demand_per_second,
                       observed_at = excluded.observed_at
                   WHERE stock_gauge.observed_at < excluded.observed_at`,
        values: [
            tenantId,
            cell,
            observedAt,
            gauges.map(({ productId }) => productId),
            numbers(({ available }) => available),
            numbers(({ taken }) => taken),
            numbers(({ returned }) => returned),
            numbers(({ applied }) => applied),
            numbers(({ demandPerSecond }) => demandPerSecond),
        ],
    };
}

/** Remembers that a cell was heard of, and how old its news was. */
export function recordContact(tenantId: string, { cell, observedAt }: GaugesState): Statement {
    return {
        name: "record-contact",
        text: `INSERT INTO shop.cell_link (tenant_id, cell, sent_at, heard_at)
               VALUES ($1, $2::smallint, $3::timestamptz, now())
               ON CONFLICT (tenant_id, cell) DO UPDATE
                   SET sent_at = excluded.sent_at, heard_at = excluded.heard_at
                   WHERE cell_link.sent_at IS NULL OR cell_link.sent_at < excluded.sent_at`,
        values: [tenantId, cell, observedAt],
    };
}

/** What is known here of a product's stock in other cells. */
export interface KnownStock {
    readonly gauges: readonly (GaugeOfCell & { readonly observedAt: string })[];
    /** Of all pairs of cells, as far as they are known. */
    readonly grants: readonly KnownGrant[];
    /** What is in this cell's pools of each donor's gifts. */
    readonly applied: ReadonlyMap<number, number>;
}

export interface GaugeOfCell {
    readonly productId: string;
    readonly cell: number;
    readonly available: number;
    readonly taken: number;
    readonly returned: number;
    readonly applied: number;
    readonly demandPerSecond: number;
}

export interface KnownGrant {
    readonly productId: string;
    readonly donor: number;
    readonly taker: number;
    readonly given: number;
}

/** Reads what is known of some products' stock elsewhere; `readKnownStock` reads the rows. */
export function findKnownStock(
    tenantId: string,
    productIds: readonly string[],
): readonly [Statement, Statement, Statement] {
    const values = [tenantId, productIds];
    return [
        {
            name: "find-gauges",
            text: `SELECT product_id::text, cell, available, taken, returned, applied,
                       demand_per_second, observed_at
                   FROM shop.stock_gauge
                   WHERE tenant_id = $1 AND product_id = ANY($2::uuid[])`,
            values,
        },
        {
            name: "find-grants",
            text: `SELECT product_id::text, donor, taker, given
                   FROM shop.stock_grant
                   WHERE tenant_id = $1 AND product_id = ANY($2::uuid[])`,
            values,
        },
        {
            name: "find-applied-of-products",
            text: `SELECT product_id::text, donor, applied
                   FROM shop.stock_applied
                   WHERE tenant_id = $1 AND product_id = ANY($2::uuid[])`,
            values,
        },
    ];
}

/** What the rows of `findKnownStock` say of each product that they mention. */
export function readKnownStock([
    gaugeRows = [],
    grantRows = [],
    appliedRows = [],
]: readonly (readonly Row[])[]): (productId: string) => KnownStock {
    return (productId) => {
        const own = (rows: readonly Row[]) => rows.filter((row) => row["product_id"] === productId);
        return {
            gauges: own(gaugeRows).map(gaugeOfRow),
            grants: own(grantRows).map((row) => ({
                productId,
                donor: Number(row["donor"]),
                taker: Number(row["taker"]),
                given: Number(row["given"]),
            })),
            applied: new Map(
                own(appliedRows).map((row) => [Number(row["donor"]), Number(row["applied"])]),
            ),
        };
    };
}

function gaugeOfRow(row: Row) {
    return {
        productId: String(row["product_id"]),
        cell: Number(row["cell"]),
        available: Number(row["available"]),
        taken: Number(row["taken"]),
        returned: Number(row["returned"]),
        applied: Number(row["applied"]),
        demandPerSecond: Number(row["demand_per_second"]),
        observedAt: isoTime(row["observed_at"]),
    };
}
