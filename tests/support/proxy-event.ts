import type { APIGatewayProxyEvent, Context } from "aws-lambda";

/** What a test says about a request; the rest is what API Gateway always sends. */
export interface Call {
    readonly method?: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, string | string[]>>;
    readonly headers?: Readonly<Record<string, string>>;
    /** Text is sent as it is, anything else as JSON. */
    readonly body?: unknown;
    readonly isBase64Encoded?: boolean;
}

export const requestId = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";

/** The proxy event (payload format 1.0) of a call. */
export function proxyEvent(call: Call): APIGatewayProxyEvent {
    const query = Object.entries(call.query ?? {}).map(
        ([name, value]) => [name, [value].flat()] as const,
    );
    const hasQuery = query.length > 0;
    const event: Partial<APIGatewayProxyEvent> = {
        httpMethod: call.method ?? "GET",
        path: call.path,
        headers: { "Content-Type": "application/json", ...call.headers },
        multiValueHeaders: {},
        queryStringParameters: hasQuery
            ? Object.fromEntries(query.map(([name, values]) => [name, values.at(-1)]))
            : null,
        multiValueQueryStringParameters: hasQuery
            ? Object.fromEntries(query.map(([name, values]) => [name, [...values]]))
            : null,
        body:
            call.body === undefined || typeof call.body === "string"
                ? (call.body ?? null)
                : JSON.stringify(call.body),
        isBase64Encoded: call.isBase64Encoded ?? false,
        requestContext: { requestId } as APIGatewayProxyEvent["requestContext"],
    };
    return event as APIGatewayProxyEvent;
}

export const context = {
    awsRequestId: "lambda-request",
    getRemainingTimeInMillis: () => 15_000,
} as Context;
