/**
 * What an error of the database means to us. Which SQLSTATE means what:
 * https://www.postgresql.org/docs/16/errcodes-appendix.html; what Aurora DSQL adds:
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-concurrency-control.html
 * and https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html.
 */
export type SqlFailure =
    /** Another transaction was faster; the same transaction may succeed when it is repeated. */
    | "conflict"
    /** The cluster accepts no more connections at the moment. */
    | "connection_limit"
    /** No connection, or it broke: whether a transaction in flight was committed is unknown. */
    | "lost_connection"
    /** The role may not connect, or not yet: IAM takes some seconds to know of a new policy. */
    | "access_denied"
    | "constraint"
    /** A statement divided by zero on purpose, because an assertion of ours does not hold. */
    | "assertion"
    /** The transaction is larger or older than the service allows. */
    | "transaction_limit"
    /** What a migration creates is there already. */
    | "duplicate_object";

const failureOfState: Readonly<Record<string, SqlFailure>> = {
    // DSQL's OC000 (data) and OC001 (catalogue) both carry 40001.
    "40001": "conflict",
    // DSQL: too many connections (53300), too many new connections a second (53400).
    "53300": "connection_limit",
    "53400": "connection_limit",
    "08000": "lost_connection",
    "08001": "lost_connection",
    "08003": "lost_connection",
    "08004": "lost_connection",
    "08006": "lost_connection",
    "57P01": "lost_connection",
    "57P02": "lost_connection",
    "57P03": "lost_connection",
    "57P05": "lost_connection",
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (changes are not immediate)
    "28000": "access_denied",
    "28P01": "access_denied",
    "23502": "constraint",
    "23503": "constraint",
    "23505": "constraint",
    "23514": "constraint",
    "22012": "assertion",
    "54000": "transaction_limit",
    "42710": "duplicate_object",
    "42P06": "duplicate_object",
    "42P07": "duplicate_object",
};

/** System errors (`error.code` of Node) that mean that the peer cannot be talked to. */
const networkCodes = new Set([
    "ECONNREFUSED",
    "ECONNRESET",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "EPIPE",
    "ETIMEDOUT",
]);

/**
 * The driver's own errors carry no code. Its texts, from `lib/client.js` of
 * https://github.com/brianc/node-postgres/tree/master/packages/pg and `index.js` of pg-pool.
 */
const lostConnectionMessages = [
    "Connection terminated",
    "Connection terminated unexpectedly",
    "Connection terminated due to connection timeout",
    "timeout expired",
    "Query read timeout",
    "Client has encountered a connection error and is not queryable",
    "Client was closed and is not queryable",
];
const noFreeConnectionMessage = "timeout exceeded when trying to connect";

/** The SQLSTATE of an error, or of the nearest cause that has one: five characters. */
export function sqlState(error: unknown): string | undefined {
    return findCause(error, ({ code }) => isSqlState(code))?.code;
}

/** What went wrong, as far as this program can do something about it. */
export function sqlFailure(error: unknown): SqlFailure | undefined {
    const state = sqlState(error);
    if (state !== undefined) {
        return isAccessDenied(error, state) ? "access_denied" : failureOfState[state];
    }
    if (findCause(error, ({ message }) => message === noFreeConnectionMessage) !== undefined) {
        return "connection_limit";
    }
    const lost = findCause(
        error,
        ({ code, message }) =>
            (code !== undefined && networkCodes.has(code)) ||
            lostConnectionMessages.includes(message ?? ""),
    );
    return lost === undefined ? undefined : "lost_connection";
}

/** DSQL refuses a role with the state of a lost connection; only the message tells them apart. */
function isAccessDenied(error: unknown, state: string): boolean {
    const isSaid = ({ message }: ErrorFields) => message?.includes("access denied") === true;
    return state === "08006" && findCause(error, isSaid) !== undefined;
}

/**
 * Whether the database refused a transaction because of what is stored: a check (23514), a missing
 * value (23502), a missing parent (23503) or an assertion of ours (22012).
 */
export function isRefusal(error: unknown): boolean {
    return ["22012", "23502", "23503", "23514"].includes(sqlState(error) ?? "");
}

/** The name of the violated constraint, for 23502 (then often absent), 23503, 23505 and 23514. */
export function violatedConstraint(error: unknown): string | undefined {
    if (sqlFailure(error) !== "constraint") {
        return undefined;
    }
    const found = findCause(error, ({ code }) => isSqlState(code));
    // The message is read as well, because the error's fields are optional in the protocol:
    // https://www.postgresql.org/docs/16/protocol-error-fields.html
    return found?.constraint ?? /constraint "([^"]+)"/.exec(found?.message ?? "")?.[1];
}

interface ErrorFields {
    readonly code?: string;
    readonly message?: string;
    readonly constraint?: string;
    readonly cause?: unknown;
}

const maxCauses = 8;

function isSqlState(code: string | undefined): boolean {
    // EPIPE has five letters too, but no SQLSTATE is without a digit.
    return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code);
}

function findCause(
    error: unknown,
    matches: (fields: ErrorFields) => boolean,
): ErrorFields | undefined {
    let current = error;
    for (let depth = 0; depth < maxCauses; depth++) {
        if (typeof current !== "object" || current === null) {
            return undefined;
        }
        const fields: ErrorFields = current;
        if (matches(fields)) {
            return fields;
        }
        current = fields.cause;
    }
    return undefined;
}
