import { retryConflicts, staleRead } from "../database/retry";
import type { Session, Statement } from "../database/session";
import { isRefusal } from "../database/sqlstate";
import { unitsToApply } from "./grants";

/** What a donor has ever given this cell, however this cell got to know. */
export interface Gift {
    readonly productId: string;
    readonly donor: number;
    readonly given: number;
}

/** A gift, or what is new of it, on its way into the pools. */
interface Receipt {
    readonly productId: string;
    readonly donor: number;
    readonly appliedBefore: number;
    readonly applied: number;
    readonly units: number;
}

/**
 * Puts what is new of gifts into this cell's pools, each unit once, however often and in whatever
 * order it is told of them.
 * @returns units that were added
 * @throws fault conflict, overloaded or database_unavailable
 */
export function takeIn(
    session: Session,
    tenantId: string,
    gifts: readonly Gift[],
): Promise<number> {
    const newest = newestOf(gifts);
    if (newest.length === 0) {
        return Promise.resolve(0);
    }
    return retryConflicts(async () => {
        const receipts = planReceipts(newest, await findApplied(session, tenantId, newest));
        if (receipts.length === 0) {
            return 0;
        }
        try {
            await session.transact(receiptStatements(tenantId, receipts));
        } catch (error) {
            throw isRefusal(error)
                ? staleRead("Another one has put the gift into the pools.", error)
                : error;
        }
        return receipts.reduce((sum, { units }) => sum + units, 0);
    });
}

function newestOf(gifts: readonly Gift[]): readonly Gift[] {
    const newest = new Map<string, Gift>();
    for (const gift of gifts) {
        const key = keyOf(gift);
        if (gift.given > (newest.get(key)?.given ?? 0)) {
            newest.set(key, gift);
        }
    }
    return [...newest.values()];
}

function planReceipts(
    gifts: readonly Gift[],
    appliedOf: ReadonlyMap<string, number>,
): readonly Receipt[] {
    return gifts
        .map(({ productId, donor, given }) => {
            const appliedBefore = appliedOf.get(keyOf({ productId, donor })) ?? 0;
            const units = unitsToApply(given, appliedBefore);
            return { productId, donor, appliedBefore, applied: appliedBefore + units, units };
        })
        .filter(({ units }) => units > 0);
}

async function findApplied(
    session: Session,
    tenantId: string,
    gifts: readonly Gift[],
): Promise<ReadonlyMap<string, number>> {
    const rows = await session.query({
        name: "find-applied",
        text: `SELECT product_id::text, donor, applied
               FROM shop.stock_applied
               WHERE tenant_id = $1 AND product_id = ANY($2::uuid[])`,
        values: [tenantId, gifts.map(({ productId }) => productId)],
    });
    return new Map(
        rows.map((row) => [
            keyOf({ productId: String(row["product_id"]), donor: Number(row["donor"]) }),
            Number(row["applied"]),
        ]),
    );
}

function keyOf({ productId, donor }: { productId: string; donor: number }): string {
    return `${productId} ${donor}`;
}

function receiptStatements(tenantId: string, receipts: readonly Receipt[]): readonly Statement[] {
    const productIds = receipts.map(({ productId }) => productId);
    const donors = receipts.map(({ donor }) => donor);
    const units = receipts.map((receipt) => receipt.units);
    return [
        {
            // Above all false when this very transaction was committed and its answer was lost.
            name: "assert-applied",
            text: `SELECT 1 / CASE WHEN (
                       SELECT count(*)
                       FROM unnest($2::uuid[], $3::smallint[], $4::bigint[])
                           AS expected(product_id, donor, applied)
                       LEFT JOIN shop.stock_applied AS stored
                           ON stored.tenant_id = $1 AND stored.product_id = expected.product_id
                           AND stored.donor = expected.donor
                       WHERE coalesce(stored.applied, 0) = expected.applied
                   ) = $5::bigint THEN 1 ELSE 0 END AS holds`,
            values: [
                tenantId,
                productIds,
                donors,
                receipts.map(({ appliedBefore }) => appliedBefore),
                receipts.length,
            ],
        },
        {
            name: "open-first-pools",
            text: `INSERT INTO shop.stock_pool (tenant_id, product_id, shard, available)
                   SELECT DISTINCT $1, received.product_id, 0, 0
                   FROM unnest($2::uuid[]) AS received(product_id)
                   ON CONFLICT (tenant_id, product_id, shard) DO NOTHING`,
            values: [tenantId, productIds],
        },
        {
            name: "fill-first-pools",
            text: `UPDATE shop.stock_pool AS pool
                   SET available = pool.available + received.units
                   FROM (
                       SELECT gift.product_id, sum(gift.units)::bigint AS units
                       FROM unnest($2::uuid[], $3::bigint[]) AS gift(product_id, units)
                       GROUP BY gift.product_id
                   ) AS received
                   WHERE pool.tenant_id = $1 AND pool.product_id = received.product_id
                       AND pool.shard = 0`,
            values: [tenantId, productIds, units],
        },
        {
            name: "raise-applied",
            text: `INSERT INTO shop.stock_applied (tenant_id, product_id, donor, applied)
                   SELECT $1, received.product_id, received.donor, received.applied
                   FROM unnest($2::uuid[], $3::smallint[], $4::bigint[])
                       AS received(product_id, donor, applied)
                   ON CONFLICT (tenant_id, product_id, donor)
                       DO UPDATE SET applied = excluded.applied`,
            values: [tenantId, productIds, donors, receipts.map(({ applied }) => applied)],
        },
    ];
}
