import { type ContextVariables, renderTemplate } from "./context-variables";

type Json = Readonly<Record<string, unknown>>;

/** Why API Gateway itself answers, where it does. */
export interface Refusal {
    readonly type: GatewayResponseType;
    readonly message: string;
    /** Where it is not the type's own: a malformed answer of a function is a 502. */
    readonly status?: number;
    /** `x-amzn-ErrorType`, likewise. */
    readonly errorType?: string;
    readonly validationError?: string;
}

export type GatewayResponseType = keyof typeof gatewayResponseTypes;

/** The responses that the document defines, by type. */
export type GatewayResponses = ReadonlyMap<string, GatewayResponseDefinition>;

interface GatewayResponseDefinition {
    readonly status: number | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly template: { readonly contentType: string; readonly text: string } | undefined;
}

export interface RenderedRefusal {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
}

/**
 * The types that the local API Gateway answers with: default status, and `x-amzn-ErrorType`.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const gatewayResponseTypes = {
    ACCESS_DENIED: [403, "AccessDeniedException"],
    API_CONFIGURATION_ERROR: [500, "InternalServerErrorException"],
    BAD_REQUEST_BODY: [400, "BadRequestException"],
    BAD_REQUEST_PARAMETERS: [400, "BadRequestException"],
    DEFAULT_5XX: [500, "InternalServerErrorException"],
    INVALID_SIGNATURE: [403, "InvalidSignatureException"],
    INTEGRATION_TIMEOUT: [504, "InternalServerErrorException"],
    MISSING_AUTHENTICATION_TOKEN: [403, "MissingAuthenticationTokenException"],
    REQUEST_TOO_LARGE: [413, "RequestTooLargeException"],
    THROTTLED: [429, "TooManyRequestsException"],
} as const satisfies Record<string, readonly [number, string]>;

/** Types that a document may define and that have no cause here. */
const otherTypes = [
    "AUTHORIZER_CONFIGURATION_ERROR AUTHORIZER_FAILURE DEFAULT_4XX EXPIRED_TOKEN",
    "INTEGRATION_FAILURE INVALID_API_KEY QUOTA_EXCEEDED RESOURCE_NOT_FOUND",
    "UNAUTHORIZED UNSUPPORTED_MEDIA_TYPE WAF_FILTERED",
].flatMap((line) => line.split(" "));

const headerPrefix = "gatewayresponse.header.";

/** Reads `x-amazon-apigateway-gateway-responses`; throws for a type that does not exist. */
export function readGatewayResponses(definitions: Json): GatewayResponses {
    const entries = Object.entries(definitions).map(([type, definition]) => {
        if (!(type in gatewayResponseTypes) && !otherTypes.includes(type)) {
            throw new Error(
                `"${type}" is not a gateway response type; it may be one of ` +
                    `${[...Object.keys(gatewayResponseTypes), ...otherTypes].sort().join(", ")}.`,
            );
        }
        return [type, readDefinition(type, definition as Json)] as const;
    });
    return new Map(entries);
}

function readDefinition(type: string, definition: Json): GatewayResponseDefinition {
    const parameters = (definition["responseParameters"] ?? {}) as Record<string, string>;
    for (const [target, source] of Object.entries(parameters)) {
        if (!target.startsWith(headerPrefix) || !/^('.*'|context\.[\w.]+)$/.test(source)) {
            throw new Error(
                `The response parameter "${target}": "${source}" of ${type} is not imitated; it ` +
                    `may set ${headerPrefix}NAME to 'text' or to context.NAME.`,
            );
        }
    }
    const templates = (definition["responseTemplates"] ?? {}) as Record<string, string>;
    const [template] = Object.entries(templates);
    const status = definition["statusCode"];
    return {
        status: status === undefined ? undefined : Number(status),
        headers: Object.fromEntries(
            Object.entries(parameters).map(([target, source]) => [
                target.slice(headerPrefix.length),
                source,
            ]),
        ),
        template:
            template === undefined ? undefined : { contentType: template[0], text: template[1] },
    };
}

/**
 * What the client gets. A type that the document does not define follows `DEFAULT_4XX` or
 * `DEFAULT_5XX`, including a status set there; without those it is API Gateway's own.
 */
export function renderRefusal(
    refusal: Refusal,
    responses: GatewayResponses,
    variables: ContextVariables,
): RenderedRefusal {
    const [defaultStatus, errorType] = gatewayResponseTypes[refusal.type];
    const ownStatus = refusal.status ?? defaultStatus;
    const definition =
        responses.get(refusal.type) ??
        responses.get(ownStatus < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
    const withError = { ...variables, ...errorVariables(refusal) };
    const template = definition?.template ?? {
        contentType: "application/json",
        text: '{"message":$context.error.messageString}',
    };
    const headers = Object.entries(definition?.headers ?? {}).map(([name, source]) => [
        name,
        source.startsWith("'")
            ? source.slice(1, -1)
            : (withError[source.slice("context.".length)] ?? ""),
    ]);
    const hasContentType = headers.some(([name]) => name?.toLowerCase() === "content-type");
    return {
        status: definition?.status ?? ownStatus,
        headers: {
            "x-amzn-ErrorType": refusal.errorType ?? errorType,
            ...(hasContentType ? {} : { "Content-Type": template.contentType }),
            ...Object.fromEntries(headers),
        },
        body: renderTemplate(template.text, withError, ""),
    };
}

/** The `$context.error` variables of a refusal. */
export function errorVariables(refusal: Refusal): ContextVariables {
    return {
        "error.message": refusal.message,
        "error.messageString": JSON.stringify(refusal.message),
        "error.responseType": refusal.type,
        ...(refusal.validationError === undefined
            ? {}
            : { "error.validationErrorString": refusal.validationError }),
    };
}
