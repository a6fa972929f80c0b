import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { compileRouter } from "../../../../infra/edge/router";
import type { Address } from "../../../../infra/local/edge/origin-client";
import {
    type Edge,
    type EdgeLogEntry,
    type EdgeOptions,
    startEdge,
} from "../../../../infra/local/edge/server";

export type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Two viewers before two origins: products are cached, everything else is not. */
export interface EdgeStage {
    /** What both origins answer; at first their name, fresh for five seconds. */
    answer: Answer;
    /** The requests that reached an origin. */
    readonly seen: http.IncomingMessage[];
    readonly entries: EdgeLogEntry[];
    readonly address: Address;
    /** Starts the edge and gives the URLs of the viewers, the American one first. */
    start(changes?: Partial<EdgeOptions>): Promise<(string | undefined)[]>;
    /** Stops the edge and forgets what was seen. */
    reset(): Promise<void>;
    close(): void;
}

const methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];
export const behavior = {
    targetOriginId: "us-1",
    allowedMethods: methods,
    compress: true,
    originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    responseHeadersPolicyId: "headers",
    functionAssociations: [{ eventType: "viewer-request", functionArn: "arn:router" }],
};
export const origin = (originId: string) => ({
    originId,
    domainName: `${originId.replace("-reads", "")}.example.com`,
    originPath: "/live",
    connectionAttempts: 2,
    connectionTimeout: 1,
    customHeaders: [{ name: "x-origin", value: originId.replace("-reads", "") }],
    customOriginConfig: { originReadTimeout: 0.1, originKeepaliveTimeout: 60 },
});
const products = {
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: 60,
    parametersInCacheKeyAndForwardedToOrigin: {
        headersConfig: { headerBehavior: "whitelist", headers: { items: ["x-viewer-cell"] } },
        queryStringsConfig: { queryStringBehavior: "all" },
        cookiesConfig: { cookieBehavior: "none" },
    },
};

const answerWithName: Answer = (request, response) => {
    response.setHeader("x-cell", String(request.headers["x-viewer-cell"]));
    response.setHeader("Cache-Control", "max-age=5");
    response.setHeader("ETag", '"1"');
    response.end(`from ${request.headers["x-origin"]}`);
};

/** Opens the origins' server; the edge itself is started by each test. */
export async function createEdgeStage(): Promise<EdgeStage> {
    const originServer = http.createServer((request, response) => {
        stage.seen.push(request);
        stage.answer(request, response);
    });
    await new Promise<void>((resolve) => originServer.listen(0, "127.0.0.1", resolve));
    let edge: Edge | undefined;
    const stage: EdgeStage = {
        answer: answerWithName,
        seen: [],
        entries: [],
        address: { host: "127.0.0.1", port: (originServer.address() as AddressInfo).port },
        async start(changes = {}) {
            await edge?.close();
            edge = await startEdge({ ...(await edgeOptions(stage)), ...changes });
            return edge.viewers.map(({ url }) => url.replace("localhost", "127.0.0.1"));
        },
        async reset() {
            await edge?.close();
            edge = undefined;
            stage.answer = answerWithName;
            stage.seen.length = 0;
            stage.entries.length = 0;
        },
        close() {
            originServer.closeAllConnections();
            originServer.close();
        },
    };
    return stage;
}

async function edgeOptions(stage: EdgeStage): Promise<EdgeOptions> {
    const router = await compileRouter([
        { id: "us-1", cell: "us", number: 1, region: "us-east-1" },
        { id: "eu-1", cell: "eu", number: 2, region: "eu-west-1" },
    ]);
    return {
        distribution: {
            origins: ["us-1", "us-1-reads", "eu-1", "eu-1-reads"].map(origin),
            defaultCacheBehavior: {
                ...behavior,
                cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            },
            orderedCacheBehaviors: [
                { ...behavior, pathPattern: "/products*", cachePolicyId: "products" },
            ],
            customErrorResponses: [404, 502, 503, 504].map((errorCode) => ({
                errorCode,
                errorCachingMinTtl: 0,
            })),
        },
        viewerFunctions: new Map([["arn:router", { code: router }]]),
        cachePolicies: new Map([["products", products]]),
        originRequestPolicies: new Map(),
        responseHeadersPolicies: new Map([
            ["headers", { securityHeadersConfig: { contentTypeOptions: { override: true } } }],
        ]),
        resolveOrigin: () => stage.address,
        viewers: [
            { name: "us", region: "us-east-1", port: 0 },
            { name: "eu", region: "eu-west-1", port: 0 },
        ],
        onRequest: (entry) => stage.entries.push(entry),
    };
}
