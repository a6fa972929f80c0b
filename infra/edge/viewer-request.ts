/// <reference path="./cloudfront.d.ts" />
import cf from "cloudfront";

/**
 * Sends a viewer to the nearest serving Region and says which cell that is, for the cache key: a
 * page cached for one cell must never answer for another. A header of that name that the viewer
 * sent is overwritten. What the cells say to each other is none of a viewer's business. Written
 * without anything that cloudfront-js-2.0 lacks.
 */
export async function handler(
    event: ViewerRequestEvent,
): Promise<ViewerRequest | GeneratedResponse> {
    const request = event.request;
    const region = cf.edgeLocation ? cf.edgeLocation.region : "default";
    const route = ROUTES[region] || ROUTES.default;
    if (request.uri === "/internal" || request.uri.startsWith("/internal/")) {
        return noRoute(event.context.requestId, route.cell);
    }
    request.headers["x-viewer-cell"] = { value: route.cell };
    cf.selectRequestOriginById(route.originId);
    return request;
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
