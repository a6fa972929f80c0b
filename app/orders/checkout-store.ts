import { retryConflicts, staleRead } from "../database/retry";
import type { Row, Session, Statement } from "../database/session";
import { violatedConstraint } from "../database/sqlstate";
import type { CheckoutState } from "../replication/messages";
import { insertNotices } from "../replication/outbox-store";
import { homeOf } from "../values/ids";
import { isoTime } from "../values/time";
import { type CheckoutClaim, givesWayTo } from "./checkout-claim";
import { cancellableStatuses, orderStatuses } from "./order";
import { cancelOrder } from "./order-store";
import { returnStock } from "./stock-taking-store";

interface Here {
    readonly session: Session;
    readonly tenantId: string;
    /** Of this cell. */
    readonly cellNumber: number;
}

/**
 * Takes in what other cells say of checkouts. A key that is new here stands for the other cell's
 * order from now on, so that a repeat is answered with it. Where this cell has an order of the same
 * checkout, the one that `givesWayTo` names is cancelled, its stock returned, in one commit; the
 * other cell hears of this one's claim and decides alike.
 */
export async function settleCheckouts(here: Here, told: readonly CheckoutState[]): Promise<void> {
    if (told.length === 0) {
        return;
    }
    await retryConflicts(() => settleOnce(here, winners(told)));
}

async function settleOnce(here: Here, told: readonly CheckoutState[]): Promise<void> {
    const { session, tenantId } = here;
    const keyIds = told.map(({ keyId }) => keyId);
    const known = readClaims(await session.query(findClaims(tenantId, keyIds)));
    const unknown = told.filter(({ keyId }) => !known.has(keyId));
    const replaced = told.flatMap((claim) => {
        const stored = known.get(claim.keyId);
        return stored !== undefined && givesWayTo(stored, claim) ? [{ claim, stored }] : [];
    });
    const losers = replaced
        .map(({ claim, stored }) => ({ orderId: stored.orderId, winner: claim.orderId }))
        .filter(({ orderId }) => homeOf(orderId) === here.cellNumber);
    const homes = losers.length === 0 ? new Map() : await findHomes(here, losers);
    const statements = [
        ...(unknown.length === 0 ? [] : [insertClaims(tenantId, unknown)]),
        ...(replaced.length === 0 ? [] : [replaceClaims(tenantId, replaced)]),
        ...losers.flatMap((loser) => supersede(here, loser, homes)),
    ];
    if (statements.length === 0) {
        return;
    }
    const results = await transactUnlessTaken(session, statements);
    const replacedRows = results[unknown.length === 0 ? 0 : 1] ?? [];
    if (replaced.length > 0 && replacedRows.length < replaced.length) {
        throw staleRead("Another claim to one of the keys came first.", undefined);
    }
}

/** An order of this cell may have taken a key that was free a moment ago. */
async function transactUnlessTaken(
    session: Session,
    statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
    try {
        return await session.transact(statements);
    } catch (error) {
        throw violatedConstraint(error) === "idempotency_pkey"
            ? staleRead("A key was claimed a moment ago.", error)
            : error;
    }
}

interface Loser {
    readonly orderId: string;
    /** The order that takes its place. */
    readonly winner: string;
}

/** The statements that cancel an order of this cell, and tell the customer's home of it. */
function supersede(
    { tenantId, cellNumber }: Here,
    { orderId, winner }: Loser,
    homes: ReadonlyMap<string, number>,
): readonly Statement[] {
    const updatedAt = new Date().toISOString();
    const home = homes.get(orderId);
    const isElsewhere = home !== undefined && home !== cellNumber;
    const notices = isElsewhere
        ? [{ destination: home, kind: "order", ref: orderId } as const]
        : [];
    return [
        returnStock(tenantId, orderId, cancellableStatuses),
        // One that its customer has cancelled says what took its place, too.
        cancelOrder(tenantId, orderId, orderStatuses, updatedAt, winner),
        ...insertNotices(tenantId, cellNumber, notices, updatedAt),
    ];
}

/** Of several claims to one key the one to which the others give way; other keys stay apart. */
function winners(told: readonly CheckoutState[]): readonly CheckoutState[] {
    const byKey = new Map<string, CheckoutState>();
    for (const claim of told) {
        const best = byKey.get(claim.keyId);
        if (best === undefined || givesWayTo(best, claim)) {
            byKey.set(claim.keyId, claim);
        }
    }
    return [...byKey.values()];
}

/** The numbers of the cells where the customers of orders are at home. */
async function findHomes(
    { session, tenantId }: Here,
    orders: readonly Loser[],
): Promise<ReadonlyMap<string, number>> {
    const rows = await session.query({
        name: "find-customers-of-orders",
        text: `SELECT order_id::text, customer_id::text
               FROM shop.orders
               WHERE tenant_id = $1 AND order_id = ANY($2::uuid[])`,
        values: [tenantId, orders.map(({ orderId }) => orderId)],
    });
    return new Map(
        rows.map((row) => [String(row["order_id"]), homeOf(String(row["customer_id"]))]),
    );
}

function findClaims(tenantId: string, keyIds: readonly string[]): Statement {
    return {
        name: "find-claims",
        text: `SELECT key, fingerprint, resource_id::text, created_at
               FROM shop.idempotency
               WHERE tenant_id = $1 AND key = ANY($2::text[])`,
        values: [tenantId, keyIds],
    };
}

function readClaims(rows: readonly Row[]): ReadonlyMap<string, CheckoutClaim> {
    return new Map(
        rows.map((row) => [
            String(row["key"]),
            {
                orderId: String(row["resource_id"]),
                fingerprint: String(row["fingerprint"]),
                askedAt: isoTime(row["created_at"]),
            },
        ]),
    );
}

/** Fails with 23505 on `idempotency_pkey` when one of the keys has been claimed meanwhile. */
function insertClaims(tenantId: string, claims: readonly CheckoutState[]): Statement {
    return {
        name: "insert-claims",
        text: `INSERT INTO shop.idempotency (tenant_id, key, fingerprint, resource_id, created_at)
               SELECT $1, claim.*
               FROM unnest($2::text[], $3::text[], $4::uuid[], $5::timestamptz[]) AS claim`,
        values: [
            tenantId,
            claims.map(({ keyId }) => keyId),
            claims.map(({ fingerprint }) => fingerprint),
            claims.map(({ orderId }) => orderId),
            claims.map(({ askedAt }) => askedAt),
        ],
    };
}

/** Lets keys stand for other orders, unless they no longer stand for those that were read. */
function replaceClaims(
    tenantId: string,
    replaced: readonly { readonly claim: CheckoutState; readonly stored: CheckoutClaim }[],
): Statement {
    return {
        name: "replace-claims",
        text: `UPDATE shop.idempotency
               SET resource_id = claim.resource_id, created_at = claim.created_at
               FROM unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::uuid[])
                   AS claim(key, resource_id, created_at, stored_id)
               WHERE idempotency.tenant_id = $1 AND idempotency.key = claim.key
                   AND idempotency.resource_id = claim.stored_id
               RETURNING idempotency.key`,
        values: [
            tenantId,
            replaced.map(({ claim }) => claim.keyId),
            replaced.map(({ claim }) => claim.orderId),
            replaced.map(({ claim }) => claim.askedAt),
            replaced.map(({ stored }) => stored.orderId),
        ],
    };
}
