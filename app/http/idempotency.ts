import { claimKey, findKey } from "../database/idempotency-store";
import type { Row, Session, Statement } from "../database/session";
import { violatedConstraint } from "../database/sqlstate";
import { fault } from "../fault";
import type { Reply, Request } from "./operation";

/** What a request creates, for `createOnce`. */
export interface Creation {
    readonly request: Request;
    /** The id of what is created, made once for this request. */
    readonly resourceId: string;
    /** ISO 8601, milliseconds: when the request came. */
    readonly askedAt: string;
    /** The constraint that says this very id exists already, for example `orders_pkey`. */
    readonly idConstraint: string;
    /** What creates it. The idempotency row is put before them, in the same transaction. */
    readonly statements: readonly Statement[];
    /** Makes the answer from the rows of `statements`, in their order: no second round trip. */
    readonly answer: (rows: readonly (readonly Row[])[]) => Reply;
    /** Makes the same answer from what is stored; undefined when it has been deleted since. */
    readonly read: (resourceId: string) => Promise<Reply | undefined>;
}

const keyConstraint = "idempotency_pkey";

/**
 * Creates something at most once for each `Idempotency-Key`, in one round trip; without a key, at
 * most once for this request. Two violations mean that it exists already, and both are answered by
 * reading it:
 *
 * - the key is taken: by this request, whose first attempt was committed though the answer was
 *   lost; by an earlier request for the same thing, then the answer also carries
 *   `Idempotent-Replayed: true`; or by a request for something else, which is a fault;
 * - the resource's own id is taken: only this request knows the id, so an earlier attempt
 *   of it was committed.
 *
 * @throws fault idempotency_key_reused (422), request_in_progress (409), not_found (404, deleted
 * since); any other error of the transaction as it came
 */
export async function createOnce(session: Session, creation: Creation): Promise<Reply> {
    const { request, resourceId, askedAt, statements } = creation;
    const { tenantId, fingerprint } = request;
    const key = idempotencyKey(request);
    const claims =
        key === undefined ? [] : [claimKey(tenantId, { key, fingerprint, resourceId, askedAt })];
    try {
        const rows = await session.transact([...claims, ...statements]);
        return creation.answer(rows.slice(claims.length));
    } catch (error) {
        const violated = violatedConstraint(error);
        if (violated === keyConstraint && key !== undefined) {
            return replay(session, creation, key);
        }
        if (violated === creation.idConstraint) {
            return stored(creation, resourceId);
        }
        throw error;
    }
}

/**
 * The request's `Idempotency-Key`, 1-255 visible ASCII characters.
 * @throws fault invalid_request
 */
export function idempotencyKey(request: Request): string | undefined {
    const key = request.headers["idempotency-key"];
    if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) {
        return key;
    }
    const detail = "must be 1-255 visible ASCII characters, for example a UUID";
    throw fault("invalid_request", `The Idempotency-Key ${detail}.`, {
        errors: [{ pointer: "/headers/idempotency-key", detail }],
    });
}

async function replay(session: Session, creation: Creation, key: string): Promise<Reply> {
    const { request, resourceId } = creation;
    const [row] = await session.query(findKey(request.tenantId, key));
    if (row === undefined) {
        // The transaction that took the key is not to be seen yet; no code deletes keys.
        throw fault("request_in_progress", "The first request with this key is still running.");
    }
    if (row["fingerprint"] !== request.fingerprint) {
        throw fault(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request. Use a new key for each request.",
        );
    }
    const takenBy = String(row["resource_id"]);
    const reply = await stored(creation, takenBy);
    return takenBy === resourceId
        ? reply
        : { ...reply, headers: { ...reply.headers, "Idempotent-Replayed": "true" } };
}

async function stored(creation: Creation, resourceId: string): Promise<Reply> {
    const reply = await creation.read(resourceId);
    if (reply === undefined) {
        throw fault("not_found", `What this request created (${resourceId}) was deleted since.`);
    }
    return reply;
}
