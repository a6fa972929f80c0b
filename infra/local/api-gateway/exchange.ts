import type { APIGatewayProxyEvent } from "aws-lambda";
import { modelFor } from "./body-model";
import { type AuthorizeCaller, authorizeRequest, type Caller } from "./caller";
import type { GatewayApi } from "./document";
import type { Refusal } from "./gateway-response";
import { type ProxyAnswer, readProxyAnswer } from "./proxy-answer";
import {
    createProxyEvent,
    type GatewayRequest,
    headerValue,
    matchesMediaType,
    multipleQuery,
    type StageIdentity,
} from "./proxy-event";
import { findRoute, type Route } from "./route";
import type { TokenBucket } from "./token-bucket";

/** How a call of a function ended. */
export type InvocationOutcome =
    | { readonly kind: "ok"; readonly payload: unknown }
    /** The function failed or timed out; Lambda answered with a FunctionError. */
    | { readonly kind: "error"; readonly message: string }
    /** Lambda had no execution environment free. */
    | { readonly kind: "throttled" }
    /** No answer within the integration's timeout. */
    | { readonly kind: "timeout" };

/** Calls the function that an invoke ARN names. */
export type Invoke = (
    invokeArn: string,
    event: APIGatewayProxyEvent,
    timeoutMilliseconds: number,
) => Promise<InvocationOutcome>;

/** What a stage needs to answer requests. */
export interface StageParts {
    readonly stage: StageIdentity;
    readonly api: GatewayApi;
    readonly takeToken: TokenBucket;
    readonly invoke: Invoke;
    /** Whether the function's policy lets this part of the API call it. */
    readonly isPermitted: (invokeArn: string, sourceArn: string) => boolean;
    /** Who may call methods that ask for a signature. */
    readonly authorizeCaller: AuthorizeCaller;
}

/** How a request ended, with what the access log tells about it. */
export interface Exchange {
    readonly route: Route | undefined;
    readonly result: ProxyAnswer | Refusal;
    /** Undefined where the function was not called. */
    readonly integrationMilliseconds?: number;
    /** What Lambda said to the gateway, not what the function answered. */
    readonly integrationStatus?: number;
}

/** API Gateway's limit for a payload, and Lambda's for the event made of it. */
export const payloadMaxBytes = 10_485_760;
const lambdaEventMaxBytes = 6_291_556;

/**
 * Takes one request through the stage in API Gateway's order: route, throttling, caller, request
 * validation, permission, integration.
 */
export async function exchange(request: GatewayRequest, parts: StageParts): Promise<Exchange> {
    const route = findRoute(parts.api, request.httpMethod, request.path);
    if (route === undefined) {
        // The misleading words are API Gateway's for a route that does not exist.
        // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
        const message = "Missing Authentication Token";
        return { route, result: { type: "MISSING_AUTHENTICATION_TOKEN", message } };
    }
    if (!parts.takeToken()) {
        return { route, result: { type: "THROTTLED", message: "Too Many Requests" } };
    }
    const caller = route.method.isSigned
        ? authorizeRequest(request, parts.stage, parts.authorizeCaller)
        : undefined;
    if (caller !== undefined && "type" in caller) {
        return { route, result: caller };
    }
    const refusal = refuse(request, route, parts);
    if (refusal !== undefined) {
        return { route, result: refusal };
    }
    return await integrate(request, route, parts, caller);
}

function refuse(request: GatewayRequest, route: Route, parts: StageParts): Refusal | undefined {
    const { requiredParameters, bodyModels, invokeArn } = route.method;
    const query = multipleQuery(request.queryString);
    const missing = requiredParameters
        .filter(({ place, name }) => {
            const value =
                place === "query" ? query[name]?.at(-1) : headerValue(request, name.toLowerCase());
            return value === undefined || value === "";
        })
        .map(({ name }) => name);
    if (missing.length > 0) {
        const message = `Missing required request parameters: [${missing.join(", ")}]`;
        return { type: "BAD_REQUEST_PARAMETERS", message, validationError: message };
    }
    if (bodyModels !== undefined) {
        const model = modelFor(bodyModels, headerValue(request, "content-type"));
        const validationError = model?.(request.body.toString("utf8"));
        if (validationError !== undefined) {
            return { type: "BAD_REQUEST_BODY", message: "Invalid request body", validationError };
        }
    }
    return parts.isPermitted(invokeArn, sourceArn(request, route, parts.stage))
        ? undefined
        : { type: "API_CONFIGURATION_ERROR", message: "Internal server error" };
}

/**
 * The part of the API that calls, as a function's policy sees it; path parameters are `*`.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
 */
function sourceArn(request: GatewayRequest, route: Route, stage: StageIdentity): string {
    const path = route.resource.path.replace(/\{[^}]+\}/g, "*");
    return (
        `arn:aws:execute-api:${stage.region}:${stage.accountId}:${stage.apiId}/` +
        `${stage.stageName}/${request.httpMethod}${path}`
    );
}

async function integrate(
    request: GatewayRequest,
    route: Route,
    parts: StageParts,
    caller: Caller | undefined,
): Promise<Exchange> {
    const { binaryMediaTypes } = parts.api;
    const event = createProxyEvent(request, { ...parts, route, binaryMediaTypes, caller });
    if (Buffer.byteLength(JSON.stringify(event)) > lambdaEventMaxBytes) {
        const result: Refusal = { type: "REQUEST_TOO_LARGE", message: "Request Too Long" };
        return { route, result, integrationStatus: 413 };
    }
    const startedAt = performance.now();
    const outcome = await withinTimeout(
        parts.invoke(route.method.invokeArn, event, route.method.timeoutMilliseconds),
        route.method.timeoutMilliseconds,
    );
    const integrationMilliseconds = Math.round(performance.now() - startedAt);
    const isBinaryAccepted = matchesMediaType(headerValue(request, "accept"), binaryMediaTypes);
    return { route, integrationMilliseconds, ...readOutcome(outcome, isBinaryAccepted) };
}

/**
 * A refused call is a 500 and a failed function a 502, whatever the reason.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#services-apigateway-errors
 */
function readOutcome(
    outcome: InvocationOutcome,
    isBinaryAccepted: boolean,
): Pick<Exchange, "result" | "integrationStatus"> {
    const message = "Internal server error";
    switch (outcome.kind) {
        case "ok": {
            const answer = readProxyAnswer(outcome.payload, isBinaryAccepted);
            const result = answer ?? ({ type: "DEFAULT_5XX", status: 502, message } as const);
            return { result, integrationStatus: 200 };
        }
        case "error":
            return {
                result: { type: "DEFAULT_5XX", status: 502, message },
                integrationStatus: 200,
            };
        case "throttled":
            return { result: { type: "DEFAULT_5XX", message }, integrationStatus: 429 };
        case "timeout":
            return {
                result: { type: "INTEGRATION_TIMEOUT", message: "Endpoint request timed out" },
                integrationStatus: 504,
            };
    }
}

/** The caller keeps the time too, so that no request waits for one that does not. */
async function withinTimeout(
    outcome: Promise<InvocationOutcome>,
    timeoutMilliseconds: number,
): Promise<InvocationOutcome> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<InvocationOutcome>((resolve) => {
        timer = setTimeout(() => resolve({ kind: "timeout" }), timeoutMilliseconds);
    });
    try {
        return await Promise.race([outcome, timeout]);
    } catch (error) {
        return { kind: "error", message: String(error) };
    } finally {
        clearTimeout(timer);
    }
}
