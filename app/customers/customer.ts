import { fault } from "../fault";

/** A customer as it is stored. */
export interface Customer {
    readonly customerId: string;
    readonly email: string;
    readonly firstName: string;
    readonly lastName: string;
    /** The number of the cell that keeps the data. */
    readonly home: number;
    readonly version: number;
    /** ISO 8601, milliseconds. */
    readonly createdAt: string;
}

/** The body of createCustomer, valid for its schema. */
export interface NewCustomer {
    readonly email: string;
    readonly first_name: string;
    readonly last_name: string;
}

// RFC 5321 section 4.5.3.1.3: a path has 256 octets, two of which are its angle brackets.
const maximumEmailLength = 254;

/**
 * The address without spaces around it. Whether it exists only a message to it could tell, so
 * only its form is checked: something, an @, and a domain with a dot.
 * @throws fault invalid_request
 */
export function emailOf(text: string): string {
    const email = text.trim();
    const hasForm = /^[^\s@\p{Cc}]+@[^\s@.\p{Cc}]+(?:\.[^\s@.\p{Cc}]+)+$/u.test(email);
    if (hasForm && Buffer.byteLength(email) <= maximumEmailLength) {
        return email;
    }
    const detail = `must be an email address of at most ${maximumEmailLength} bytes`;
    throw fault("invalid_request", `The email ${detail}, for example ada@example.com.`, {
        errors: [{ pointer: "/email", detail }],
    });
}

/** What makes an address unique: nobody means two mailboxes by two ways to capitalise one. */
export function emailKey(email: string): string {
    return email.normalize("NFC").toLowerCase();
}

/** A customer as clients see it. */
export function customerBody(customer: Customer): Readonly<Record<string, unknown>> {
    return {
        customer_id: customer.customerId,
        email: customer.email,
        first_name: customer.firstName,
        last_name: customer.lastName,
        version: customer.version,
        home: customer.home,
        created_at: customer.createdAt,
    };
}
