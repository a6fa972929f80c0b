import type * as http from "node:http";
import { promisify } from "node:util";
import * as zlib from "node:zlib";

/** An answer of the gateway, ready to be sent. */
export interface GatewayAnswer {
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: Buffer;
}

const gzip = promisify(zlib.gzip);
const deflate = promisify(zlib.deflate);

/**
 * Compresses a body that is large enough, as `minimumCompressionSize` says, for a client that
 * accepts gzip or deflate. One that the function encoded is left alone.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html
 */
export async function compressAnswer(
    answer: GatewayAnswer,
    acceptEncoding: string | undefined,
    minimumBytes: number | undefined,
): Promise<GatewayAnswer> {
    const encoding = /\bgzip\b/.test(acceptEncoding ?? "")
        ? "gzip"
        : /\bdeflate\b/.test(acceptEncoding ?? "")
          ? "deflate"
          : undefined;
    const isEncoded = answer.headers.some(([name]) => name.toLowerCase() === "content-encoding");
    if (
        encoding === undefined ||
        minimumBytes === undefined ||
        answer.body.length === 0 ||
        answer.body.length < minimumBytes ||
        isEncoded
    ) {
        return answer;
    }
    const body = await (encoding === "gzip" ? gzip(answer.body) : deflate(answer.body));
    return { ...answer, headers: [...answer.headers, ["Content-Encoding", encoding]], body };
}

/** Sends an answer; one to HEAD has the headers of the body and no body. */
export async function sendAnswer(
    outgoing: http.ServerResponse,
    answer: GatewayAnswer,
    httpMethod: string,
): Promise<void> {
    const hasBody = answer.status !== 204 && answer.status !== 304;
    for (const [name, value] of answer.headers) {
        outgoing.appendHeader(name, value);
    }
    if (hasBody) {
        outgoing.setHeader("Content-Length", answer.body.length);
    }
    outgoing.statusCode = answer.status;
    await new Promise<void>((resolve) => {
        outgoing.once("close", resolve);
        outgoing.end(hasBody && httpMethod !== "HEAD" ? answer.body : undefined);
    });
}
