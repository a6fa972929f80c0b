import { retryConflicts, staleRead } from "../database/retry";
import type { Session, Statement } from "../database/session";
import { isRefusal } from "../database/sqlstate";
import { insertNotices } from "../replication/outbox-store";
import type { GiftAnswer, GiftRequest } from "../replication/ports";
import { planGift } from "./grants";
import { type Pool, totalAvailable } from "./stock";
import { changePools } from "./stock-store";

/** Who gives to whom. */
interface Parties {
    readonly donor: number;
    readonly taker: number;
}

/**
 * Gives units to another cell: the pools go down, what was ever given goes up, and the taker will
 * be told, in one commit. A repeat, also one after an answer that was lost, finds the target
 * reached and gives nothing.
 * @throws fault conflict, overloaded or database_unavailable
 */
export function giveUnits(
    session: Session,
    parties: Parties,
    request: GiftRequest,
): Promise<GiftAnswer> {
    const { productId, target, kept } = request;
    return retryConflicts(async () => {
        const { pools, given } = await readDonor(session, parties, request);
        const gift = planGift(pools, given, target, kept);
        const units = gift.given - given;
        if (units > 0) {
            await commitGift(session, parties, request, given, gift);
        }
        return { productId, given: gift.given, available: totalAvailable(pools) - units };
    });
}

async function readDonor(
    session: Session,
    { donor, taker }: Parties,
    { tenantId, productId }: GiftRequest,
): Promise<{ readonly pools: readonly Pool[]; readonly given: number }> {
    const [poolRows = [], grantRows = []] = await session.transact([
        {
            name: "find-donor-pools",
            text: `SELECT shard, available
                   FROM shop.stock_pool
                   WHERE tenant_id = $1 AND product_id = $2::uuid`,
            values: [tenantId, productId],
        },
        {
            name: "find-given",
            text: `SELECT given
                   FROM shop.stock_grant
                   WHERE tenant_id = $1 AND product_id = $2::uuid AND donor = $3::smallint
                       AND taker = $4::smallint`,
            values: [tenantId, productId, donor, taker],
        },
    ]);
    return {
        pools: poolRows.map((row) => ({
            shard: Number(row["shard"]),
            available: Number(row["available"]),
        })),
        given: Number(grantRows[0]?.["given"] ?? 0),
    };
}

async function commitGift(
    session: Session,
    parties: Parties,
    { tenantId, productId }: GiftRequest,
    givenBefore: number,
    gift: ReturnType<typeof planGift>,
): Promise<void> {
    const notice = { destination: parties.taker, kind: "grant", ref: productId } as const;
    try {
        await session.transact([
            assertGiven(tenantId, productId, parties, givenBefore),
            changePools(tenantId, productId, gift.changes),
            raiseGiven(tenantId, productId, parties, gift.given),
            ...insertNotices(tenantId, parties.donor, [notice], new Date().toISOString()),
        ]);
    } catch (error) {
        throw isRefusal(error) ? staleRead("The stock changed after it was read.", error) : error;
    }
}

/**
 * Fails with 22012 unless so much was given before: above all when this very transaction was
 * committed already and only its answer was lost.
 */
function assertGiven(
    tenantId: string,
    productId: string,
    { donor, taker }: Parties,
    given: number,
): Statement {
    return {
        name: "assert-given",
        text: `SELECT 1 / CASE WHEN coalesce((
                   SELECT given
                   FROM shop.stock_grant
                   WHERE tenant_id = $1 AND product_id = $2::uuid AND donor = $3::smallint
                       AND taker = $4::smallint
               ), 0) = $5::bigint THEN 1 ELSE 0 END AS holds`,
        values: [tenantId, productId, donor, taker, given],
    };
}

/** Writes what was ever given; a number that is not larger than the one stored changes nothing. */
export function raiseGiven(
    tenantId: string,
    productId: string,
    { donor, taker }: Parties,
    given: number,
): Statement {
    return {
        name: "raise-given",
        text: `INSERT INTO shop.stock_grant (tenant_id, product_id, donor, taker, given)
               VALUES ($1, $2::uuid, $3::smallint, $4::smallint, $5::bigint)
               ON CONFLICT (tenant_id, product_id, donor, taker)
                   DO UPDATE SET given = excluded.given
                   WHERE stock_grant.given < excluded.given`,
        values: [tenantId, productId, donor, taker, given],
    };
}

/** Writes the first gift of a product to a cell. Fails with 23505 when there is one already. */
export function insertGrant(
    tenantId: string,
    productId: string,
    { donor, taker }: Parties,
    given: number,
): Statement {
    return {
        name: "insert-grant",
        text: `INSERT INTO shop.stock_grant (tenant_id, product_id, donor, taker, given)
               VALUES ($1, $2::uuid, $3::smallint, $4::smallint, $5::bigint)`,
        values: [tenantId, productId, donor, taker, given],
    };
}
