import { isFault } from "../fault";
import { failedStatement } from "./pipeline";
import type { Statement } from "./session";

const claimStatementName = "claim-key";

/**
 * Claims an `Idempotency-Key` for the resource that the same transaction creates. Fails with 23505
 * on the constraint `idempotency_pkey` when the key is taken.
 * @param fingerprint of the request, 64 hexadecimal digits
 * @param resourceId the UUID of what is created
 */
export function claimKey(
    tenantId: string,
    key: string,
    fingerprint: string,
    resourceId: string,
): Statement {
    return {
        name: claimStatementName,
        text: `INSERT INTO shop.idempotency (tenant_id, key, fingerprint, resource_id, created_at)
               VALUES ($1, $2, $3, $4::uuid, now())`,
        values: [tenantId, key, fingerprint, resourceId],
    };
}

/** Finds who claimed a key: no row, or one of `fingerprint` and `resource_id`, both text. */
export function findKey(tenantId: string, key: string): Statement {
    return {
        name: "find-key",
        text: `SELECT fingerprint, resource_id::text
               FROM shop.idempotency
               WHERE tenant_id = $1 AND key = $2`,
        values: [tenantId, key],
    };
}

/**
 * Whether a transaction gave up because another one, still running, is claiming the same key. Only
 * a server whose writers wait for each other gets there; Aurora DSQL lets the later commit lose.
 */
export function isClaimRefused(error: unknown): boolean {
    return (
        isFault(error) &&
        error.code === "conflict" &&
        failedStatement(error.cause) === claimStatementName
    );
}
