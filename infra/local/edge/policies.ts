/** Which query strings, headers or cookies a policy names, and what it does with them. */
interface Selection<Behavior extends string> {
    readonly behavior: Behavior;
    readonly items: readonly string[];
}

/** The inputs of an `aws.cloudfront.CachePolicy`. */
export interface CachePolicyInputs {
    /** Seconds. */
    readonly minTtl?: number;
    readonly defaultTtl?: number;
    readonly maxTtl?: number;
    readonly parametersInCacheKeyAndForwardedToOrigin: {
        readonly headersConfig: HeadersConfig;
        readonly queryStringsConfig: QueryStringsConfig;
        readonly cookiesConfig: CookiesConfig;
        readonly enableAcceptEncodingGzip?: boolean;
        readonly enableAcceptEncodingBrotli?: boolean;
    };
}

/** The inputs of an `aws.cloudfront.OriginRequestPolicy`. */
export interface OriginRequestPolicyInputs {
    readonly headersConfig: HeadersConfig;
    readonly queryStringsConfig: QueryStringsConfig;
    readonly cookiesConfig: CookiesConfig;
}

interface Items {
    readonly items?: readonly string[];
}
interface HeadersConfig {
    readonly headerBehavior?: string;
    readonly headers?: Items;
}
interface QueryStringsConfig {
    readonly queryStringBehavior: string;
    readonly queryStrings?: Items;
}
interface CookiesConfig {
    readonly cookieBehavior: string;
    readonly cookies?: Items;
}

export type NameSelection = Selection<"none" | "whitelist" | "allExcept" | "all">;

/** What a policy selects of a request; header names are in lower case. */
export interface RequestSelection {
    readonly headers: NameSelection;
    readonly queryStrings: NameSelection;
    readonly cookies: NameSelection;
}

export interface CachePolicy extends RequestSelection {
    /** All zero: caching is disabled. */
    readonly minSeconds: number;
    readonly defaultSeconds: number;
    readonly maxSeconds: number;
    /** Codings that are normalised in Accept-Encoding and part of the key: br, gzip. */
    readonly codings: readonly string[];
}

const nothing: NameSelection = { behavior: "none", items: [] };
const everything: NameSelection = { behavior: "all", items: [] };

/**
 * AWS's managed policies, by their published ids; these are data that never change.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 */
const managedCachePolicies: ReadonlyMap<string, CachePolicy> = new Map([
    [
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", // CachingDisabled
        {
            headers: nothing,
            queryStrings: nothing,
            cookies: nothing,
            minSeconds: 0,
            defaultSeconds: 0,
            maxSeconds: 0,
            codings: [],
        },
    ],
    [
        "658327ea-f89d-4fab-a63d-7e88639e58f6", // CachingOptimized
        {
            headers: nothing,
            queryStrings: nothing,
            cookies: nothing,
            minSeconds: 1,
            defaultSeconds: 86_400,
            maxSeconds: 31_536_000,
            codings: ["br", "gzip"],
        },
    ],
]);

/** Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const managedOriginRequestPolicies: ReadonlyMap<string, RequestSelection> = new Map([
    [
        "b689b0a8-53d0-40ab-baf2-68738e2966ac", // AllViewerExceptHostHeader
        {
            headers: { behavior: "allExcept", items: ["host"] },
            queryStrings: everything,
            cookies: everything,
        },
    ],
    [
        "216adef6-5c7f-47e4-b989-5492eafa07d3", // AllViewer
        { headers: everything, queryStrings: everything, cookies: everything },
    ],
]);

/** A behavior's cache policy; throws for one that nobody has defined. */
export function cachePolicyOf(
    id: string | undefined,
    defined: ReadonlyMap<string, CachePolicyInputs>,
): CachePolicy {
    const inputs = defined.get(id ?? "");
    const policy = inputs === undefined ? managedCachePolicies.get(id ?? "") : readCache(inputs);
    if (policy === undefined) {
        throw unknownPolicy("cachePolicyId", id);
    }
    return policy;
}

/** A behavior's origin request policy; without one only the cache key reaches the origin. */
export function originRequestPolicyOf(
    id: string | undefined,
    defined: ReadonlyMap<string, OriginRequestPolicyInputs>,
): RequestSelection {
    if (id === undefined) {
        return { headers: nothing, queryStrings: nothing, cookies: nothing };
    }
    const inputs = defined.get(id);
    const policy =
        managedOriginRequestPolicies.get(id) ??
        (inputs === undefined ? undefined : readSelection(inputs));
    if (policy === undefined) {
        throw unknownPolicy("originRequestPolicyId", id);
    }
    return policy;
}

/** Whether a selection has a name. */
export function selects(selection: NameSelection, name: string): boolean {
    const isListed = selection.items.includes(name);
    switch (selection.behavior) {
        case "none":
            return false;
        case "whitelist":
            return isListed;
        case "allExcept":
            return !isListed;
        case "all":
            return true;
    }
}

/** Defaults: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html */
function readCache(inputs: CachePolicyInputs): CachePolicy {
    const parameters = inputs.parametersInCacheKeyAndForwardedToOrigin;
    const minSeconds = inputs.minTtl ?? 0;
    const defaultSeconds = inputs.defaultTtl ?? Math.max(86_400, minSeconds);
    return {
        ...readSelection(parameters),
        minSeconds,
        defaultSeconds,
        maxSeconds: inputs.maxTtl ?? Math.max(31_536_000, minSeconds, defaultSeconds),
        codings: [
            ...(parameters.enableAcceptEncodingBrotli === true ? ["br"] : []),
            ...(parameters.enableAcceptEncodingGzip === true ? ["gzip"] : []),
        ],
    };
}

function readSelection(inputs: OriginRequestPolicyInputs): RequestSelection {
    const { headersConfig, queryStringsConfig, cookiesConfig } = inputs;
    const headerNames = (headersConfig.headers?.items ?? []).map((name) => name.toLowerCase());
    return {
        headers: select(headersConfig.headerBehavior ?? "none", headerNames),
        queryStrings: select(
            queryStringsConfig.queryStringBehavior,
            queryStringsConfig.queryStrings?.items,
        ),
        cookies: select(cookiesConfig.cookieBehavior, cookiesConfig.cookies?.items),
    };
}

function select(behavior: string, items: readonly string[] = []): NameSelection {
    switch (behavior) {
        case "none":
        case "whitelist":
        case "allExcept":
        case "all":
            return { behavior, items };
        case "allViewer":
            return everything;
        default:
            throw new Error(
                `The local CloudFront does not imitate the policy behavior "${behavior}"; it ` +
                    "knows none, whitelist, allExcept, all and allViewer.",
            );
    }
}

function unknownPolicy(option: string, id: string | undefined): Error {
    return new Error(
        `${option} is "${id}", which is neither a policy of this program nor a managed one that ` +
            "the local CloudFront knows. Add a managed one to infra/local/edge/policies.ts.",
    );
}
