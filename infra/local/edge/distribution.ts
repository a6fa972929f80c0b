/** The inputs of an `aws.cloudfront.Distribution` that the local CloudFront reads. */
export interface DistributionInputs {
    readonly origins: readonly OriginInputs[];
    readonly originGroups?: readonly OriginGroupInputs[];
    readonly defaultCacheBehavior: BehaviorInputs;
    readonly orderedCacheBehaviors?: readonly (BehaviorInputs & { readonly pathPattern: string })[];
    readonly customErrorResponses?: readonly CustomErrorInputs[];
    readonly defaultRootObject?: string;
}

export interface OriginInputs {
    readonly originId: string;
    readonly domainName: string;
    /** `/` and the stage; no slash at the end. */
    readonly originPath?: string;
    /** 1-3. */
    readonly connectionAttempts?: number;
    /** Seconds, 1-10. */
    readonly connectionTimeout?: number;
    readonly customHeaders?: readonly { readonly name: string; readonly value: string }[];
    readonly customOriginConfig?: {
        /** Seconds, 1-120. */
        readonly originReadTimeout?: number;
        /** Seconds, 1-300. */
        readonly originKeepaliveTimeout?: number;
    };
}

export interface OriginGroupInputs {
    readonly originId: string;
    readonly failoverCriteria: { readonly statusCodes: readonly number[] };
    readonly members: readonly { readonly originId: string }[];
}

export interface BehaviorInputs {
    readonly targetOriginId: string;
    readonly allowedMethods: readonly string[];
    readonly compress?: boolean;
    readonly cachePolicyId?: string;
    readonly originRequestPolicyId?: string;
    readonly responseHeadersPolicyId?: string;
    readonly functionAssociations?: readonly {
        readonly eventType: string;
        readonly functionArn: string;
    }[];
}

export interface CustomErrorInputs {
    readonly errorCode: number;
    /** Seconds. */
    readonly errorCachingMinTtl?: number;
    readonly responsePagePath?: string;
}

const unsupportedBehaviorKeys = [
    "fieldLevelEncryptionId",
    "forwardedValues",
    "grpcConfig",
    "lambdaFunctionAssociations",
    "realtimeLogConfigArn",
    "trustedKeyGroups",
    "trustedSigners",
];

// Until CloudFront's own default, `errorCachingMinTtl`, is set otherwise.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
const errorCachingDefaultSeconds = 10;

/**
 * Throws for what the local CloudFront does not imitate and for references that lead nowhere:
 * running without them would be a different edge.
 */
export function checkDistribution(distribution: DistributionInputs): void {
    const originIds = originIdsOf(distribution);
    const ordered = distribution.orderedCacheBehaviors ?? [];
    for (const behavior of [distribution.defaultCacheBehavior, ...ordered]) {
        const place = "pathPattern" in behavior ? String(behavior.pathPattern) : "default";
        checkBehavior(behavior, `the behavior "${place}"`, originIds);
    }
    for (const group of distribution.originGroups ?? []) {
        if (group.members.length !== 2) {
            throw new Error(`The origin group "${group.originId}" needs exactly two members.`);
        }
    }
    for (const { errorCode, responsePagePath } of distribution.customErrorResponses ?? []) {
        if (responsePagePath !== undefined) {
            throw unsupported(`the custom error page of ${errorCode} (${responsePagePath})`);
        }
    }
}

/** For how many seconds at least CloudFront remembers an error of a status. */
export function errorCachingSeconds(distribution: DistributionInputs, status: number): number {
    return (
        distribution.customErrorResponses?.find(({ errorCode }) => errorCode === status)
            ?.errorCachingMinTtl ?? errorCachingDefaultSeconds
    );
}

/**
 * The behavior of a path: the first ordered one whose pattern matches, or the default.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
 */
export function behaviorOf(distribution: DistributionInputs, path: string): BehaviorInputs {
    return (
        distribution.orderedCacheBehaviors?.find(({ pathPattern }) =>
            matchesPathPattern(pathPattern, path),
        ) ?? distribution.defaultCacheBehavior
    );
}

/**
 * Whether a path matches a pattern, letter case included: `*` is any number of characters, `?`
 * exactly one. A slash at the start of the pattern is optional; the query string does not count.
 */
export function matchesPathPattern(pattern: string, path: string): boolean {
    const rooted = pattern.startsWith("/") || pattern.startsWith("*") ? pattern : `/${pattern}`;
    const expression = rooted
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*/g, ".*")
        .replace(/\?/g, ".");
    return new RegExp(`^${expression}$`, "s").test(path);
}

function checkBehavior(
    behavior: BehaviorInputs,
    place: string,
    originIds: ReadonlySet<string>,
): void {
    for (const key of unsupportedBehaviorKeys) {
        const value = (behavior as unknown as Record<string, unknown>)[key];
        if (value !== undefined && !(Array.isArray(value) && value.length === 0)) {
            throw unsupported(`${key} of ${place}`);
        }
    }
    if (!originIds.has(behavior.targetOriginId)) {
        throw new Error(
            `targetOriginId of ${place} is "${behavior.targetOriginId}"; ` +
                `it may be one of ${[...originIds].join(", ")}.`,
        );
    }
    for (const { eventType } of behavior.functionAssociations ?? []) {
        if (eventType !== "viewer-request") {
            throw unsupported(`the ${eventType} function of ${place}`);
        }
    }
}

function originIdsOf(distribution: DistributionInputs): ReadonlySet<string> {
    const all = [...distribution.origins, ...(distribution.originGroups ?? [])];
    return new Set(all.map(({ originId }) => originId));
}

function unsupported(what: string): Error {
    return new Error(
        `The local CloudFront does not imitate ${what}. ` +
            "Remove it, or add it to infra/local/edge/distribution.ts.",
    );
}
