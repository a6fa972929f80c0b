import { type Headers, headerText } from "./edge-request";
import { answerLifetime, errorSeconds, type Lifetime, type TtlLimits } from "./freshness";
import {
    type CachedObject,
    cachedObject,
    createObjectStore,
    type ObjectStore,
} from "./object-store";
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
    const state: CacheState = {
        store: createObjectStore(maxBytes),
        flights: new Map(),
        nowMilliseconds,
    };
    return (request) => findObject(state, request);
}

interface CacheState {
    readonly store: ObjectStore;
    /** What is being fetched, by key. */
    readonly flights: Map<string, Promise<ObjectAnswer>>;
    readonly nowMilliseconds: () => number;
}

async function findObject(state: CacheState, request: ObjectRequest): Promise<ObjectAnswer> {
    const now = state.nowMilliseconds();
    const kept = state.store.get(request.key);
    if (kept !== undefined && now < kept.freshUntil) {
        return hit(kept, now);
    }
    if (request.method !== "GET" || request.limits.maxSeconds === 0) {
        return await pass(state, request);
    }
    const flight = state.flights.get(request.key);
    if (kept !== undefined && now < kept.staleWhileRevalidateUntil) {
        // A failure in the background has no viewer; the object only grows older.
        void (flight ?? take(state, request)).catch(() => undefined);
        return hit(kept, now);
    }
    return flight === undefined ? await take(state, request) : await share(state, request, flight);
}

/** Fetches an object for everyone who asks for it meanwhile. */
function take(state: CacheState, request: ObjectRequest): Promise<ObjectAnswer> {
    const flight = fetch(state, request).finally(() => state.flights.delete(request.key));
    state.flights.set(request.key, flight);
    return flight;
}

/** Waits for somebody else's fetch; what may not be shared is then fetched once more. */
async function share(
    state: CacheState,
    request: ObjectRequest,
    flight: Promise<ObjectAnswer>,
): Promise<ObjectAnswer> {
    await flight.catch(() => undefined);
    const now = state.nowMilliseconds();
    const kept = state.store.get(request.key);
    return kept !== undefined && now < kept.freshUntil
        ? hit(kept, now)
        : await fetch(state, request);
}

/** For requests that nothing is kept of, errors excepted. */
async function pass(state: CacheState, request: ObjectRequest): Promise<ObjectAnswer> {
    const answer = await request.ask([]);
    const lifetime = answer.status >= 400 ? errorLifetime(request, answer) : undefined;
    if (lifetime !== undefined && request.method === "GET") {
        state.store.set(request.key, cachedObject(answer, lifetime, state.nowMilliseconds()));
    }
    return { answer, cache: answer.status >= 400 ? "error" : "pass" };
}

/** Asks the origin and decides what its answer means for the kept object and for the viewer. */
async function fetch(state: CacheState, request: ObjectRequest): Promise<ObjectAnswer> {
    const kept = state.store.get(request.key);
    const answer = await request.ask(kept === undefined ? [] : conditionsOf(kept));
    const now = state.nowMilliseconds();
    if (kept !== undefined && answer.status === 304) {
        const refreshed = { ...kept.answer, headers: merged(kept.answer, answer) };
        keep(state, request, refreshed, now);
        return { answer: refreshed, cache: "refresh", ageSeconds: 0 };
    }
    if (kept !== undefined && answer.status >= 500 && now < kept.staleIfErrorUntil) {
        const retryAt = now + request.errorCachingSeconds(answer.status) * 1000;
        state.store.set(request.key, { ...kept, freshUntil: retryAt });
        return hit(kept, now);
    }
    keep(state, request, answer, now);
    return { answer, cache: answer.status >= 400 ? "error" : "miss" };
}

function keep(state: CacheState, request: ObjectRequest, answer: OriginAnswer, now: number): void {
    const lifetime =
        answer.status >= 400
            ? errorLifetime(request, answer)
            : answerLifetime(answer.headers, request.limits, now);
    if (lifetime === undefined) {
        state.store.delete(request.key);
    } else {
        state.store.set(request.key, cachedObject(answer, lifetime, now));
    }
}

function hit(kept: CachedObject, now: number): ObjectAnswer {
    return {
        answer: kept.answer,
        cache: kept.answer.status >= 400 ? "error" : "hit",
        ageSeconds: Math.max(0, Math.floor((now - kept.storedAt) / 1000)),
    };
}

function errorLifetime(request: ObjectRequest, answer: OriginAnswer): Lifetime | undefined {
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
