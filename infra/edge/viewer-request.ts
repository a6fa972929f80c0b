/// <reference path="./cloudfront.d.ts" />
import cf from "cloudfront";

/**
 * Sends a viewer to the nearest serving Region and says which cell that is, for the cache key: a
 * page cached for one cell must never answer for another. A header of that name that the viewer
 * sent is overwritten. Written without anything that cloudfront-js-2.0 lacks.
 */
export async function handler(event: ViewerRequestEvent): Promise<ViewerRequest> {
    const request = event.request;
    const region = cf.edgeLocation ? cf.edgeLocation.region : "default";
    const route = ROUTES[region] || ROUTES.default;
    request.headers["x-viewer-cell"] = { value: route.cell };
    cf.selectRequestOriginById(route.originId);
    return request;
}
