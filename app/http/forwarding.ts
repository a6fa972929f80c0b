import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { Neighbours } from "../replication/neighbours";

/** Which internal route answers for another cell's operations, by who answers them here. */
export const forwardingPaths = {
    catalog: "/internal/catalog",
    customers: "/internal/customers",
    orders: "/internal/orders",
} as const;

export type ForwardingFunction = keyof typeof forwardingPaths;

/** A public request on its way to the cell that keeps what it is about. */
interface Envelope {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, readonly string[]>>;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
    readonly isBase64Encoded: boolean;
    readonly requestId: string;
}

/** Who has to answer. */
export interface ForwardingTarget {
    readonly neighbours: Neighbours;
    readonly home: number;
    readonly functionName: ForwardingFunction;
    /** Whether it may be sent again when nobody knows what became of it. */
    readonly isRepeatable?: boolean;
}

/** Nothing else about a viewer concerns another cell. */
const forwardedHeaders = ["content-type", "idempotency-key", "if-match", "if-none-match"];

/** More than the home's own time for it, so that its answer is not cut off. */
const timeoutMilliseconds = 8_000;

/**
 * Lets another cell answer a request. The answer is passed on as it is; `x-cell` tells who gave it.
 * @throws fault cell_unreachable
 */
export async function forward(
    event: APIGatewayProxyEvent,
    requestId: string,
    target: ForwardingTarget,
): Promise<APIGatewayProxyResult> {
    const envelope: Envelope = {
        method: event.httpMethod,
        path: event.path,
        query: Object.fromEntries(
            Object.entries(event.multiValueQueryStringParameters ?? {}).map(([name, values]) => [
                name,
                values ?? [],
            ]),
        ),
        headers: Object.fromEntries(
            Object.entries(event.headers)
                .map(([name, value]) => [name.toLowerCase(), value] as const)
                .filter(
                    (header): header is [string, string] =>
                        forwardedHeaders.includes(header[0]) && header[1] !== undefined,
                ),
        ),
        body: event.body,
        isBase64Encoded: event.isBase64Encoded,
        requestId,
    };
    return send(envelope, target);
}

/**
 * Reads something at another cell, for an answer that this one makes of it.
 * @throws fault cell_unreachable
 */
export function readFrom(
    target: ForwardingTarget,
    path: string,
    requestId: string,
): Promise<APIGatewayProxyResult> {
    const nothing = { query: {}, headers: {}, body: null, isBase64Encoded: false };
    return send({ method: "GET", path, ...nothing, requestId }, target);
}

/** Headers with which a request that is sent twice is done once, or the second time refused. */
const guards = ["idempotency-key", "if-match"];

async function send(
    envelope: Envelope,
    { neighbours, home, functionName, isRepeatable = false }: ForwardingTarget,
): Promise<APIGatewayProxyResult> {
    const answer = await neighbours.call(home, {
        method: "POST",
        path: forwardingPaths[functionName],
        body: envelope,
        timeoutMilliseconds,
        isRepeatable:
            isRepeatable ||
            envelope.method === "GET" ||
            guards.some((name) => name in envelope.headers),
    });
    return { statusCode: answer.status, headers: passedOn(answer.headers), body: answer.body };
}

/** The request in an envelope, as if it had come from the viewer; undefined for any other event. */
export function openEnvelope(event: APIGatewayProxyEvent): APIGatewayProxyEvent | undefined {
    const isForwarding = Object.values<string>(forwardingPaths).includes(event.path);
    if (!isForwarding || event.httpMethod !== "POST") {
        return undefined;
    }
    const text = event.isBase64Encoded
        ? Buffer.from(event.body ?? "", "base64").toString()
        : (event.body ?? "");
    const { method, path, query, headers, body, isBase64Encoded, requestId }: Envelope =
        JSON.parse(text);
    return {
        ...event,
        httpMethod: method,
        path,
        headers: { ...headers },
        multiValueHeaders: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, [value]]),
        ),
        queryStringParameters: Object.fromEntries(
            Object.entries(query).map(([name, values]) => [name, values.at(-1)]),
        ),
        multiValueQueryStringParameters: Object.fromEntries(
            Object.entries(query).map(([name, values]) => [name, [...values]]),
        ),
        body,
        isBase64Encoded,
        requestContext: { ...event.requestContext, requestId },
    };
}

/** Those of the application; the others describe a connection that ends here. */
const answerHeaders: Readonly<Record<string, string>> = {
    "access-control-allow-origin": "Access-Control-Allow-Origin",
    "access-control-expose-headers": "Access-Control-Expose-Headers",
    allow: "Allow",
    "cache-control": "Cache-Control",
    "content-type": "Content-Type",
    etag: "ETag",
    "idempotent-replayed": "Idempotent-Replayed",
    location: "Location",
    "retry-after": "Retry-After",
    "set-cookie": "Set-Cookie",
    "x-cell": "x-cell",
    "x-request-id": "x-request-id",
};

function passedOn(headers: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(answerHeaders).flatMap(([name, written]) => {
            const value = headers[name];
            return value === undefined ? [] : [[written, value]];
        }),
    );
}
