import { randomBytes, randomUUID } from "node:crypto";
import type * as http from "node:http";
import type { GatewayRequest } from "./proxy-event";

/** The request line and the headers together, in bytes. */
export const headersMaxBytes = 10_240;

/**
 * Reads a request to a stage. Undefined where its body is larger than allowed; what is left of
 * the body is then thrown away, because a client reads no answer before it has sent its request.
 *
 * @param path Without the stage.
 */
export async function readRequest(
    incoming: http.IncomingMessage,
    path: string,
    bodyMaxBytes: number,
): Promise<{ request: GatewayRequest; isBodyTooLarge: boolean }> {
    const receivedAt = new Date();
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes <= bodyMaxBytes) {
            chunks.push(chunk);
        }
    }
    const isBodyTooLarge = bytes > bodyMaxBytes;
    const [pathOnly = "/", ...queryParts] = path.split("?");
    const epochSeconds = Math.floor(receivedAt.getTime() / 1000).toString(16);
    return {
        isBodyTooLarge,
        request: {
            httpMethod: incoming.method ?? "GET",
            path: pathOnly === "" ? "/" : pathOnly,
            queryString: queryParts.join("?"),
            headers: rawHeaders(incoming),
            body: isBodyTooLarge ? Buffer.alloc(0) : Buffer.concat(chunks),
            sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
            protocol: `HTTP/${incoming.httpVersion}`,
            requestId: randomUUID(),
            extendedRequestId: `${randomBytes(11).toString("base64url")}=`,
            traceId: `Root=1-${epochSeconds}-${randomBytes(12).toString("hex")}`,
            receivedAt,
        },
    };
}

/** The size that API Gateway limits: the request line and all headers. */
export function headersBytes(incoming: http.IncomingMessage): number {
    const requestLine = `${incoming.method} ${incoming.url} HTTP/${incoming.httpVersion}`;
    const headers = rawHeaders(incoming).map(([name, value]) => `${name}: ${value}`);
    return [requestLine, ...headers].reduce((sum, line) => sum + Buffer.byteLength(line) + 2, 0);
}

function rawHeaders(incoming: http.IncomingMessage): [string, string][] {
    const headers: [string, string][] = [];
    for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
        headers.push([incoming.rawHeaders[index] ?? "", incoming.rawHeaders[index + 1] ?? ""]);
    }
    return headers;
}
