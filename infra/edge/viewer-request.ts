/// <reference path="./cloudfront.d.ts" />
import cf from "cloudfront";

/** The monitors renew a `down` every 30 seconds; one that nobody renews says nothing any more. */
const flagMaxAgeSeconds = 180;
/** As long as the app's cookie lives. */
const wroteMaxAgeSeconds = 30;
/** How far the clocks of an edge and of a Region may lie apart. */
const clockSkewMaxSeconds = 5;

const failoverStatuses = [500, 502, 503, 504];

/** A cell that the viewer has just written in, and the cookie's text. */
interface Wrote {
    readonly cell: string;
    readonly stamp: string;
}

/** One of the store's two values, by Region, as far as it can be trusted: not at all. */
type Flags = Record<string, unknown>;

/**
 * Sends a viewer to the nearest serving Region that is neither down nor drained; a read has another
 * one behind it. The headers say which cell that is and since which write, for the cache key: a
 * page cached for one cell, or before the write, must not answer. Headers of those names that the
 * viewer sent do not pass. What the cells say to each other is none of a viewer's business. Written
 * without anything that cloudfront-js-2.0 lacks.
 */
export async function handler(
    event: ViewerRequestEvent,
): Promise<ViewerRequest | GeneratedResponse> {
    const request = event.request;
    const nowSeconds = Math.floor(Date.now() / 1000);
    const drained = await readFlags("drained");
    const health = await readFlags("health");
    const wrote = readWrote(request, nowSeconds);
    const origins = originsFor(drained, health, wrote, nowSeconds);
    const best = origins[0];
    if (request.uri === "/internal" || request.uri.startsWith("/internal/")) {
        return noRoute(event.context.requestId, best.cell);
    }
    request.headers["x-viewer-cell"] = { value: best.cell };
    if (wrote !== undefined && wrote.cell === best.cell) {
        request.headers["x-viewer-wrote"] = { value: wrote.stamp };
    } else {
        delete request.headers["x-viewer-wrote"];
    }
    sendTo(request, origins);
    return request;
}

/**
 * Whatever keeps the flags from being read, there are none then: an edge that cannot ask goes on
 * as if every Region were well. The store is opened here, because a function that fails outside
 * its handler answers nobody.
 */
async function readFlags(key: string): Promise<Flags> {
    try {
        const text = await cf.kvs().get(key);
        const flags = JSON.parse(text);
        return typeof flags === "object" && flags !== null ? flags : {};
    } catch (_unreadable) {
        return {};
    }
}

/** The origins that may answer, the best one first; all of them where none would be left. */
function originsFor(
    drained: Flags,
    health: Flags,
    wrote: Wrote | undefined,
    nowSeconds: number,
): RouterOrigins {
    const region = cf.edgeLocation ? cf.edgeLocation.region : "default";
    const preferred = ROUTES[region] || ROUTES.default;
    const healthy = preferred.filter(
        (origin) =>
            typeof drained[origin.region] !== "number" &&
            !isDown(health[origin.region], nowSeconds),
    );
    const origins = isSome(healthy) ? healthy : preferred;
    const writtenIn = origins.filter((origin) => wrote !== undefined && origin.cell === wrote.cell);
    const ordered = writtenIn.concat(origins.filter((origin) => !writtenIn.includes(origin)));
    return isSome(ordered) ? ordered : origins;
}

function isSome(origins: readonly RouterOrigin[]): origins is RouterOrigins {
    return origins.length > 0;
}

/** What a monitor said of a Region counts while it is fresh; its clock may be ahead. */
function isDown(said: unknown, nowSeconds: number): boolean {
    if (typeof said !== "object" || said === null) {
        return false;
    }
    const judgement: { down?: unknown; at?: unknown } = said;
    return (
        judgement.down === true &&
        typeof judgement.at === "number" &&
        Math.abs(nowSeconds - judgement.at) <= flagMaxAgeSeconds
    );
}

/** The app's cookie after a write, `<cell>.<epoch seconds>`, while it counts. */
function readWrote(request: ViewerRequest, nowSeconds: number): Wrote | undefined {
    const cookie = request.cookies ? request.cookies["shop_wrote"] : undefined;
    const match = cookie ? /^([a-z]{2,12})\.([0-9]{1,12})$/.exec(cookie.value) : null;
    if (match === null) {
        return undefined;
    }
    const ageSeconds = nowSeconds - Number(match[2]);
    return ageSeconds <= wroteMaxAgeSeconds && ageSeconds >= -clockSkewMaxSeconds
        ? { cell: String(match[1]), stamp: match[0] }
        : undefined;
}

/** CloudFront repeats only what is safe to repeat; a write has one try, at the best origin. */
function sendTo(request: ViewerRequest, origins: RouterOrigins): void {
    const method = request.method;
    const isRead = method === "GET" || method === "HEAD" || method === "OPTIONS";
    const best = origins[0];
    const second = secondOf(request, origins);
    if (isRead && second !== undefined) {
        cf.createRequestOriginGroup({
            // The same APIs, which are given up sooner.
            originIds: [{ originId: `${best.id}-reads` }, { originId: `${second.id}-reads` }],
            failoverCriteria: { statusCodes: failoverStatuses },
        });
    } else {
        cf.selectRequestOriginById(best.id);
    }
}

/**
 * CloudFront tries two origins and no third, so the second has to survive what the first does not,
 * until a monitor has said so. An order or a customer of the best origin's own cell is in its other
 * Region alone; everything else can be had through another cell, and a whole cell can fail.
 */
function secondOf(request: ViewerRequest, origins: RouterOrigins): RouterOrigin | undefined {
    const best = origins[0];
    const elsewhere = origins.find((origin) => origin.cell !== best.cell);
    return homeNumberOf(request) === best.number ? origins[1] : elsewhere || origins[1];
}

/** The number of the cell that keeps the order or the customer that is asked for. */
function homeNumberOf(request: ViewerRequest): number | undefined {
    const named = /^\/(?:orders|customers)\/([0-9a-fA-F-]{36})(?:\/|$)/.exec(request.uri);
    const asked = request.querystring ? request.querystring["customer_id"] : undefined;
    const id = named ? named[1] : asked ? asked.value : undefined;
    return id ? parseInt(id.slice(-2), 16) : undefined;
}

/** As the API answers for any path that it does not have. */
function noRoute(requestId: string, cell: string): GeneratedResponse {
    return {
        statusCode: NO_ROUTE.status,
        statusDescription: "Not Found",
        headers: {
            "content-type": { value: "application/problem+json" },
            "cache-control": { value: "no-store" },
            "access-control-allow-origin": { value: "*" },
            "access-control-expose-headers": { value: "Retry-After, x-cell, x-request-id" },
            "x-request-id": { value: requestId },
            "x-cell": { value: cell },
        },
        body: {
            encoding: "text",
            data: JSON.stringify(Object.assign({}, NO_ROUTE, { request_id: requestId })),
        },
    };
}
