import { userGuide } from "../probe";

/** Who tries to connect, and what happens. */
export interface ConnectionProbe {
    readonly name: string;
    readonly source: string;
    /** Statements of the administrator, each of which succeeds. */
    readonly setup?: readonly string[];
    /** `admin` unless given. */
    readonly user?: string;
    /** `postgres` unless given. */
    readonly database?: string;
    /** Which name TLS is told; that of the cluster unless given. */
    readonly serverName?: "none" | "another cluster";
    readonly encryption?: "none" | "asked for";
    /** How the password differs from a token for the user. */
    readonly token?:
        | "for admin"
        | "for a role"
        | "expired"
        | "for another cluster"
        | "none"
        | "altered";
    /** Whether the policies of the principal forbid it. */
    readonly isDenied?: boolean;
    /** `connected`, or the SQLSTATE or the socket's code, and the message. */
    readonly expected: string;
    readonly hint?: RegExp;
}

const tokens = userGuide("SECTION_authentication-token");
const trouble = userGuide("troubleshooting");
const roles = userGuide("using-database-and-iam-roles");
const tls = userGuide("configure-root-certificates");
const denied = "08006 unable to accept connection, access denied";
const notGranted = "28000 unable to accept connection, access denied";
const role = ["CREATE ROLE porter WITH LOGIN"];
const granted = [...role, "AWS IAM GRANT porter TO '$principal'"];

export const connections: readonly ConnectionProbe[] = [
    { name: "TLS at once", source: userGuide("accessing"), expected: "connected" },
    {
        name: "TLS as PostgreSQL asks for it",
        source: userGuide("accessing"),
        encryption: "asked for",
        expected: "connected",
    },
    {
        name: "no TLS",
        source: tls,
        encryption: "none",
        expected: "28000 unable to accept connection, SSL is required",
    },
    {
        name: "no server name",
        source: trouble,
        serverName: "none",
        expected: "08006 unable to accept connection, sni was not received",
    },
    {
        name: "a server name that is no cluster's",
        source: tls,
        serverName: "another cluster",
        expected: "ERR_TLS_CERT_ALTNAME_INVALID",
    },
    {
        name: "another database",
        source: userGuide("getting-started"),
        database: "shop",
        expected: '3D000 database "shop" does not exist',
    },
    { name: "no token", source: trouble, token: "none", expected: denied },
    { name: "a token that was altered", source: tokens, token: "altered", expected: denied },
    {
        name: "a token for another cluster",
        source: tokens,
        token: "for another cluster",
        expected: denied,
    },
    {
        name: "a token that has expired",
        source: tokens,
        token: "expired",
        expected: denied,
        hint: /^Signature expired: /,
    },
    {
        name: "a role's token for the administrator",
        source: trouble,
        token: "for a role",
        expected: denied,
        hint: /^Wrong user to action mapping\. user: admin, action: DbConnect$/,
    },
    {
        name: "the administrator's token for a role",
        source: trouble,
        setup: granted,
        user: "porter",
        token: "for admin",
        expected: denied,
        hint: /^Wrong user to action mapping\. user: porter, action: DbConnectAdmin$/,
    },
    {
        name: "a principal that may not connect",
        source: userGuide("authentication-authorization"),
        isDenied: true,
        expected: denied,
    },
    {
        name: "a role that does not exist",
        source: roles,
        user: "porter",
        expected: notGranted,
    },
    {
        name: "a role that was not granted",
        source: roles,
        setup: role,
        user: "porter",
        expected: notGranted,
    },
    {
        name: "a role that was granted",
        source: roles,
        setup: granted,
        user: "porter",
        expected: "connected",
    },
    {
        name: "a role whose grant was revoked",
        source: roles,
        setup: [...granted, "AWS IAM REVOKE porter FROM '$principal'"],
        user: "porter",
        expected: notGranted,
    },
    {
        name: "a role that was granted to somebody else",
        source: roles,
        setup: [...role, "AWS IAM GRANT porter TO 'arn:aws:iam::000000000000:role/other'"],
        user: "porter",
        expected: notGranted,
    },
];
