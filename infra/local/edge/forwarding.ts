import { capitalised, type EdgeRequest, headerText, queryPairs } from "./edge-request";
import { type CachePolicy, type NameSelection, type RequestSelection, selects } from "./policies";

/** How the edge names itself in `Via`. */
export const viaName = "local0123456789abcdef.cloudfront.net (CloudFront)";

// CloudFront never forwards these.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior
const droppedHeaders = new Set(
    [
        "connection expect host keep-alive proxy-authenticate proxy-authorization",
        "proxy-connection te trailer transfer-encoding upgrade x-forwarded-proto x-real-ip",
        "content-length via x-forwarded-for",
    ].flatMap((line) => line.split(" ")),
);

// With a cache in between, the edge asks for the whole, and judges the viewer's conditions itself.
const conditionalHeaders = new Set(
    ["if-match if-modified-since if-none-match if-range if-unmodified-since range"].flatMap(
        (line) => line.split(" "),
    ),
);

/**
 * What makes two requests the same object: the path and whatever the cache policy selects. The
 * origin is not part of it.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html
 */
export function cacheKey(request: EdgeRequest, policy: CachePolicy): string {
    const headers = [...request.headers.keys()]
        .filter((name) => selects(policy.headers, name))
        .sort()
        .map((name) => [name, headerText(request.headers, name)]);
    return JSON.stringify([
        request.path,
        selectedQuery(request, [policy.queryStrings]),
        headers,
        selectedCookies(request, [policy.cookies]),
        acceptedCodings(request, policy),
    ]);
}

/** The codings that a policy normalises and the viewer accepts, CloudFront's preference first. */
export function acceptedCodings(request: EdgeRequest, policy: CachePolicy): string[] {
    const accepted = (headerText(request.headers, "accept-encoding") ?? "").toLowerCase();
    const refused = (coding: string) => new RegExp(`\\b${coding}\\s*;\\s*q=0(\\.0*)?\\s*(,|$)`);
    return policy.codings.filter(
        (coding) => new RegExp(`\\b${coding}\\b`).test(accepted) && !refused(coding).test(accepted),
    );
}

/**
 * The path with query string that an origin is asked for, its own path not yet in front. What
 * the cache policy selects is forwarded too.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-how-origin-request-policies-and-cache-policies-work-together.html
 */
export function forwardedPath(
    request: EdgeRequest,
    cache: CachePolicy,
    forward: RequestSelection,
): string {
    const query = selectedQuery(request, [cache.queryStrings, forward.queryStrings]);
    return query === "" ? request.path : `${request.path}?${query}`;
}

/**
 * The headers that an origin gets, its Host and custom headers excepted.
 *
 * @param isCached Whether the answer may be kept for others.
 */
export function forwardedHeaders(
    request: EdgeRequest,
    cache: CachePolicy,
    forward: RequestSelection,
    isCached: boolean,
): [name: string, value: string][] {
    const forwarded: [string, string][] = [];
    for (const [name, values] of request.headers) {
        const isDropped =
            droppedHeaders.has(name) ||
            name.startsWith("x-edge-") ||
            name.startsWith("x-amz-cf-") ||
            (isCached && conditionalHeaders.has(name)) ||
            (cache.codings.length > 0 && name === "accept-encoding");
        if (!isDropped && isForwarded(name, request.method, cache, forward)) {
            forwarded.push(...values.map((value): [string, string] => [capitalised(name), value]));
        }
    }
    if (!forwarded.some(([name]) => name === "User-Agent")) {
        forwarded.push(["User-Agent", "Amazon CloudFront"]);
    }
    const codings = acceptedCodings(request, cache);
    const cookies = selectedCookies(request, [cache.cookies, forward.cookies]);
    const forwardedFor = [...(request.headers.get("x-forwarded-for") ?? []), request.viewerIp];
    const via = [...(request.headers.get("via") ?? []), `1.1 ${viaName}`];
    return [
        ...forwarded,
        ...(codings.length === 0 ? [] : [["Accept-Encoding", codings.join(",")] as const]),
        ...(cookies === "" ? [] : [["Cookie", cookies] as const]),
        ["X-Forwarded-For", forwardedFor.join(", ")],
        ["Via", via.join(", ")],
        ["X-Amz-Cf-Id", request.id],
    ].map(([name = "", value = ""]) => [name, value]);
}

function isForwarded(
    name: string,
    method: string,
    cache: CachePolicy,
    forward: RequestSelection,
): boolean {
    const describesBody = name === "content-type" || name === "content-encoding";
    return (
        selects(cache.headers, name) ||
        selects(forward.headers, name) ||
        (describesBody && !["GET", "HEAD"].includes(method))
    );
}

function selectedQuery(request: EdgeRequest, selections: readonly NameSelection[]): string {
    if (selections.some(({ behavior }) => behavior === "all")) {
        return request.queryString;
    }
    return queryPairs(request.queryString)
        .filter(({ name }) => selections.some((selection) => selects(selection, name)))
        .map(({ name, value }) => (value === undefined ? name : `${name}=${value}`))
        .join("&");
}

function selectedCookies(request: EdgeRequest, selections: readonly NameSelection[]): string {
    return request.cookies
        .filter((pair) => {
            const name = pair.split("=")[0] ?? "";
            return selections.some((selection) => selects(selection, name));
        })
        .join("; ");
}
