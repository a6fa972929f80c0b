import type { ApiFunctionName, ShopFunctionName } from "./functions";

/** A request that cells make of each other; it is no part of the published contract. */
export interface InternalRoute {
    readonly method: "get" | "post";
    readonly path: `/internal/${string}`;
    /** The function that answers it. */
    readonly functionName: ApiFunctionName;
    /** The functions of the other cells that may ask. */
    readonly callers: readonly ShopFunctionName[];
}

/**
 * What cells ask of each other. API Gateway lets only signed requests through to these routes, and
 * only those of the callers' roles. The last three carry a public request to the home of what it
 * is about.
 */
export const internalRoutes: readonly InternalRoute[] = [
    post("borrow", "exchange", ["orders", "rebalance"]),
    post("digest", "exchange", ["digest"]),
    post("customer-stub", "exchange", ["orders"]),
    { method: "get", path: "/internal/ping", functionName: "exchange", callers: ["status"] },
    post("catalog", "catalog", ["catalog"]),
    post("customers", "customers", ["customers"]),
    post("orders", "orders", ["orders"]),
];

/**
 * The resources of `execute-api:Invoke` that let a function call its routes of one stage.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples-for-api-execution.html
 */
export function callableRouteArns(caller: ShopFunctionName, stageArn: string): readonly string[] {
    return internalRoutes
        .filter(({ callers }) => callers.includes(caller))
        .map(({ method, path }) => `${stageArn}/${method.toUpperCase()}${path}`);
}

function post(
    name: string,
    functionName: ApiFunctionName,
    callers: readonly ShopFunctionName[],
): InternalRoute {
    return { method: "post", path: `/internal/${name}`, functionName, callers };
}
