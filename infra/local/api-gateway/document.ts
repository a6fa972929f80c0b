import { type BodyModel, createBodyModel } from "./body-model";
import { type GatewayResponses, readGatewayResponses } from "./gateway-response";

type Json = Readonly<Record<string, unknown>>;

/** A parameter that a request must carry; `path` parameters always do. */
export interface RequiredParameter {
    readonly place: "query" | "header";
    readonly name: string;
}

/** One method of a resource, ready to be called. */
export interface GatewayMethod {
    readonly invokeArn: string;
    /** 50-29000, API Gateway's own limit. */
    readonly timeoutMilliseconds: number;
    /** Whether only requests that IAM allows are answered: `AWS_IAM`. */
    readonly isSigned: boolean;
    readonly requiredParameters: readonly RequiredParameter[];
    /** By content type; undefined where no validator asks for the body to be checked. */
    readonly bodyModels: ReadonlyMap<string, BodyModel> | undefined;
}

/** A path of the API with its methods; `ANY` answers for those that are not named. */
export interface GatewayResource {
    readonly path: string;
    readonly methods: ReadonlyMap<string, GatewayMethod>;
}

/** An imported API definition. */
export interface GatewayApi {
    readonly resources: readonly GatewayResource[];
    readonly responses: GatewayResponses;
    readonly binaryMediaTypes: readonly string[];
    /** In bytes; undefined where the document does not say. */
    readonly minimumCompressionSizeBytes: number | undefined;
}

const anyMethodKey = "x-amazon-apigateway-any-method";
const httpMethods = ["get", "put", "post", "delete", "options", "head", "patch"];
const knownExtensions = new Set([
    "x-amazon-apigateway-request-validators",
    "x-amazon-apigateway-request-validator",
    "x-amazon-apigateway-gateway-responses",
    "x-amazon-apigateway-binary-media-types",
    "x-amazon-apigateway-minimum-compression-size",
    // About TLS and who may use the default endpoint, neither of which is imitated.
    "x-amazon-apigateway-security-policy",
    "x-amazon-apigateway-endpoint-access-mode",
]);
const integrationTimeoutMaxMilliseconds = 29_000;

/**
 * Reads an OpenAPI 3.0 document with API Gateway's extensions, as `RestApi.body` holds it.
 * Throws for what the local API Gateway does not imitate, such as authorizers or integrations
 * other than `aws_proxy`: running without them would be a different API.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export function readDocument(document: Json): GatewayApi {
    const version = document["openapi"];
    if (typeof version !== "string" || !version.startsWith("3.0")) {
        throw unsupported(
            `openapi ${JSON.stringify(version)}; write the document as OpenAPI 3.0.x`,
        );
    }
    refuseUnknown(document, "the document's root");
    const paths = Object.entries((document["paths"] ?? {}) as Json);
    return {
        resources: paths.map(([path, item]) => readResource(path, item as Json, document)),
        responses: readGatewayResponses(
            (document["x-amazon-apigateway-gateway-responses"] ?? {}) as Json,
        ),
        binaryMediaTypes: (document["x-amazon-apigateway-binary-media-types"] ?? []) as string[],
        minimumCompressionSizeBytes: document["x-amazon-apigateway-minimum-compression-size"] as
            | number
            | undefined,
    };
}

function readResource(path: string, item: Json, document: Json): GatewayResource {
    const methods = new Map<string, GatewayMethod>();
    for (const [key, operation] of Object.entries(item)) {
        if (httpMethods.includes(key)) {
            methods.set(key.toUpperCase(), readMethod(path, key, item, document));
        } else if (key === anyMethodKey) {
            methods.set("ANY", readMethod(path, key, item, document));
        } else if (key !== "parameters" || !Array.isArray(operation)) {
            throw unsupported(`"${key}" of path ${path}`);
        }
    }
    return { path, methods };
}

function readMethod(path: string, key: string, item: Json, document: Json): GatewayMethod {
    const operation = item[key] as Json;
    const place = `${key} ${path}`;
    const integration = (operation["x-amazon-apigateway-integration"] ?? {}) as Json;
    if (integration["type"] !== "aws_proxy" || integration["httpMethod"] !== "POST") {
        throw unsupported(
            `the integration of ${place}; its type must be "aws_proxy" and its httpMethod "POST"`,
        );
    }
    if (typeof integration["uri"] !== "string") {
        throw new Error(
            `The integration of ${place} has no uri; give it the invokeArn of a function.`,
        );
    }
    const validator = readValidator(operation, document);
    const parameters = [
        ...((item["parameters"] ?? []) as Json[]),
        ...((operation["parameters"] ?? []) as Json[]),
    ];
    return {
        invokeArn: integration["uri"],
        isSigned: readIsSigned(operation, document, place),
        timeoutMilliseconds: readTimeout(integration["timeoutInMillis"], place),
        requiredParameters: validator.parameters ? requiredParameters(parameters) : [],
        bodyModels: validator.body ? readBodyModels(operation, document) : undefined,
    };
}

/**
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html
 */
function readIsSigned(operation: Json, document: Json, place: string): boolean {
    const security = operation["security"];
    if (security === undefined && document["security"] === undefined) {
        return false;
    }
    const [requirement, ...others] = Array.isArray(security) ? (security as Json[]) : [];
    const [[name, scopes] = ["", []], ...more] = Object.entries(requirement ?? {});
    const components = (document["components"] ?? {}) as Readonly<Record<string, Json>>;
    const scheme = (components["securitySchemes"]?.[name] ?? {}) as Json;
    const isSignature =
        scheme["type"] === "apiKey" &&
        scheme["name"] === "Authorization" &&
        scheme["in"] === "header" &&
        scheme["x-amazon-apigateway-authtype"] === "awsSigv4";
    const isOnly = others.length + more.length === 0 && Array.isArray(scopes) && !scopes.length;
    if (!isSignature || !isOnly) {
        throw unsupported(
            `the security of ${place}; it must name one scheme without scopes, an apiKey in the ` +
                'header Authorization with x-amazon-apigateway-authtype "awsSigv4"',
        );
    }
    return true;
}

function readTimeout(value: unknown, place: string): number {
    const milliseconds = value ?? integrationTimeoutMaxMilliseconds;
    if (
        typeof milliseconds !== "number" ||
        milliseconds < 50 ||
        milliseconds > integrationTimeoutMaxMilliseconds
    ) {
        throw new Error(
            `timeoutInMillis of ${place} is ${JSON.stringify(value)}; it may be 50 to 29000.`,
        );
    }
    return milliseconds;
}

/** The operation's validator, or the document's; its name must be one that is defined. */
function readValidator(operation: Json, document: Json): { parameters: boolean; body: boolean } {
    const extension = "x-amazon-apigateway-request-validator";
    const name = operation[extension] ?? document[extension];
    if (name === undefined) {
        return { parameters: false, body: false };
    }
    const validators = (document[`${extension}s`] ?? {}) as Readonly<Record<string, Json>>;
    const validator = validators[String(name)];
    if (validator === undefined) {
        throw new Error(
            `The request validator "${name}" is not one of ${extension}s: ` +
                `${Object.keys(validators).join(", ") || "there are none"}.`,
        );
    }
    return {
        parameters: validator["validateRequestParameters"] === true,
        body: validator["validateRequestBody"] === true,
    };
}

function requiredParameters(parameters: readonly Json[]): RequiredParameter[] {
    return parameters.flatMap(({ name, in: place, required }) =>
        required === true && (place === "query" || place === "header")
            ? [{ place, name: String(name) }]
            : [],
    );
}

function readBodyModels(operation: Json, document: Json): ReadonlyMap<string, BodyModel> {
    const content = ((operation["requestBody"] as Json | undefined)?.["content"] ?? {}) as Json;
    const models = new Map<string, BodyModel>();
    for (const [contentType, media] of Object.entries(content)) {
        const schema = (media as Json)["schema"];
        if (schema !== undefined) {
            models.set(contentType.toLowerCase(), createBodyModel(schema as Json, document));
        }
    }
    return models;
}

function refuseUnknown(container: Json, place: string): void {
    for (const key of Object.keys(container)) {
        if (key.startsWith("x-amazon-apigateway-") && !knownExtensions.has(key)) {
            throw unsupported(`${key} at ${place}`);
        }
    }
}

function unsupported(what: string): Error {
    return new Error(
        `The local API Gateway does not imitate ${what}. ` +
            "Remove it, or add it to infra/local/api-gateway/document.ts.",
    );
}
