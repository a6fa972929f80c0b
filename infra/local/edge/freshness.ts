import { type Headers, headerText } from "./edge-request";

/** How long an answer may be used, in seconds from when the origin gave it. */
export interface Lifetime {
    readonly freshSeconds: number;
    /** Used once more after that while the edge asks again in the background. */
    readonly staleWhileRevalidateSeconds: number;
    /** Used after that where the origin fails; infinite where the origin does not say. */
    readonly staleIfErrorSeconds: number;
}

/** The limits of a cache policy, in seconds. */
export interface TtlLimits {
    readonly minSeconds: number;
    readonly defaultSeconds: number;
    readonly maxSeconds: number;
}

// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
const alwaysCachedErrors = new Set([404, 405, 414, 500, 501, 502, 503, 504]);
const cachedIfToldErrors = new Set([400, 403, 412, 415]);

/**
 * How long CloudFront keeps an answer that is not an error; undefined where it keeps none of it.
 * The maximum covers the stale windows too.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
 */
export function answerLifetime(
    headers: Headers,
    limits: TtlLimits,
    nowMilliseconds: number,
): Lifetime | undefined {
    if (limits.maxSeconds === 0) {
        return undefined;
    }
    const directives = cacheControl(headers);
    const isRefused = ["no-cache", "no-store", "private"].some((name) => directives.has(name));
    if (isRefused) {
        return limits.minSeconds === 0 ? undefined : withoutStale(limits.minSeconds);
    }
    const asked = askedSeconds(headers, nowMilliseconds);
    const freshSeconds =
        asked === undefined
            ? Math.max(limits.minSeconds, limits.defaultSeconds)
            : Math.min(Math.max(asked, limits.minSeconds), limits.maxSeconds);
    const room = limits.maxSeconds - freshSeconds;
    const window = (name: string): number | undefined => {
        const value = seconds(directives.get(name));
        return value === undefined ? undefined : Math.max(0, Math.min(value, room));
    };
    return {
        freshSeconds,
        staleWhileRevalidateSeconds: window("stale-while-revalidate") ?? 0,
        staleIfErrorSeconds: window("stale-if-error") ?? Number.POSITIVE_INFINITY,
    };
}

/**
 * For how many seconds CloudFront repeats an error to GET and HEAD, whatever the cache policy: at
 * least the distribution's minimum for the status, longer where the origin says so.
 */
export function errorSeconds(status: number, headers: Headers, minimumSeconds: number): number {
    const directives = cacheControl(headers);
    const asked = seconds(directives.get("s-maxage")) ?? seconds(directives.get("max-age"));
    if (alwaysCachedErrors.has(status)) {
        return Math.max(minimumSeconds, asked ?? 0);
    }
    const isTold = cachedIfToldErrors.has(status) && asked !== undefined;
    return isTold ? Math.max(minimumSeconds, asked) : 0;
}

/** The directives of Cache-Control, names in lower case. */
export function cacheControl(headers: Headers): ReadonlyMap<string, string> {
    const text = headerText(headers, "cache-control") ?? "";
    return new Map(
        text.split(",").map((directive) => {
            const [name = "", value = ""] = directive.split("=");
            return [name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, "")];
        }),
    );
}

/** What the origin asks for: s-maxage before max-age before Expires. */
function askedSeconds(headers: Headers, nowMilliseconds: number): number | undefined {
    const directives = cacheControl(headers);
    const maxAge = seconds(directives.get("s-maxage")) ?? seconds(directives.get("max-age"));
    const expires = headerText(headers, "expires");
    if (maxAge !== undefined || expires === undefined) {
        return maxAge;
    }
    const until = Date.parse(expires);
    return Number.isNaN(until) ? 0 : Math.max(0, (until - nowMilliseconds) / 1000);
}

function seconds(value: string | undefined): number | undefined {
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

function withoutStale(freshSeconds: number): Lifetime {
    return { freshSeconds, staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0 };
}
