import { type Headers, headerText } from "./edge-request";
import { answerLifetime, errorSeconds, type TtlLimits } from "./freshness";
import { type CachedObject, cachedObject, createObjectStore } from "./object-store";
import type { OriginAnswer } from "./origin-client";

/** Where an answer came from; `pass` was not for the cache, `error` has a status of 400 or more. */
export type CacheStatus = "hit" | "miss" | "refresh" | "pass" | "error";

/** A GET or HEAD of an object. */
export interface ObjectRequest {
    readonly key: string;
    readonly method: string;
    readonly limits: TtlLimits;
    /** For how long at least the distribution remembers an error, in seconds. */
    readonly errorCachingSeconds: (status: number) => number;
    /** Asks the origin. An origin that fails is an answer with status 502 or 504. */
    readonly ask: (conditions: readonly (readonly [string, string])[]) => Promise<OriginAnswer>;
}

export interface ObjectAnswer {
    readonly answer: OriginAnswer;
    readonly cache: CacheStatus;
    /** How long the answer has been kept; undefined where it was not. */
    readonly ageSeconds?: number;
}

export type EdgeCache = (request: ObjectRequest) => Promise<ObjectAnswer>;

/**
 * The cache of one regional edge. Requests for an object that is just being fetched wait for it
 * and share it where it may be shared. A stale object is used while the origin is asked again
 * (`stale-while-revalidate`) or fails (`stale-if-error`, or where the origin says nothing).
 * Sources: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
 * and https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 */
export function createEdgeCache(
    maxBytes: number,
    nowMilliseconds: () => number = Date.now,
): EdgeCache {
    const store = createObjectStore(maxBytes);
    const flights = new Map<string, Promise<ObjectAnswer>>();

    const fetch = async (request: ObjectRequest): Promise<ObjectAnswer> => {
        const kept = store.get(request.key);
        const answer = await request.ask(kept === undefined ? [] : conditionsOf(kept));
        return settle(request, kept, answer);
    };

    /** Decides what an origin's answer means for the kept object and for the viewer. */
    const settle = (
        request: ObjectRequest,
        kept: CachedObject | undefined,
        answer: OriginAnswer,
    ): ObjectAnswer => {
        const now = nowMilliseconds();
        if (kept !== undefined && answer.status === 304) {
            const refreshed = { ...kept.answer, headers: merged(kept.answer, answer) };
            keep(request, refreshed, now);
            return { answer: refreshed, cache: "refresh", ageSeconds: 0 };
        }
        if (kept !== undefined && answer.status >= 500 && now < kept.staleIfErrorUntil) {
            const retryAt = now + request.errorCachingSeconds(answer.status) * 1000;
            store.set(request.key, { ...kept, freshUntil: retryAt });
            return hit(kept, now);
        }
        keep(request, answer, now);
        return { answer, cache: answer.status >= 400 ? "error" : "miss" };
    };

    const keep = (request: ObjectRequest, answer: OriginAnswer, now: number): void => {
        const lifetime =
            answer.status >= 400
                ? errorLifetime(request, answer)
                : answerLifetime(answer.headers, request.limits, now);
        if (lifetime === undefined) {
            store.delete(request.key);
        } else {
            store.set(request.key, cachedObject(answer, lifetime, now));
        }
    };

    const take = (request: ObjectRequest): Promise<ObjectAnswer> => {
        const flight = fetch(request).finally(() => flights.delete(request.key));
        flights.set(request.key, flight);
        return flight;
    };

    /** For requests that nothing is kept of, errors excepted. */
    const pass = async (request: ObjectRequest): Promise<ObjectAnswer> => {
        const answer = await request.ask([]);
        const lifetime = answer.status >= 400 ? errorLifetime(request, answer) : undefined;
        if (lifetime !== undefined && request.method === "GET") {
            store.set(request.key, cachedObject(answer, lifetime, nowMilliseconds()));
        }
        return { answer, cache: answer.status >= 400 ? "error" : "pass" };
    };

    return async (request) => {
        const now = nowMilliseconds();
        const kept = store.get(request.key);
        if (kept !== undefined && now < kept.freshUntil) {
            return hit(kept, now);
        }
        if (request.method !== "GET" || request.limits.maxSeconds === 0) {
            return await pass(request);
        }
        const flight = flights.get(request.key);
        if (kept !== undefined && now < kept.staleWhileRevalidateUntil) {
            // A failure in the background has no viewer; the object only grows older.
            void (flight ?? take(request)).catch(() => undefined);
            return hit(kept, now);
        }
        if (flight === undefined) {
            return await take(request);
        }
        await flight.catch(() => undefined);
        const shared = store.get(request.key);
        const isShared = shared !== undefined && nowMilliseconds() < shared.freshUntil;
        return isShared ? hit(shared, nowMilliseconds()) : await fetch(request);
    };
}

function hit(kept: CachedObject, now: number): ObjectAnswer {
    return {
        answer: kept.answer,
        cache: kept.answer.status >= 400 ? "error" : "hit",
        ageSeconds: Math.max(0, Math.floor((now - kept.storedAt) / 1000)),
    };
}

function errorLifetime(request: ObjectRequest, answer: OriginAnswer) {
    const minimum = request.errorCachingSeconds(answer.status);
    const freshSeconds = errorSeconds(answer.status, answer.headers, minimum);
    return freshSeconds === 0
        ? undefined
        : { freshSeconds, staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0 };
}

function conditionsOf(kept: CachedObject): [string, string][] {
    const { headers, status } = kept.answer;
    const entityTag = headerText(headers, "etag");
    const lastModified = headerText(headers, "last-modified");
    if (status >= 400) {
        return [];
    }
    return [
        ...(entityTag === undefined ? [] : [["If-None-Match", entityTag] as [string, string]]),
        ...(lastModified === undefined
            ? []
            : [["If-Modified-Since", lastModified] as [string, string]]),
    ];
}

/** The kept headers, renewed by those of a 304 that do not describe the body. */
function merged(kept: OriginAnswer, notModified: OriginAnswer): Headers {
    const renewed = [...notModified.headers].filter(
        ([name]) => name !== "etag" && !name.startsWith("content-"),
    );
    return new Map([...kept.headers, ...renewed]);
}
