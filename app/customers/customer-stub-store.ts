import type { Row, Statement } from "../database/session";

/** What every cell may know of a customer: no personal data. */
export interface CustomerStub {
    readonly customerId: string;
    /** The number of the cell that keeps the customer. */
    readonly home: number;
    readonly version: number;
}

/** Writes a stub; one that is there already stays as it is. */
export function insertStub(
    tenantId: string,
    { customerId, home, version }: CustomerStub,
): Statement {
    return {
        name: "insert-stub",
        text: `INSERT INTO shop.customer_stub (tenant_id, customer_id, home, version)
               VALUES ($1, $2::uuid, $3::smallint, $4::bigint)
               ON CONFLICT (tenant_id, customer_id) DO NOTHING`,
        values: [tenantId, customerId, home, version],
    };
}

/** Reads a stub; `readStub` reads the rows. */
export function findStub(tenantId: string, customerId: string): Statement {
    return {
        name: "find-stub",
        text: `SELECT customer_id::text, home, version
               FROM shop.customer_stub
               WHERE tenant_id = $1 AND customer_id = $2::uuid`,
        values: [tenantId, customerId],
    };
}

/** The stub in the rows of `findStub`. */
export function readStub([row]: readonly Row[]): CustomerStub | undefined {
    return (
        row && {
            customerId: String(row["customer_id"]),
            home: Number(row["home"]),
            version: Number(row["version"]),
        }
    );
}
