import type { Row, Session, Statement } from "../database/session";
import { isoTime } from "../values/time";
import { type Customer, emailKey } from "./customer";

/**
 * Inserts a customer. Fails with 23505 on `customer_pkey` when the id exists, on
 * `customer_email_unique` when the address does; when both do, on either.
 */
export function insertCustomer(tenantId: string, customer: Customer): Statement {
    return {
        name: "insert-customer",
        text: `INSERT INTO shop.customer
                   (tenant_id, customer_id, home, version, email, email_key, first_name,
                    last_name, created_at)
               VALUES ($1, $2::uuid, $3::smallint, $4::bigint, $5, $6, $7, $8, $9::timestamptz)`,
        values: [
            tenantId,
            customer.customerId,
            customer.home,
            customer.version,
            customer.email,
            emailKey(customer.email),
            customer.firstName,
            customer.lastName,
            customer.createdAt,
        ],
    };
}

/** Reads a customer; undefined when there is none. */
export async function findCustomer(
    session: Session,
    tenantId: string,
    customerId: string,
): Promise<Customer | undefined> {
    const [row] = await session.query({
        name: "find-customer",
        text: `SELECT customer_id::text, email, first_name, last_name, home, version, created_at
               FROM shop.customer
               WHERE tenant_id = $1 AND customer_id = $2::uuid`,
        values: [tenantId, customerId],
    });
    return row === undefined ? undefined : customerOfRow(row);
}

/** The id of the customer who has an address; undefined when nobody has. */
export async function findEmailHolder(
    session: Session,
    tenantId: string,
    email: string,
): Promise<string | undefined> {
    const [row] = await session.query({
        name: "find-email-holder",
        text: `SELECT customer_id::text
               FROM shop.customer
               WHERE tenant_id = $1 AND email_key = $2`,
        values: [tenantId, emailKey(email)],
    });
    return row === undefined ? undefined : String(row["customer_id"]);
}

function customerOfRow(row: Row): Customer {
    return {
        customerId: String(row["customer_id"]),
        email: String(row["email"]),
        firstName: String(row["first_name"]),
        lastName: String(row["last_name"]),
        home: Number(row["home"]),
        version: Number(row["version"]),
        createdAt: isoTime(row["created_at"]),
    };
}
