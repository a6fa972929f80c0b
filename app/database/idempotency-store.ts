import { createHash } from "node:crypto";
import { isFault } from "../fault";
import { failedStatement } from "./pipeline";
import type { Statement } from "./session";

const claimStatementName = "claim-key";

/**
 * What is stored for an `Idempotency-Key`, and told to other cells: a UUID of version 8 made of the
 * key's hash. A client may have put anything into its key, an e-mail address for example.
 */
export function keyIdOf(key: string): string {
    const bytes = createHash("sha256").update(key).digest().subarray(0, 16);
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** An `Idempotency-Key` and what it stands for. */
export interface KeyClaim {
    readonly key: string;
    /** Of the request, 64 hexadecimal digits. */
    readonly fingerprint: string;
    /** The UUID of what is created. */
    readonly resourceId: string;
    /** ISO 8601, milliseconds: when the request came. */
    readonly askedAt: string;
}

/**
 * Claims an `Idempotency-Key` for the resource that the same transaction creates. Fails with 23505
 * on the constraint `idempotency_pkey` when the key is taken.
 */
export function claimKey(
    tenantId: string,
    { key, fingerprint, resourceId, askedAt }: KeyClaim,
): Statement {
    return {
        name: claimStatementName,
        text: `INSERT INTO shop.idempotency (tenant_id, key, fingerprint, resource_id, created_at)
               VALUES ($1, $2, $3, $4::uuid, $5::timestamptz)`,
        values: [tenantId, keyIdOf(key), fingerprint, resourceId, askedAt],
    };
}

/** Finds who claimed a key: no row, or one of `fingerprint` and `resource_id`, both text. */
export function findKey(tenantId: string, key: string): Statement {
    return {
        name: "find-key",
        text: `SELECT fingerprint, resource_id::text
               FROM shop.idempotency
               WHERE tenant_id = $1 AND key = $2`,
        values: [tenantId, keyIdOf(key)],
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
