import type { GatewayApi, GatewayMethod, GatewayResource } from "./document";

/** The method that a request reached, and what its path holds. */
export interface Route {
    readonly resource: GatewayResource;
    readonly method: GatewayMethod;
    /** As they were sent: API Gateway does not decode path parameters for a proxy integration. */
    readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * The route of a request, or undefined where the API has none: a path that is not there and a
 * method that its resource lacks are the same to API Gateway. A fixed segment is preferred to a
 * parameter, and a parameter to a greedy one (`{proxy+}`). A slash at the end does not count.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
export function findRoute(api: GatewayApi, httpMethod: string, path: string): Route | undefined {
    const segments = pathSegments(path);
    const matches = api.resources.flatMap((resource) => {
        const match = matchResource(resource, segments);
        return match === undefined ? [] : [{ resource, ...match }];
    });
    matches.sort((left, right) => (left.rank < right.rank ? -1 : 1));
    const [best] = matches;
    const method = best?.resource.methods.get(httpMethod) ?? best?.resource.methods.get("ANY");
    return best === undefined || method === undefined
        ? undefined
        : { resource: best.resource, method, pathParameters: best.pathParameters };
}

function pathSegments(path: string): string[] {
    return path.split("/").filter((segment) => segment !== "");
}

/** `rank` has a digit for each segment, 0 for the most specific kind, so it sorts as text. */
function matchResource(
    resource: GatewayResource,
    segments: readonly string[],
): { rank: string; pathParameters: Record<string, string> } | undefined {
    const template = pathSegments(resource.path);
    const pathParameters: Record<string, string> = {};
    let rank = "";
    for (const [index, part] of template.entries()) {
        const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
        if (greedy !== undefined) {
            pathParameters[greedy] = segments.slice(index).join("/");
            return segments.length > index ? { rank: `${rank}2`, pathParameters } : undefined;
        }
        const segment = segments[index];
        const parameter = /^\{(.+)\}$/.exec(part)?.[1];
        if (segment === undefined || (parameter === undefined && segment !== part)) {
            return undefined;
        }
        if (parameter !== undefined) {
            pathParameters[parameter] = segment;
        }
        rank += parameter === undefined ? "0" : "1";
    }
    return template.length === segments.length ? { rank, pathParameters } : undefined;
}
