import { syncBuiltinESMExports } from "node:module";
import { type LookupFunction, Socket } from "node:net";
// The default import is the module itself; its functions can be replaced, a namespace's cannot.
import tls from "node:tls";

/** Which connections are to reach this computer instead of AWS. */
export interface HostRedirection {
    /** How the host names end; begins with a dot. */
    readonly hostSuffix: string;
    readonly port: number;
    /** Where they lead, on 127.0.0.1. */
    readonly toPort: number;
    /** Who signs the certificates there, PEM. */
    readonly authorityPem: string;
    /** The hosts with the suffix that exist; others are not found. Left out: all exist. */
    readonly knownHosts?: readonly string[];
}

/**
 * Redirects the connections of this thread: a host name with the suffix is 127.0.0.1, the port is
 * another one, and TLS trusts the authority in place of the public ones. Everything else about a
 * connection is as its opener wants it, the verification of the certificate above all; whoever
 * chooses an authority keeps it. Of several redirections for a host and port the last one holds.
 * @returns takes the redirection back; connections that are open stay open
 */
export function redirectHosts(redirection: HostRedirection): () => void {
    // A copy, so that the same object given twice is two redirections.
    const entry = { ...redirection };
    patch();
    redirections.push(entry);
    return () => {
        const index = redirections.indexOf(entry);
        if (index === -1) {
            return;
        }
        redirections.splice(index, 1);
        if (redirections.length === 0) {
            unpatch();
        }
    };
}

type Connect = (this: Socket, ...values: unknown[]) => Socket;
type ConnectTls = (...values: unknown[]) => tls.TLSSocket;
type Options = Readonly<Record<string, unknown>>;

const redirections: HostRedirection[] = [];
const socketPrototype = Socket.prototype as unknown as { connect: Connect };
const tlsModule = tls as unknown as { connect: ConnectTls };

let isPatched = false;
let connect = socketPrototype.connect;
let connectTls = tlsModule.connect;

function patch(): void {
    if (isPatched) {
        return;
    }
    isPatched = true;
    connect = socketPrototype.connect;
    connectTls = tlsModule.connect;
    socketPrototype.connect = redirectedConnect;
    tlsModule.connect = redirectedConnectTls;
    syncBuiltinESMExports();
}

function unpatch(): void {
    // Whoever has patched on top of it goes through it still; without redirections it does nothing.
    const isOnTop =
        socketPrototype.connect === redirectedConnect && tlsModule.connect === redirectedConnectTls;
    if (isOnTop) {
        isPatched = false;
        socketPrototype.connect = connect;
        tlsModule.connect = connectTls;
        syncBuiltinESMExports();
    }
}

/**
 * Source: https://nodejs.org/docs/latest-v20.x/api/net.html#socketconnect; Node's own callers give
 * one array, which holds the options and the listener.
 */
function redirectedConnect(this: Socket, ...values: unknown[]): Socket {
    const [first] = values;
    const options = connectOptions(Array.isArray(first) ? first : values);
    const redirection = find(options["host"], options["port"]);
    if (redirection === undefined || options["path"]) {
        return connect.apply(this, values);
    }
    const isKnown = redirection.knownHosts?.includes(String(options["host"]).toLowerCase()) ?? true;
    const lookup = isKnown ? lookUpHere : findNothing;
    const redirected = { ...options, port: redirection.toPort, lookup };
    if (Array.isArray(first)) {
        // Node recognises its array by a hidden mark, so it cannot be another one.
        first[0] = redirected;
        return connect.apply(this, values);
    }
    const listener = values.find((value) => typeof value === "function");
    return connect.apply(this, listener === undefined ? [redirected] : [redirected, listener]);
}

/** Source: https://nodejs.org/docs/latest-v20.x/api/tls.html#tlsconnectoptions-callback */
function redirectedConnectTls(...values: unknown[]): tls.TLSSocket {
    const place = values.findLastIndex(isOptions);
    const options = { ...connectOptions(values), ...(values[place] as Options | undefined) };
    const hostName = options["servername"] ?? options["host"];
    // Over a socket that is connected already, the port is nobody's business any more.
    const redirection =
        options["socket"] === undefined ? find(hostName, options["port"]) : find(hostName);
    const hasOwnTrust = options["ca"] !== undefined || options["secureContext"] !== undefined;
    if (redirection === undefined || hasOwnTrust) {
        return connectTls(...values);
    }
    const trusting = { ...options, ca: redirection.authorityPem };
    const listener = values.find((value) => typeof value === "function");
    return connectTls(trusting, ...(listener === undefined ? [] : [listener]));
}

/** The options that come first, or those that `port` and `host` stand for. */
function connectOptions([first, second]: readonly unknown[]): Options {
    if (isOptions(first)) {
        return first;
    }
    return { port: first, host: typeof second === "string" ? second : undefined };
}

function isOptions(value: unknown): value is Options {
    return typeof value === "object" && value !== null;
}

/** @param port left out: any */
function find(host: unknown, port?: unknown): HostRedirection | undefined {
    if (typeof host !== "string") {
        return undefined;
    }
    const hostName = host.toLowerCase();
    return redirections.findLast(
        (redirection) =>
            hostName.endsWith(redirection.hostSuffix) &&
            (port === undefined || Number(port) === redirection.port),
    );
}

/** Answers as the name service would, if the host were here. */
const lookUpHere: LookupFunction = (_hostName, options, callback) => {
    const address = "127.0.0.1";
    process.nextTick(() =>
        options.all === true
            ? callback(null, [{ address, family: 4 }])
            : callback(null, address, 4),
    );
};

/** Answers as the name service does about a host that does not exist. */
const findNothing: LookupFunction = (hostname, _options, callback) => {
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
        errno: -3008,
        code: "ENOTFOUND",
        syscall: "getaddrinfo",
        hostname,
    });
    process.nextTick(() => callback(error, "", 4));
};
