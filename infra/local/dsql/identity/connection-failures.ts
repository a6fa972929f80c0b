import type { Failure } from "../failure";
import type { ConnectAction } from "./auth-token";

/**
 * The token or the policies do not let the client in.
 * Message: https://github.com/dbcodeio/public/issues/637 (an expired token); SQLSTATE: as drivers
 * print it, `access denied (SQLSTATE 08006)`.
 */
export const accessDenied: Failure = {
    code: "08006",
    message: "unable to accept connection, access denied",
};

/**
 * With the reason why the token is denied. A real cluster gives one for an expired token alone,
 * `Signature expired: …`, which clients may look for; the others are help for whoever is here.
 */
export function tokenDenied(reason: string): Failure {
    return { ...accessDenied, hint: reason };
}

/**
 * The token is for `admin` and the client is not, or the other way round.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/troubleshooting.html
 */
export function wrongAction(user: string, action: ConnectAction): Failure {
    return {
        ...accessDenied,
        hint: `Wrong user to action mapping. user: ${user}, action: ${action}`,
    };
}

/**
 * `AWS IAM GRANT` has not been run for the database role and the client's IAM role. Derived from
 * reports of users: the message is the same, the SQLSTATE another, and there is no hint.
 */
export const roleNotGranted: Failure = {
    code: "28000",
    message: "unable to accept connection, access denied",
};

/**
 * The client named no server in its TLS handshake, or one that is no cluster.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/troubleshooting.html; the
 * SQLSTATE is derived from that of other refused connections.
 */
export const serverNameMissing: Failure = {
    code: "08006",
    message: "unable to accept connection, sni was not received",
};

/** Derived: clusters take no unencrypted connections; PostgreSQL refuses such ones with 28000. */
export const tlsRequired: Failure = {
    code: "28000",
    message: "unable to accept connection, SSL is required",
    hint: "Connect with sslmode=verify-full.",
};

/** Derived: the client sent something else when it was asked for its password. */
export const tokenMissing: Failure = {
    ...accessDenied,
    hint: "Give an authentication token as the password.",
};

/** Derived: what PostgreSQL says. A cluster has one database, `postgres`. */
export function unknownDatabase(name: string): Failure {
    return { code: "3D000", message: `database "${name}" does not exist` };
}

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html */
export const tooManyConnections: Failure = {
    code: "53300",
    message: "Unable to accept connection, too many open connections.",
};

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html */
export const tooManyNewConnections: Failure = {
    code: "53400",
    message: "Unable to accept connection, rate exceeded.",
};
