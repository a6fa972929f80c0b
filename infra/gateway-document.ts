import type { FaultCode } from "../app/fault";
import { contract } from "../app/http/contract";
import { problemDocument, problemKinds } from "../app/http/problem";
import type { ApiFunctionName } from "./functions";

type Json = Readonly<Record<string, unknown>>;

export interface GatewayDocumentArgs {
    /** The API's name, shown in the console. */
    title: string;
    cell: string;
    /** The invoke ARN of each function. */
    invokeArns: Readonly<Record<ApiFunctionName, string>>;
}

/**
 * The contract as API Gateway imports it: every operation, and every other method of its path,
 * goes to the function that the operation names. That function answers 405 and preflight
 * requests itself, because the gateway cannot tell which methods a path has.
 *
 * The gateway checks required parameters only. It could check bodies too, but names no place in
 * the body that a client could point at, so the app does that.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export function gatewayDocument(args: GatewayDocumentArgs): Json {
    const paths = Object.entries(contract.paths).map(([path, item]) => [
        path,
        gatewayPath(item as Json, args),
    ]);
    return {
        openapi: contract.openapi,
        info: { title: args.title, version: contract.info.version },
        paths: Object.fromEntries(paths),
        components: { schemas: gatewaySchema(contract.components.schemas) },
        "x-amazon-apigateway-request-validators": {
            parameters: { validateRequestParameters: true, validateRequestBody: false },
        },
        "x-amazon-apigateway-request-validator": "parameters",
        "x-amazon-apigateway-gateway-responses": gatewayResponses(args.cell),
    };
}

// A proxy integration's answer is passed through as it is; the import only wants some status here.
const answeredByFunction = { "200": { description: "Whatever the function answers." } };

function gatewayPath(item: Json, args: GatewayDocumentArgs): Json {
    const operations = Object.entries(item) as [string, Json][];
    const integrations = operations.map(([, operation]) => integration(operation, args));
    const anyMethod = {
        parameters: pathParameters(operations),
        responses: answeredByFunction,
        "x-amazon-apigateway-integration": integrations[0],
    };
    return {
        ...Object.fromEntries(
            operations.map(([method, operation], index) => [
                method,
                gatewayOperation(operation, integrations[index]),
            ]),
        ),
        "x-amazon-apigateway-any-method": anyMethod,
    };
}

function gatewayOperation(operation: Json, operationIntegration: unknown): Json {
    const { operationId, parameters, requestBody } = operation;
    return {
        operationId,
        ...(parameters === undefined ? {} : { parameters: gatewayParameters(parameters) }),
        ...(requestBody === undefined ? {} : { requestBody: gatewaySchema(requestBody, false) }),
        responses: answeredByFunction,
        "x-amazon-apigateway-integration": operationIntegration,
    };
}

function integration(operation: Json, args: GatewayDocumentArgs): Json {
    const functionName = operation["x-shop-function"] as ApiFunctionName;
    return {
        type: "aws_proxy",
        httpMethod: "POST",
        uri: args.invokeArns[functionName],
        timeoutInMillis: 29_000,
    };
}

/** The any-method has to declare the path's parameters too, as each method does. */
function pathParameters(operations: readonly [string, Json][]): unknown {
    const parameters = operations.flatMap(([, operation]) =>
        ((operation["parameters"] ?? []) as Json[]).filter(({ in: place }) => place === "path"),
    );
    const unique = new Map(parameters.map((parameter) => [parameter["name"], parameter]));
    return gatewayParameters([...unique.values()]);
}

/** API Gateway knows of a parameter only its name, place and type, and whether it is required. */
function gatewayParameters(parameters: unknown): unknown {
    return (parameters as Json[]).map(({ name, in: place, required }) => ({
        name,
        in: place,
        required: required ?? false,
        schema: { type: "string" },
    }));
}

const gatewaySchemaKeywords = new Set(
    [
        "$ref type properties required items enum minimum maximum exclusiveMinimum minLength".split(
            " ",
        ),
        "maxLength pattern minItems maxItems additionalProperties description content schema".split(
            " ",
        ),
    ].flat(),
);

/**
 * Keeps what API Gateway's draft-4 models understand; it drops or refuses the rest.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
function gatewaySchema(schema: unknown, isNameMap = true): unknown {
    if (Array.isArray(schema)) {
        return schema.map((item) => gatewaySchema(item, false));
    }
    if (typeof schema !== "object" || schema === null) {
        return schema;
    }
    const entries = Object.entries(schema).filter(
        ([key]) => isNameMap || gatewaySchemaKeywords.has(key),
    );
    return Object.fromEntries(
        entries.map(([key, value]) => [
            key,
            key === "enum" ? value : gatewaySchema(value, namesFollow(key, isNameMap)),
        ]),
    );
}

/** Below `properties` and `content` the keys are names that somebody chose, not keywords. */
function namesFollow(key: string, isNameMap: boolean): boolean {
    return !isNameMap && (key === "properties" || key === "content");
}

interface GatewayRefusal {
    readonly code: FaultCode;
    readonly detail: string;
}

// Fixed texts, because what API Gateway would say itself may quote the request, a bearer token
// included, and need not be safe inside JSON.
const badRequest = "The request lacks a required parameter or is malformed; see GET /openapi.json.";
export const noRouteDetail = "There is no such route. GET /openapi.json lists all that there are.";
const tooMany = "More requests arrived than the API accepts. Repeat this one shortly.";
const noAnswer = "The request was not answered in time. Repeat it shortly.";
const tooLarge = "The body is larger than 10 MB; the API accepts 256 KiB.";
const notJson = "Send the body as application/json.";
const broken = "The request failed. If it persists, report its request_id.";

// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
const gatewayRefusals: Readonly<Record<string, GatewayRefusal>> = {
    BAD_REQUEST_PARAMETERS: { code: "invalid_request", detail: badRequest },
    BAD_REQUEST_BODY: { code: "invalid_request", detail: badRequest },
    MISSING_AUTHENTICATION_TOKEN: { code: "route_not_found", detail: noRouteDetail },
    RESOURCE_NOT_FOUND: { code: "route_not_found", detail: noRouteDetail },
    REQUEST_TOO_LARGE: { code: "body_too_large", detail: tooLarge },
    UNSUPPORTED_MEDIA_TYPE: { code: "unsupported_media_type", detail: notJson },
    THROTTLED: { code: "throttled", detail: tooMany },
    QUOTA_EXCEEDED: { code: "throttled", detail: tooMany },
    INTEGRATION_TIMEOUT: { code: "overloaded", detail: noAnswer },
    INTEGRATION_FAILURE: { code: "overloaded", detail: noAnswer },
    DEFAULT_4XX: { code: "invalid_request", detail: badRequest },
    DEFAULT_5XX: { code: "internal", detail: broken },
};

/** What a client is told when the gateway itself refuses, in the same form as the app's answers. */
function gatewayResponses(cell: string): Json {
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
