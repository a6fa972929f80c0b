import type { DistributionInputs } from "./edge/distribution";
import type { ReadableKeyValueStore, ViewerFunction } from "./edge/function-sandbox";
import type { Address } from "./edge/origin-client";
import type { CachePolicyInputs, OriginRequestPolicyInputs } from "./edge/policies";
import type { ResponseHeadersPolicyInputs } from "./edge/response-headers-policy";
import { type Edge, type EdgeLogEntry, startEdge, type Viewer } from "./edge/server";

/** The distribution of the account and what it refers to. */
export interface DistributionService {
    /** @param storeArn of the KeyValueStore that it is associated with */
    createFunction(arn: string, code: string, storeArn?: string): void;
    createCachePolicy(id: string, inputs: CachePolicyInputs): void;
    createOriginRequestPolicy(id: string, inputs: OriginRequestPolicyInputs): void;
    createResponseHeadersPolicy(id: string, inputs: ResponseHeadersPolicyInputs): void;
    createDistribution(name: string, inputs: DistributionInputs): void;
    /** Opens the viewers' ports, if there is a distribution. */
    open(): Promise<void>;
    list(): Edge["viewers"];
    stop(): Promise<void>;
}

export interface DistributionServiceOptions {
    viewers: readonly Viewer[];
    resolveOrigin: (domainName: string) => Address | undefined;
    /** A KeyValueStore, as functions at the edge read it. */
    readStore: (storeArn: string) => ReadableKeyValueStore;
    onRequest: (entry: EdgeLogEntry) => void;
}

// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const functionMaxBytes = 10 * 1024;

/** Keeps what was registered and serves it once everything is. */
export function createDistributionService(
    options: DistributionServiceOptions,
): DistributionService {
    const viewerFunctions = new Map<string, ViewerFunction>();
    const cachePolicies = new Map<string, CachePolicyInputs>();
    const originRequestPolicies = new Map<string, OriginRequestPolicyInputs>();
    const responseHeadersPolicies = new Map<string, ResponseHeadersPolicyInputs>();
    let only: { name: string; inputs: DistributionInputs } | undefined;
    let edge: Edge | undefined;
    return {
        createFunction(arn, code, storeArn) {
            const bytes = Buffer.byteLength(code);
            if (bytes > functionMaxBytes) {
                throw new Error(
                    `FunctionSizeLimitExceeded: ${arn} has ${bytes} bytes; allowed: at most ` +
                        `${functionMaxBytes}.`,
                );
            }
            const associated = storeArn === undefined ? {} : { kvs: options.readStore(storeArn) };
            viewerFunctions.set(arn, { code, ...associated });
        },
        createCachePolicy: (id, inputs) => void cachePolicies.set(id, inputs),
        createOriginRequestPolicy: (id, inputs) => void originRequestPolicies.set(id, inputs),
        createResponseHeadersPolicy: (id, inputs) => void responseHeadersPolicies.set(id, inputs),
        createDistribution(name, inputs) {
            if (only !== undefined) {
                throw new Error(
                    `The local CloudFront serves one distribution; ${name} comes after ` +
                        `${only.name}. See infra/local/distributions.ts.`,
                );
            }
            only = { name, inputs };
        },
        async open() {
            if (only === undefined) {
                return;
            }
            edge = await startEdge({
                distribution: only.inputs,
                viewerFunctions,
                cachePolicies,
                originRequestPolicies,
                responseHeadersPolicies,
                resolveOrigin: options.resolveOrigin,
                viewers: options.viewers,
                onRequest: options.onRequest,
            });
        },
        list: () => edge?.viewers ?? [],
        stop: async () => edge?.close(),
    };
}
