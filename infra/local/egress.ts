import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import * as tls from "node:tls";
import type { Authority } from "./dsql/identity/authority";
import type { Links } from "./links";

/** Where a REST API answers on this computer. */
export interface ApiAddress {
    readonly region: string;
    /** On 127.0.0.1. */
    readonly port: number;
}

/** The way out of each Region to the APIs of all of them. */
export interface Egress {
    /** Where functions of a Region find the APIs, by HTTPS on 127.0.0.1. */
    portOf(region: string): Promise<number>;
    stop(): Promise<void>;
}

export interface EgressOptions {
    /** Signs the certificates of the APIs' hosts. */
    readonly authority: () => Promise<Authority>;
    readonly links: Links;
    /** Undefined where no such host exists. */
    readonly resolve: (hostName: string) => ApiAddress | undefined;
}

// API Gateway's limit; its answers end there, too.
const maxBytes = 10_485_760;
const maxConnections = 1_000;
// As long as API Gateway keeps an idle connection at least.
const keepAliveMilliseconds = 60_000;

/**
 * Makes a server for each Region that requests come from, started when it is asked for. It knows
 * between which Regions a request and its answer travel, and lets them travel through the links.
 */
export function createEgress(options: EgressOptions): Egress {
    const servers = new Map<string, Promise<EgressServer>>();
    const agent = new http.Agent({ keepAlive: true, maxSockets: maxConnections });
    const certificates = createCertificates(options.authority);
    return {
        async portOf(region) {
            const server = servers.get(region) ?? startServer(region, certificates, agent, options);
            servers.set(region, server);
            return (await server).port;
        },
        async stop() {
            const started = await Promise.allSettled(servers.values());
            servers.clear();
            agent.destroy();
            await Promise.all(
                started.map((one) => one.status === "fulfilled" && one.value.close()),
            );
        },
    };
}

type Certificates = (hostName: string) => Promise<tls.SecureContext>;

/** One certificate for all APIs of a Region, as AWS has it. */
function createCertificates(authority: EgressOptions["authority"]): Certificates {
    const byDomain = new Map<string, Promise<tls.SecureContext>>();
    return (hostName) => {
        const domain = hostName.slice(hostName.indexOf(".") + 1);
        const issued =
            byDomain.get(domain) ??
            authority()
                .then((signer) => signer.issue([`*.${domain}`]))
                .then((pair) => tls.createSecureContext(pair));
        byDomain.set(domain, issued);
        return issued;
    };
}

interface EgressServer {
    readonly port: number;
    close(): Promise<void>;
}

async function startServer(
    region: string,
    certificates: Certificates,
    agent: http.Agent,
    options: EgressOptions,
): Promise<EgressServer> {
    const server = https.createServer(
        {
            ALPNProtocols: ["http/1.1"],
            keepAliveTimeout: keepAliveMilliseconds,
            SNICallback(hostName, callback) {
                if (options.resolve(hostName) === undefined) {
                    callback(new Error(`There is no host ${hostName}.`));
                    return;
                }
                certificates(hostName).then((context) => callback(null, context), callback);
            },
        },
        (incoming, outgoing) => {
            // Whoever asked has gone, the way was given up, or nobody answers at its end.
            forward(incoming, outgoing, { ...options, region, agent }).catch(() =>
                outgoing.destroy(),
            );
        },
    );
    server.maxConnections = maxConnections;
    server.on("tlsClientError", () => undefined);
    // The server itself forgets those that are still at the handshake.
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    return {
        port: (server.address() as AddressInfo).port,
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                for (const socket of sockets) {
                    socket.destroy();
                }
            }),
    };
}

interface Way extends EgressOptions {
    readonly region: string;
    readonly agent: http.Agent;
}

async function forward(
    incoming: http.IncomingMessage,
    outgoing: http.ServerResponse,
    { region, agent, links, resolve }: Way,
): Promise<void> {
    const gone = new AbortController();
    outgoing.once("close", () => gone.abort());
    const target = resolve((incoming.headers.host ?? "").replace(/:\d+$/, "").toLowerCase());
    if (target === undefined) {
        throw new Error(`There is no host ${incoming.headers.host}.`);
    }
    const body = await readAll(incoming);
    await links.cross(region, target.region, gone.signal);
    // From here on it is answered, whether or not anybody still waits.
    const answer = await send(incoming, body, target.port, agent);
    await links.cross(target.region, region, gone.signal);
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(answer.body);
}

interface EgressAnswer {
    readonly status: number;
    /** Names and values in turn. */
    readonly headers: string[];
    readonly body: Buffer;
}

function send(
    { method, url, rawHeaders }: http.IncomingMessage,
    body: Buffer,
    port: number,
    agent: http.Agent,
): Promise<EgressAnswer> {
    return new Promise((resolve, reject) => {
        const request = http.request({
            host: "127.0.0.1",
            port,
            agent,
            method,
            path: url,
            headers: withoutHop(rawHeaders, body.length),
        });
        request.once("error", reject);
        request.once("response", (response) => {
            readAll(response).then((content) => {
                // A HEAD's length is that of a body which is not there.
                const headers =
                    method === "HEAD"
                        ? response.rawHeaders
                        : withoutHop(response.rawHeaders, content.length);
                resolve({ status: response.statusCode ?? 502, headers, body: content });
            }, reject);
        });
        request.end(body);
    });
}

async function readAll(incoming: http.IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxBytes) {
            throw new Error(`More than ${maxBytes} bytes cannot pass.`);
        }
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

/** Each hop has its own connection, and its own way to say where a body ends. */
function withoutHop(rawHeaders: readonly string[], length: number): string[] {
    const kept: string[] = [];
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
        const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
        if (!/^(connection|keep-alive|transfer-encoding|content-length)$/i.test(name)) {
            kept.push(name, value);
        }
    }
    return [...kept, "content-length", String(length)];
}
