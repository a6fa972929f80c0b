import type { DistributionInputs, OriginInputs } from "./distribution";
import type {
    Origin,
    OriginAnswer,
    OriginClient,
    OriginFailure,
    OriginRequest,
} from "./origin-client";

/** What a viewer-request function asked of the `cloudfront` module. */
export type OriginCall =
    | { readonly kind: "select"; readonly originId: string; readonly hostHeader?: string }
    | { readonly kind: "update"; readonly properties: OriginProperties }
    | {
          readonly kind: "group";
          readonly originIds: readonly string[];
          readonly statusCodes: readonly number[];
      };

/** Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html */
export interface OriginProperties {
    readonly domainName?: string;
    readonly hostHeader?: string;
    readonly originPath?: string;
    readonly customHeaders?: Readonly<Record<string, string>>;
    readonly connectionAttempts?: number;
    readonly timeouts?: { readonly readTimeout?: number; readonly connectionTimeout?: number };
}

/** The origins of one request, the preferred one first, and when the next one is tried. */
export interface OriginChoice {
    readonly origins: readonly [Origin, ...Origin[]];
    readonly failoverStatuses: readonly number[];
}

/**
 * The origins that a request goes to: the behavior's, as changed by the function's calls. Throws
 * for an origin that the distribution does not have.
 */
export function chooseOrigins(
    distribution: DistributionInputs,
    targetOriginId: string,
    calls: readonly OriginCall[],
): OriginChoice {
    let choice = assignedOrigins(distribution, targetOriginId);
    for (const call of calls) {
        const [first, ...others] = choice.origins;
        switch (call.kind) {
            case "select": {
                const origin = originById(distribution, call.originId);
                const hostHeader = call.hostHeader ?? origin.hostHeader;
                choice = { origins: [{ ...origin, hostHeader }], failoverStatuses: [] };
                break;
            }
            case "update":
                // Of an origin group only the first one changes.
                choice = { ...choice, origins: [updated(first, call.properties), ...others] };
                break;
            case "group":
                choice = groupOf(distribution, call.originIds, call.statusCodes);
                break;
        }
    }
    return choice;
}

/**
 * Sends a request to the first origin, and to the second where the first fails in a way that the
 * group names. Only GET, HEAD and OPTIONS fail over; a connection that fails counts as 503, an
 * answer that does not come as 504. Each request begins with the first again.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
 */
export async function sendWithFailover(
    client: OriginClient,
    choice: OriginChoice,
    request: OriginRequest,
): Promise<OriginAnswer | OriginFailure> {
    const [first, second] = choice.origins;
    const outcome = await client.send(first, request);
    const mayFailOver = ["GET", "HEAD", "OPTIONS"].includes(request.method);
    return second !== undefined &&
        mayFailOver &&
        choice.failoverStatuses.includes(failoverStatus(outcome))
        ? await client.send(second, request)
        : outcome;
}

function failoverStatus(outcome: OriginAnswer | OriginFailure): number {
    if (!("cause" in outcome)) {
        return outcome.status;
    }
    return outcome.cause === "read-timeout" ? 504 : 503;
}

function assignedOrigins(distribution: DistributionInputs, targetOriginId: string): OriginChoice {
    const group = distribution.originGroups?.find(({ originId }) => originId === targetOriginId);
    return group === undefined
        ? { origins: [originById(distribution, targetOriginId)], failoverStatuses: [] }
        : groupOf(
              distribution,
              group.members.map(({ originId }) => originId),
              group.failoverCriteria.statusCodes,
          );
}

function groupOf(
    distribution: DistributionInputs,
    originIds: readonly string[],
    failoverStatuses: readonly number[],
): OriginChoice {
    const [first, second, ...others] = originIds;
    if (first === undefined || second === undefined || others.length > 0) {
        throw new Error(`An origin group needs exactly two origins, not ${originIds.length}.`);
    }
    return {
        origins: [originById(distribution, first), originById(distribution, second)],
        failoverStatuses,
    };
}

function originById(distribution: DistributionInputs, originId: string): Origin {
    const inputs = distribution.origins.find((origin) => origin.originId === originId);
    if (inputs === undefined) {
        const known = distribution.origins.map((origin) => origin.originId).join(", ");
        throw new Error(`The distribution has no origin "${originId}"; it has ${known}.`);
    }
    return originOf(inputs);
}

/** Defaults: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html */
function originOf(inputs: OriginInputs): Origin {
    return {
        originId: inputs.originId,
        domainName: inputs.domainName,
        hostHeader: inputs.domainName,
        path: inputs.originPath ?? "",
        customHeaders: (inputs.customHeaders ?? []).map(({ name, value }) => [name, value]),
        connectionAttempts: inputs.connectionAttempts ?? 3,
        connectionTimeoutSeconds: inputs.connectionTimeout ?? 10,
        readTimeoutSeconds: inputs.customOriginConfig?.originReadTimeout ?? 30,
        keepAliveTimeoutSeconds: inputs.customOriginConfig?.originKeepaliveTimeout ?? 5,
    };
}

function updated(origin: Origin, properties: OriginProperties): Origin {
    const domainName = properties.domainName ?? origin.domainName;
    const isSameDomain = domainName === origin.domainName;
    return {
        ...origin,
        domainName,
        hostHeader: properties.hostHeader ?? (isSameDomain ? origin.hostHeader : domainName),
        path: properties.originPath ?? origin.path,
        customHeaders:
            properties.customHeaders === undefined
                ? origin.customHeaders
                : Object.entries(properties.customHeaders),
        connectionAttempts: properties.connectionAttempts ?? origin.connectionAttempts,
        connectionTimeoutSeconds:
            properties.timeouts?.connectionTimeout ?? origin.connectionTimeoutSeconds,
        readTimeoutSeconds: properties.timeouts?.readTimeout ?? origin.readTimeoutSeconds,
    };
}
