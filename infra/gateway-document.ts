import { contract } from "../app/http/contract";
import type { ApiFunctionName } from "./functions";
import { gatewayResponses } from "./gateway-responses";
import { type InternalRoute, internalRoutes } from "./internal-routes";

type Json = Readonly<Record<string, unknown>>;

export interface GatewayDocumentArgs {
    /** The API's name; importing the document gives the API this one. */
    title: string;
    cell: string;
    /** The invoke ARN of each function. */
    invokeArns: Readonly<Record<ApiFunctionName, string>>;
}

/** What the API itself has too, so that neither the API nor its document resets the other's. */
export const apiProperties = {
    // CloudFront may speak TLS 1.2 to an origin, so the policy has to accept it. The default of a
    // Regional API would be TLS 1.0.
    // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
    securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    endpointAccessMode: "BASIC",
    // The API compresses by itself, because the edge does not compress what it may not cache.
    minimumCompressionBytes: 1024,
} as const;

/**
 * The contract as API Gateway imports it: every operation, and every other method of its path,
 * goes to the function that the operation names. That function answers 405 and preflight
 * requests itself, because the gateway cannot tell which methods a path has. The internal routes
 * come on top; the gateway answers for their other methods, and for requests that are not signed.
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
        paths: Object.fromEntries([
            ...paths,
            ...internalRoutes.map((route) => [route.path, internalPath(route, args)]),
        ]),
        components: {
            schemas: gatewaySchema(contract.components.schemas),
            securitySchemes: { [signed]: signatureVersion4 },
        },
        "x-amazon-apigateway-security-policy": apiProperties.securityPolicy,
        "x-amazon-apigateway-endpoint-access-mode": apiProperties.endpointAccessMode,
        "x-amazon-apigateway-minimum-compression-size": apiProperties.minimumCompressionBytes,
        "x-amazon-apigateway-request-validators": {
            parameters: { validateRequestParameters: true, validateRequestBody: false },
        },
        "x-amazon-apigateway-request-validator": "parameters",
        "x-amazon-apigateway-gateway-responses": gatewayResponses(args.cell),
    };
}

// A proxy integration's answer is passed through as it is; the import only wants some status here.
const answeredByFunction = { "200": { description: "Whatever the function answers." } };

const signed = "sigv4";

// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html
const signatureVersion4 = {
    type: "apiKey",
    name: "Authorization",
    in: "header",
    "x-amazon-apigateway-authtype": "awsSigv4",
};

function internalPath({ method, functionName }: InternalRoute, args: GatewayDocumentArgs): Json {
    return {
        [method]: {
            security: [{ [signed]: [] }],
            responses: answeredByFunction,
            "x-amazon-apigateway-integration": integration(functionName, args),
        },
    };
}

function gatewayPath(item: Json, args: GatewayDocumentArgs): Json {
    const operations = Object.entries(item) as [string, Json][];
    const integrations = operations.map(([, operation]) =>
        integration(operation["x-shop-function"] as ApiFunctionName, args),
    );
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

function integration(functionName: ApiFunctionName, args: GatewayDocumentArgs): Json {
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
