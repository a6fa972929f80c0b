import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Caller } from "./caller";
import { type ContextVariables, commonLogTime } from "./context-variables";
import type { Route } from "./route";

/** A request as the stage received it. */
export interface GatewayRequest {
    readonly httpMethod: string;
    /** Without the stage, still percent-encoded. */
    readonly path: string;
    readonly queryString: string;
    /** In the order and the letter case in which they were sent. */
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: Buffer;
    readonly sourceIp: string;
    readonly protocol: string;
    readonly requestId: string;
    readonly extendedRequestId: string;
    readonly traceId: string;
    readonly receivedAt: Date;
}

/** The API and the stage that answer. */
export interface StageIdentity {
    readonly apiId: string;
    readonly region: string;
    readonly accountId: string;
    readonly stageName: string;
}

/** What makes an event of a request. */
export interface ProxyEventParts {
    readonly route: Route;
    readonly stage: StageIdentity;
    readonly binaryMediaTypes: readonly string[];
    /** Who signed the request, where the method asks for a signature. */
    readonly caller: Caller | undefined;
}

type Multiple = Record<string, string[]>;

// Headers of one hop only; they never reach the function.
const hopHeaders = new Set(
    [
        "connection content-length expect keep-alive proxy-authenticate proxy-authorization",
        "proxy-connection te trailer transfer-encoding upgrade",
    ].flatMap((line) => line.split(" ")),
);

// What the gateway has checked is nothing for the function to see.
const credentialHeaders = ["authorization", "x-amz-security-token"];

/**
 * The event of a Lambda proxy integration. Header names keep their letter case; of a repeated
 * header or query parameter the single-value map has the last value. Query parameters are
 * decoded, the path and its parameters are not.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function createProxyEvent(
    request: GatewayRequest,
    { route, stage, binaryMediaTypes, caller }: ProxyEventParts,
): APIGatewayProxyEvent {
    const headers = multipleHeaders(request, caller === undefined ? [] : credentialHeaders);
    const query = multipleQuery(request.queryString);
    const pathParameters = { ...route.pathParameters };
    const isBinary = matchesMediaType(headerValue(request, "content-type"), binaryMediaTypes);
    const isEmpty = request.body.length === 0;
    return {
        resource: route.resource.path,
        path: request.path,
        httpMethod: request.httpMethod,
        headers: lastValues(headers),
        multiValueHeaders: headers,
        queryStringParameters: nullIfEmpty(lastValues(query)),
        multiValueQueryStringParameters: nullIfEmpty(query),
        pathParameters: nullIfEmpty(pathParameters),
        stageVariables: null,
        requestContext: requestContext(request, route, stage, caller),
        body: isEmpty ? null : request.body.toString(isBinary ? "base64" : "utf8"),
        isBase64Encoded: !isEmpty && isBinary,
    };
}

/** The value of a request header; of a repeated one, the last. */
export function headerValue(request: GatewayRequest, name: string): string | undefined {
    return request.headers.findLast(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

/** The decoded query parameters, each with all its values. */
export function multipleQuery(queryString: string): Multiple {
    return collect([...new URLSearchParams(queryString)]);
}

/** Whether a media type is one of those that API Gateway treats as binary. */
export function matchesMediaType(
    value: string | undefined,
    mediaTypes: readonly string[],
): boolean {
    const mediaType = value?.split(";")[0]?.trim().toLowerCase();
    return mediaTypes.some(
        (pattern) =>
            pattern === "*/*" ||
            pattern === mediaType ||
            (pattern.endsWith("/*") && mediaType?.startsWith(pattern.slice(0, -1)) === true),
    );
}

/** The `$context` variables that are known when a request arrives. */
export function requestVariables(
    request: GatewayRequest,
    stage: StageIdentity,
    route: Route | undefined,
): ContextVariables {
    const domainName = `${stage.apiId}.execute-api.${stage.region}.amazonaws.com`;
    return {
        accountId: stage.accountId,
        apiId: stage.apiId,
        domainName,
        domainPrefix: stage.apiId,
        extendedRequestId: request.extendedRequestId,
        httpMethod: request.httpMethod,
        "identity.sourceIp": request.sourceIp,
        "identity.userAgent": headerValue(request, "user-agent") ?? "-",
        path: `/${stage.stageName}${request.path}`,
        protocol: request.protocol,
        requestId: request.requestId,
        requestTime: commonLogTime(request.receivedAt),
        requestTimeEpoch: String(request.receivedAt.getTime()),
        resourcePath: route?.resource.path ?? request.path,
        stage: stage.stageName,
        xrayTraceId: request.traceId,
    };
}

function requestContext(
    request: GatewayRequest,
    route: Route,
    stage: StageIdentity,
    caller: Caller | undefined,
): APIGatewayProxyEvent["requestContext"] {
    const variables = requestVariables(request, stage, route);
    return {
        accountId: stage.accountId,
        apiId: stage.apiId,
        authorizer: undefined,
        domainName: variables["domainName"],
        domainPrefix: stage.apiId,
        extendedRequestId: request.extendedRequestId,
        httpMethod: request.httpMethod,
        identity: {
            accessKey: caller?.accessKeyId ?? null,
            accountId: caller?.accountId ?? null,
            apiKey: null,
            apiKeyId: null,
            caller: caller?.userId ?? null,
            clientCert: null,
            cognitoAuthenticationProvider: null,
            cognitoAuthenticationType: null,
            cognitoIdentityId: null,
            cognitoIdentityPoolId: null,
            principalOrgId: null,
            sourceIp: request.sourceIp,
            user: caller?.userId ?? null,
            userAgent: headerValue(request, "user-agent") ?? null,
            userArn: caller?.userArn ?? null,
        },
        path: `/${stage.stageName}${request.path}`,
        protocol: request.protocol,
        requestId: request.requestId,
        requestTime: variables["requestTime"],
        requestTimeEpoch: request.receivedAt.getTime(),
        resourceId: "local",
        resourcePath: route.resource.path,
        stage: stage.stageName,
    };
}

/** API Gateway appends its peer to X-Forwarded-For, and says how the client reached it. */
function multipleHeaders(request: GatewayRequest, withheld: readonly string[]): Multiple {
    const headers: [string, string][] = [];
    const forwardedFor: string[] = [];
    for (const [name, value] of request.headers) {
        const lower = name.toLowerCase();
        if (lower === "x-forwarded-for") {
            forwardedFor.push(value);
        } else if (
            !hopHeaders.has(lower) &&
            !withheld.includes(lower) &&
            !/^x-forwarded-(port|proto)$/.test(lower)
        ) {
            headers.push([name, value]);
        }
    }
    return {
        ...collect(headers),
        "X-Amzn-Trace-Id": [request.traceId],
        "X-Forwarded-For": [[...forwardedFor, request.sourceIp].join(", ")],
        "X-Forwarded-Port": ["443"],
        "X-Forwarded-Proto": ["https"],
    };
}

/** A name may be `constructor` or `__proto__`, which a plain object would take for its own. */
function collect(pairs: readonly (readonly [string, string])[]): Multiple {
    const values = new Map<string, string[]>();
    for (const [name, value] of pairs) {
        values.set(name, [...(values.get(name) ?? []), value]);
    }
    return Object.fromEntries(values);
}

function lastValues(multiple: Multiple): Record<string, string> {
    return Object.fromEntries(
        Object.entries(multiple).map(([name, values]) => [name, values.at(-1) ?? ""]),
    );
}

function nullIfEmpty<T extends object>(value: T): T | null {
    return Object.keys(value).length === 0 ? null : value;
}
