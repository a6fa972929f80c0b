import { compressed } from "./compression";
import { type BehaviorInputs, type DistributionInputs, errorCachingSeconds } from "./distribution";
import type { CacheStatus, EdgeCache, ObjectAnswer } from "./edge-cache";
import type { EdgeRequest } from "./edge-request";
import { acceptedCodings, cacheKey, forwardedHeaders, forwardedPath } from "./forwarding";
import type { FunctionSandbox } from "./function-sandbox";
import {
    chooseOrigins,
    type OriginCall,
    type OriginChoice,
    sendWithFailover,
} from "./origin-choice";
import type { OriginAnswer, OriginClient, OriginFailure } from "./origin-client";
import type { CachePolicy, RequestSelection } from "./policies";
import type { ResponseHeadersPolicy } from "./response-headers-policy";
import {
    conditionalAnswer,
    errorPage,
    originHeaders,
    type ViewerAnswer,
    xCacheOf,
} from "./viewer-answer";
import { readFunctionResult, viewerRequestEvent } from "./viewer-event";

/** A behavior with its references resolved. */
export interface Behavior {
    readonly inputs: BehaviorInputs;
    readonly cachePolicy: CachePolicy;
    readonly originRequestPolicy: RequestSelection;
    readonly responseHeadersPolicy: ResponseHeadersPolicy;
    readonly viewerFunction: FunctionSandbox | undefined;
}

export interface EdgeParts {
    readonly distribution: DistributionInputs;
    readonly client: OriginClient;
    readonly cache: EdgeCache;
}

/** How a viewer's request ended. */
export interface EdgeExchange {
    readonly answer: ViewerAnswer;
    readonly cache: CacheStatus;
    readonly xCache: string;
    readonly ageSeconds?: number;
    /** Undefined where no origin was chosen. */
    readonly originId?: string;
}

// Sources: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
// and http-504-gateway-timeout.html
const failures: Readonly<
    Record<OriginFailure["cause"], readonly [status: number, reason: string]>
> = {
    unresolved: [502, "CloudFront wasn't able to resolve the origin domain name."],
    refused: [502, "CloudFront wasn't able to connect to the origin."],
    dropped: [502, "CloudFront lost the connection to the origin."],
    "connect-timeout": [504, "CloudFront wasn't able to connect to the origin in time."],
    "read-timeout": [504, "The origin did not answer in time."],
};

/**
 * Takes one request through a behavior in CloudFront's order: method, viewer-request function,
 * cache, origin, response headers policy.
 */
export async function edgeExchange(
    request: EdgeRequest,
    behavior: Behavior,
    parts: EdgeParts,
): Promise<EdgeExchange> {
    const refusal = refuse(request, behavior);
    if (refusal !== undefined) {
        return withPolicy(behavior, generated(refusal, "error", xCacheOf.error));
    }
    const calls: OriginCall[] = [];
    let forwarded = request;
    if (behavior.viewerFunction !== undefined) {
        const result = runFunction(request, behavior.viewerFunction);
        if ("answer" in result) {
            return withPolicy(behavior, result);
        }
        forwarded = result.request;
        calls.push(...result.calls);
    }
    let choice: OriginChoice;
    try {
        choice = chooseOrigins(parts.distribution, behavior.inputs.targetOriginId, calls);
    } catch (error) {
        return withPolicy(behavior, functionFailure(request, String(error)));
    }
    const found = await findObject(forwarded, behavior, parts, choice);
    const { cachePolicy, originRequestPolicy } = behavior;
    const headers = originHeaders(found.answer.headers, cachePolicy, originRequestPolicy);
    const lengths = contentLength(request, found.answer);
    if (lengths !== undefined) {
        headers.set("content-length", lengths);
    }
    const answer: ViewerAnswer = { status: found.answer.status, headers, body: found.answer.body };
    return withPolicy(behavior, {
        answer: cachePolicy.maxSeconds === 0 ? answer : conditionalAnswer(forwarded, answer),
        cache: found.cache,
        xCache: xCacheOf[found.cache],
        ageSeconds: found.ageSeconds,
        originId: found.answer.originId,
    });
}

/** Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#RequestCustomHTTPMethods */
function refuse(request: EdgeRequest, behavior: Behavior): ViewerAnswer | undefined {
    if (!behavior.inputs.allowedMethods.includes(request.method)) {
        const reason =
            "This distribution is not configured to allow the HTTP request method that was used " +
            "for this request.";
        return errorPage(403, reason, request.id);
    }
    if (request.method === "GET" && request.body.length > 0) {
        return errorPage(403, "Bad request. A GET request has no body here.", request.id);
    }
    return undefined;
}

function runFunction(
    request: EdgeRequest,
    run: FunctionSandbox,
): { request: EdgeRequest; calls: readonly OriginCall[] } | EdgeExchange {
    const outcome = run(viewerRequestEvent(request));
    if (outcome.kind === "failed") {
        return functionFailure(request, outcome.message);
    }
    const result = readFunctionResult(request, outcome.value);
    switch (result.kind) {
        case "request":
            return { request: result.request, calls: outcome.calls };
        case "response":
            return generated(result.response, "pass", "FunctionGeneratedResponse from cloudfront");
        case "invalid": {
            const page = errorPage(502, `The function is invalid: ${result.message}.`, request.id);
            return generated(page, "error", "FunctionExecutionError from cloudfront");
        }
    }
}

/** Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-service-unavailable.html */
function functionFailure(request: EdgeRequest, message: string): EdgeExchange {
    const page = errorPage(503, `The CloudFront function failed: ${message}`, request.id);
    return generated(page, "error", "FunctionExecutionError from cloudfront");
}

function generated(answer: ViewerAnswer, cache: CacheStatus, xCache: string): EdgeExchange {
    return { answer, cache, xCache };
}

async function findObject(
    request: EdgeRequest,
    behavior: Behavior,
    parts: EdgeParts,
    choice: OriginChoice,
): Promise<ObjectAnswer> {
    const { cachePolicy, originRequestPolicy } = behavior;
    const isCached = ["GET", "HEAD"].includes(request.method) && cachePolicy.maxSeconds > 0;
    const headers = forwardedHeaders(request, cachePolicy, originRequestPolicy, isCached);
    const ask = async (
        conditions: readonly (readonly [string, string])[],
    ): Promise<OriginAnswer> => {
        const outcome = await sendWithFailover(parts.client, choice, {
            method: request.method,
            path: forwardedPath(request, cachePolicy, originRequestPolicy),
            headers: [...headers, ...conditions],
            body: request.body,
        });
        const answer = "cause" in outcome ? failurePage(outcome, request) : outcome;
        const isCompressed = isCached && behavior.inputs.compress === true;
        return isCompressed
            ? await compressed(answer, acceptedCodings(request, cachePolicy))
            : answer;
    };
    if (!["GET", "HEAD"].includes(request.method)) {
        const answer = await ask([]);
        return { answer, cache: answer.status >= 400 ? "error" : "pass" };
    }
    return await parts.cache({
        key: cacheKey(request, cachePolicy),
        method: request.method,
        limits: cachePolicy,
        errorCachingSeconds: (status) => errorCachingSeconds(parts.distribution, status),
        ask,
    });
}

/** An answer to HEAD has no body to count: the length is that of the kept object, or as told. */
function contentLength(request: EdgeRequest, answer: OriginAnswer): readonly string[] | undefined {
    if (request.method !== "HEAD") {
        return undefined;
    }
    return answer.body.length > 0
        ? [String(answer.body.length)]
        : answer.headers.get("content-length");
}

function failurePage(failure: OriginFailure, request: EdgeRequest): OriginAnswer {
    const [status, reason] = failures[failure.cause];
    return { ...errorPage(status, reason, request.id), originId: failure.originId };
}

function withPolicy(behavior: Behavior, exchange: EdgeExchange): EdgeExchange {
    const headers = new Map(exchange.answer.headers);
    behavior.responseHeadersPolicy(headers);
    return { ...exchange, answer: { ...exchange.answer, headers } };
}
