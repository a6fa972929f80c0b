import { randomBytes } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import {
    type BehaviorInputs,
    behaviorOf,
    checkDistribution,
    type DistributionInputs,
} from "./distribution";
import { type CacheStatus, createEdgeCache, type EdgeCache } from "./edge-cache";
import { type Behavior, type EdgeExchange, edgeExchange } from "./edge-exchange";
import { type EdgeRequest, headerText, readEdgeRequest } from "./edge-request";
import {
    createFunctionSandbox,
    type FunctionSandbox,
    type ViewerFunction,
} from "./function-sandbox";
import { type Address, createOriginClient, type OriginClient } from "./origin-client";
import {
    type CachePolicyInputs,
    cachePolicyOf,
    type OriginRequestPolicyInputs,
    originRequestPolicyOf,
} from "./policies";
import {
    type ResponseHeadersPolicyInputs,
    readResponseHeadersPolicy,
} from "./response-headers-policy";
import { errorPage, sendToViewer, xCacheOf } from "./viewer-answer";

/** A place from which viewers come, with a port of its own. */
export interface Viewer {
    readonly name: string;
    /** The Region of the regional edge cache that its requests go through. */
    readonly region: string;
    /** 0 for any free one. */
    readonly port: number;
}

/** One answered request, for the terminal. */
export interface EdgeLogEntry {
    readonly viewer: string;
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly cache: CacheStatus;
    readonly milliseconds: number;
    /** What the answer's `x-cell` says. */
    readonly cell: string | undefined;
    readonly originId: string | undefined;
}

export interface EdgeOptions {
    distribution: DistributionInputs;
    /** By ARN. */
    viewerFunctions: ReadonlyMap<string, ViewerFunction>;
    /** Policies by id; managed ones need not be here. */
    cachePolicies: ReadonlyMap<string, CachePolicyInputs>;
    originRequestPolicies: ReadonlyMap<string, OriginRequestPolicyInputs>;
    responseHeadersPolicies: ReadonlyMap<string, ResponseHeadersPolicyInputs>;
    /** Where the host of an origin answers on this computer. */
    resolveOrigin: (domainName: string) => Address | undefined;
    viewers: readonly Viewer[];
    onRequest: (entry: EdgeLogEntry) => void;
}

export interface Edge {
    readonly viewers: readonly { readonly name: string; readonly region: string; url: string }[];
    close(): Promise<void>;
}

interface ViewerParts {
    readonly viewer: Viewer;
    readonly options: EdgeOptions;
    readonly client: OriginClient;
    readonly cache: EdgeCache;
    readonly behaviors: ReadonlyMap<BehaviorInputs, Behavior>;
}

const cacheMaxBytes = 64 * 1024 * 1024;

// Sources: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const urlMaxBytes = 8_192;
const requestMaxBytes = 32_768;

/**
 * Serves a distribution: one port for each viewer, one cache for each regional edge. Throws where
 * the distribution asks for something that the local CloudFront does not imitate, and where a
 * port is taken.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
    checkDistribution(options.distribution);
    const client = createOriginClient(options.resolveOrigin);
    const caches = new Map(
        options.viewers.map(({ region }) => [region, createEdgeCache(cacheMaxBytes)]),
    );
    const servers: http.Server[] = [];
    const close = async (): Promise<void> => {
        await Promise.all(servers.map(closeServer));
        client.close();
    };
    try {
        const viewers = [];
        for (const viewer of options.viewers) {
            const cache = caches.get(viewer.region) ?? createEdgeCache(cacheMaxBytes);
            const behaviors = await resolveBehaviors(options, viewer);
            const server = createServer({ viewer, options, client, cache, behaviors });
            servers.push(server);
            const url = `http://localhost:${await listen(server, viewer.port)}`;
            viewers.push({ name: viewer.name, region: viewer.region, url });
        }
        return { viewers, close };
    } catch (error) {
        await close();
        throw error;
    }
}

async function resolveBehaviors(
    options: EdgeOptions,
    viewer: Viewer,
): Promise<ReadonlyMap<BehaviorInputs, Behavior>> {
    const { defaultCacheBehavior, orderedCacheBehaviors = [] } = options.distribution;
    const sandboxes = await createSandboxes(options, viewer);
    return new Map(
        [defaultCacheBehavior, ...orderedCacheBehaviors].map((inputs) => {
            const arn = inputs.functionAssociations?.[0]?.functionArn;
            const viewerFunction = sandboxes.get(arn ?? "");
            if (arn !== undefined && viewerFunction === undefined) {
                throw new Error(`The distribution names the function ${arn}, which is unknown.`);
            }
            const behavior: Behavior = {
                inputs,
                cachePolicy: cachePolicyOf(inputs.cachePolicyId, options.cachePolicies),
                originRequestPolicy: originRequestPolicyOf(
                    inputs.originRequestPolicyId,
                    options.originRequestPolicies,
                ),
                responseHeadersPolicy: readResponseHeadersPolicy(
                    inputs.responseHeadersPolicyId,
                    options.responseHeadersPolicies,
                ),
                viewerFunction,
            };
            return [inputs, behavior];
        }),
    );
}

/** Every location runs its own copy of each function. */
async function createSandboxes(
    options: EdgeOptions,
    viewer: Viewer,
): Promise<ReadonlyMap<string, FunctionSandbox>> {
    const location = { name: popOf(viewer).slice(0, 3), region: viewer.region };
    const sandboxes = new Map<string, FunctionSandbox>();
    for (const [arn, { code, kvs }] of options.viewerFunctions) {
        sandboxes.set(arn, await createFunctionSandbox(arn, code, location, kvs));
    }
    return sandboxes;
}

function createServer(parts: ViewerParts): http.Server {
    const server = http.createServer(
        { maxHeaderSize: 65_536, requestTimeout: 60_000 },
        (incoming, outgoing) => {
            handle(incoming, outgoing, parts).catch(() => outgoing.destroy());
        },
    );
    server.maxConnections = 2_000;
    return server;
}

async function handle(
    incoming: http.IncomingMessage,
    outgoing: http.ServerResponse,
    parts: ViewerParts,
): Promise<void> {
    const startedAt = performance.now();
    const { viewer, options } = parts;
    const id = `${randomBytes(40).toString("base64url")}==`;
    const request = await readEdgeRequest(incoming, id);
    const method = incoming.method ?? "GET";
    const done =
        request === undefined || isTooLong(incoming) ? tooLarge(id) : await answer(request, parts);
    await sendToViewer(outgoing, method, done.answer, {
        xCache: done.xCache,
        pop: popOf(viewer),
        requestId: id,
        ageSeconds: done.ageSeconds,
    });
    options.onRequest({
        viewer: viewer.name,
        method,
        path: incoming.url ?? "/",
        status: done.answer.status,
        cache: done.cache,
        milliseconds: Math.round(performance.now() - startedAt),
        cell: headerText(done.answer.headers, "x-cell"),
        originId: done.originId,
    });
}

async function answer(request: EdgeRequest, parts: ViewerParts): Promise<EdgeExchange> {
    const { distribution } = parts.options;
    const rootObject = distribution.defaultRootObject;
    const isRoot = request.path === "/" && rootObject !== undefined && rootObject !== "";
    const asked = isRoot ? { ...request, path: `/${rootObject}` } : request;
    const behavior = parts.behaviors.get(behaviorOf(distribution, asked.path));
    if (behavior === undefined) {
        throw new Error(`No behavior was prepared for ${asked.path}.`);
    }
    return await edgeExchange(asked, behavior, { ...parts, distribution });
}

function isTooLong(incoming: http.IncomingMessage): boolean {
    const urlBytes = Buffer.byteLength(incoming.url ?? "");
    const headerBytes = Buffer.byteLength(incoming.rawHeaders.join("\r\n"));
    return urlBytes > urlMaxBytes || urlBytes + headerBytes > requestMaxBytes;
}

function tooLarge(id: string): EdgeExchange {
    const page = errorPage(413, "The request is larger than CloudFront takes.", id);
    return { answer: page, cache: "error", xCache: xCacheOf.error };
}

/** CloudFront's are named after airports; a viewer here has no place but its name. */
function popOf(viewer: Viewer): string {
    return `${viewer.name.toUpperCase().padEnd(3, "X").slice(0, 3)}50-P1`;
}

async function listen(server: http.Server, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", resolve);
    });
    return (server.address() as AddressInfo).port;
}

function closeServer(server: http.Server): Promise<void> {
    return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
    });
}
