import * as http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Headers, headersOf } from "./edge-request";

/** Where an origin answers on this computer. */
export interface Address {
    readonly host: string;
    readonly port: number;
    /** Whether it is a black hole: connections are not refused, they come to nothing. */
    readonly isLost?: boolean;
}

/** One origin, as CloudFront calls it for one request. */
export interface Origin {
    readonly originId: string;
    readonly domainName: string;
    readonly hostHeader: string;
    readonly path: string;
    readonly customHeaders: readonly (readonly [name: string, value: string])[];
    readonly connectionAttempts: number;
    readonly connectionTimeoutSeconds: number;
    readonly readTimeoutSeconds: number;
    readonly keepAliveTimeoutSeconds: number;
}

export interface OriginRequest {
    readonly method: string;
    /** Path and query string, without the origin's own path. */
    readonly path: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: Buffer;
}

export interface OriginAnswer {
    readonly status: number;
    readonly headers: Headers;
    readonly body: Buffer;
    readonly originId: string;
}

/** Why there is no answer; CloudFront tells the viewer 502 or 504. */
export interface OriginFailure {
    readonly cause: "unresolved" | "refused" | "connect-timeout" | "read-timeout" | "dropped";
    readonly originId: string;
}

export interface OriginClient {
    send(origin: Origin, request: OriginRequest): Promise<OriginAnswer | OriginFailure>;
    close(): void;
}

// API Gateway's answers end at 10 MB; anything near this is a mistake.
const answerMaxBytes = 32 * 1024 * 1024;
const connectionsMax = 256;

/**
 * Calls origins over kept-alive connections. A connection is tried as often as the origin says; a
 * response that does not come is waited for again for GET and HEAD only.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#custom-origin-timeout-attempts
 */
export function createOriginClient(
    resolveOrigin: (domainName: string) => Address | undefined,
): OriginClient {
    const agents = new Map<string, http.Agent>();
    const agentFor = (origin: Origin): http.Agent => {
        const agent =
            agents.get(origin.originId) ??
            new http.Agent({
                keepAlive: true,
                maxSockets: connectionsMax,
                timeout: origin.keepAliveTimeoutSeconds * 1000,
            });
        agents.set(origin.originId, agent);
        return agent;
    };
    return {
        async send(origin, request) {
            const address = resolveOrigin(origin.domainName);
            if (address === undefined) {
                return { cause: "unresolved", originId: origin.originId };
            }
            let outcome = await attempt(address, agentFor(origin), origin, request);
            for (let count = 1; count < origin.connectionAttempts; count += 1) {
                if (!("cause" in outcome) || !isRetried(outcome.cause, request.method)) {
                    break;
                }
                outcome = await attempt(address, agentFor(origin), origin, request);
            }
            return outcome;
        },
        close() {
            for (const agent of agents.values()) {
                agent.destroy();
            }
        },
    };
}

function isRetried(cause: OriginFailure["cause"], method: string): boolean {
    const isConnect = cause === "refused" || cause === "connect-timeout";
    return isConnect || (cause === "read-timeout" && ["GET", "HEAD"].includes(method));
}

function attempt(
    address: Address,
    agent: http.Agent,
    origin: Origin,
    request: OriginRequest,
): Promise<OriginAnswer | OriginFailure> {
    if (address.isLost === true) {
        return connectInVain(origin);
    }
    return new Promise((resolve) => {
        const fail = (cause: OriginFailure["cause"]): void =>
            resolve({ cause, originId: origin.originId });
        const outgoing = http.request({
            host: address.host,
            port: address.port,
            agent,
            method: request.method,
            path: `${origin.path}${request.path}`,
            headers: outgoingHeaders(origin, request),
        });
        outgoing.on("socket", (socket) => {
            if (!socket.connecting) {
                return;
            }
            const timer = setTimeout(() => {
                fail("connect-timeout");
                outgoing.destroy();
            }, origin.connectionTimeoutSeconds * 1000);
            socket.once("connect", () => clearTimeout(timer));
            socket.once("close", () => clearTimeout(timer));
        });
        outgoing.setTimeout(origin.readTimeoutSeconds * 1000, () => {
            fail("read-timeout");
            outgoing.destroy();
        });
        outgoing.on("error", (error: NodeJS.ErrnoException) => {
            fail(error.code === "ECONNREFUSED" ? "refused" : "dropped");
        });
        outgoing.on("response", (incoming) => {
            readAnswer(incoming, origin.originId).then(resolve, () => fail("dropped"));
        });
        outgoing.end(request.body);
    });
}

/** Connections that were kept open before are taken to be gone, too. */
async function connectInVain({
    originId,
    connectionTimeoutSeconds,
}: Origin): Promise<OriginFailure> {
    await sleep(connectionTimeoutSeconds * 1_000);
    return { cause: "connect-timeout", originId };
}

async function readAnswer(
    incoming: http.IncomingMessage,
    originId: string,
): Promise<OriginAnswer | OriginFailure> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > answerMaxBytes) {
            return { cause: "dropped", originId };
        }
        chunks.push(chunk);
    }
    return {
        status: incoming.statusCode ?? 502,
        headers: headersOf(incoming.rawHeaders),
        body: Buffer.concat(chunks),
        originId,
    };
}

/** Custom headers overwrite a viewer's of the same name. */
function outgoingHeaders(origin: Origin, request: OriginRequest): string[] {
    const custom = new Set(origin.customHeaders.map(([name]) => name.toLowerCase()));
    const hasBody = request.body.length > 0 || ["POST", "PUT", "PATCH"].includes(request.method);
    return [
        ["Host", origin.hostHeader] as const,
        ...request.headers.filter(([name]) => !custom.has(name.toLowerCase())),
        ...origin.customHeaders,
        ...(hasBody ? [["Content-Length", String(request.body.length)] as const] : []),
    ].flat();
}
