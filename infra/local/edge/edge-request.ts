import type * as http from "node:http";

/** Header values by name in lower case. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/** A viewer's request at the edge. */
export interface EdgeRequest {
    readonly method: string;
    /** As it was sent, without the query string. */
    readonly path: string;
    /** As it was sent, without `?`. */
    readonly queryString: string;
    /** Without Cookie. */
    readonly headers: Headers;
    /** Pairs `name=value`. */
    readonly cookies: readonly string[];
    readonly body: Buffer;
    readonly viewerIp: string;
    /** Identifies the request: `x-amz-cf-id`. */
    readonly id: string;
}

/** CloudFront takes 20 GB; more than API Gateway's 10 MB is enough here, and is bounded. */
export const bodyMaxBytes = 16 * 1024 * 1024;

/** Reads a request; undefined where its body is larger than the edge takes. */
export async function readEdgeRequest(
    incoming: http.IncomingMessage,
    id: string,
): Promise<EdgeRequest | undefined> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes <= bodyMaxBytes) {
            chunks.push(chunk);
        }
    }
    if (bytes > bodyMaxBytes) {
        return undefined;
    }
    const [path = "/", ...queryParts] = (incoming.url ?? "/").split("?");
    const headers = headersOf(incoming.rawHeaders);
    const cookies = headers.get("cookie") ?? [];
    headers.delete("cookie");
    return {
        method: incoming.method ?? "GET",
        path,
        queryString: queryParts.join("?"),
        headers,
        cookies: cookies.flatMap((line) => line.split(";")).map((pair) => pair.trim()),
        body: Buffer.concat(chunks),
        viewerIp: viewerIp(incoming),
        id,
    };
}

/** Headers from Node's flat list of names and values. */
export function headersOf(rawHeaders: readonly string[]): Map<string, readonly string[]> {
    const headers = new Map<string, readonly string[]>();
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
        const name = (rawHeaders[index] ?? "").toLowerCase();
        headers.set(name, [...(headers.get(name) ?? []), rawHeaders[index + 1] ?? ""]);
    }
    return headers;
}

/** All values of a header as one; undefined where it is absent. */
export function headerText(headers: Headers, name: string): string | undefined {
    return headers.get(name)?.join(", ");
}

/** `x-viewer-cell` as `X-Viewer-Cell`, which is how CloudFront writes header names. */
export function capitalised(name: string): string {
    return name.replace(/(^|-)([a-z])/g, (text) => text.toUpperCase());
}

/** The pairs of a query string, as they were sent. */
export function queryPairs(queryString: string): { name: string; value: string | undefined }[] {
    return queryString
        .split("&")
        .filter((pair) => pair !== "")
        .map((pair) => {
            const [name = "", ...value] = pair.split("=");
            return { name, value: value.length === 0 ? undefined : value.join("=") };
        });
}

function viewerIp(incoming: http.IncomingMessage): string {
    return (incoming.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
}
