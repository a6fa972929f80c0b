import type { FaultCode } from "../app/fault";
import { problemDocument, problemKinds } from "../app/http/problem";

type Json = Readonly<Record<string, unknown>>;

interface GatewayRefusal {
    readonly code: FaultCode;
    readonly detail: string;
}

/** What is said of a path that does not exist. */
export const noRouteDetail = "There is no such route. GET /openapi.json lists all that there are.";

// Fixed texts, because what API Gateway would say itself may quote the request, a bearer token
// included, and need not be safe inside JSON.
const badRequest = "The request lacks a required parameter or is malformed; see GET /openapi.json.";
const tooMany = "More requests arrived than the API accepts. Repeat this one shortly.";
const noAnswer = "The request was not answered in time. Repeat it shortly.";
const tooLarge = "The body is larger than 10 MB; the API accepts 256 KiB.";
const notJson = "Send the body as application/json.";
const notAllowed =
    "Only other cells of the shop may ask this, in requests that are rightly signed.";
// A function that ended in the middle, or of which too many run: nobody knows what was done by then.
const ended = "The request was not answered. Repeat it, with the Idempotency-Key that it had.";

// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
const gatewayRefusals: Readonly<Record<string, GatewayRefusal>> = {
    BAD_REQUEST_PARAMETERS: { code: "invalid_request", detail: badRequest },
    BAD_REQUEST_BODY: { code: "invalid_request", detail: badRequest },
    MISSING_AUTHENTICATION_TOKEN: { code: "route_not_found", detail: noRouteDetail },
    ACCESS_DENIED: { code: "forbidden", detail: notAllowed },
    EXPIRED_TOKEN: { code: "forbidden", detail: notAllowed },
    INVALID_SIGNATURE: { code: "forbidden", detail: notAllowed },
    RESOURCE_NOT_FOUND: { code: "route_not_found", detail: noRouteDetail },
    REQUEST_TOO_LARGE: { code: "body_too_large", detail: tooLarge },
    UNSUPPORTED_MEDIA_TYPE: { code: "unsupported_media_type", detail: notJson },
    THROTTLED: { code: "throttled", detail: tooMany },
    QUOTA_EXCEEDED: { code: "throttled", detail: tooMany },
    INTEGRATION_TIMEOUT: { code: "overloaded", detail: noAnswer },
    INTEGRATION_FAILURE: { code: "overloaded", detail: noAnswer },
    DEFAULT_4XX: { code: "invalid_request", detail: badRequest },
    DEFAULT_5XX: { code: "overloaded", detail: ended },
};

/**
 * `x-amazon-apigateway-gateway-responses`: what a client is told when the gateway itself refuses,
 * in the same form as the app's answers.
 */
export function gatewayResponses(cell: string): Json {
    const responses = Object.entries(gatewayRefusals).map(([type, { code, detail }]) => {
        const kind = problemKinds[code];
        const document = problemDocument({
            code,
            detail,
            requestId: "$context.requestId",
            errors: [],
        });
        return [
            type,
            {
                statusCode: kind.status,
                responseParameters: {
                    "gatewayresponse.header.Content-Type": "'application/problem+json'",
                    "gatewayresponse.header.Cache-Control": "'no-store'",
                    "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
                    "gatewayresponse.header.Access-Control-Expose-Headers":
                        "'Retry-After, x-cell, x-request-id'",
                    "gatewayresponse.header.x-request-id": "context.requestId",
                    "gatewayresponse.header.x-cell": `'${cell}'`,
                    ...(kind.retryAfterSeconds === undefined
                        ? {}
                        : {
                              "gatewayresponse.header.Retry-After": `'${kind.retryAfterSeconds}'`,
                          }),
                },
                responseTemplates: { "application/json": JSON.stringify(document) },
            },
        ];
    });
    return Object.fromEntries(responses);
}
