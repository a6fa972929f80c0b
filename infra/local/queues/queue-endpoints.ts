import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerQueueRequest, type QueueRequestOptions } from "./queue-request";

/** Where SQS is found on this computer. */
export interface QueueEndpoints {
    /** Where functions of a Region find the SQS of every Region, for `AWS_ENDPOINT_URL_SQS`. */
    endpointUrl(region: string): Promise<string>;
    stop(): Promise<void>;
}

// A message of 1 MiB, each of whose bytes is written as \uXXXX.
const maxBodyBytes = 8 * 1024 * 1024;
const maxConnections = 1_000;

/** Makes endpoints: a server for each Region that requests come from, started when it is asked for. */
export function createQueueEndpoints(options: QueueRequestOptions): QueueEndpoints {
    const started = new Map<string, Promise<Endpoint>>();
    let isStopped = false;
    return {
        async endpointUrl(region) {
            const known = started.get(region);
            if (known === undefined && isStopped) {
                throw new Error(`The local SQS has stopped; nobody in ${region} reaches it.`);
            }
            const endpoint = known ?? startServer(region, options);
            started.set(region, endpoint);
            return (await endpoint).url;
        },
        async stop() {
            isStopped = true;
            const endpoints = await Promise.all(started.values());
            await Promise.all(endpoints.map(({ server }) => close(server)));
        },
    };
}

interface Endpoint {
    readonly server: Server;
    readonly url: string;
}

function close(server: Server): Promise<void> {
    return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
    });
}

async function startServer(region: string, options: QueueRequestOptions): Promise<Endpoint> {
    const server = createServer((request, response) => {
        void serve(request, response, region, options);
    });
    server.maxConnections = maxConnections;
    // Idle clients keep their connections; nothing here is worth closing them for.
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    return { server, url: `http://127.0.0.1:${port}` };
}

async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    sourceRegion: string,
    options: QueueRequestOptions,
): Promise<void> {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    try {
        const body = await readBody(request);
        if (body === undefined) {
            response.writeHead(413, { connection: "close" }).end();
            return;
        }
        const [path = "", query = ""] = (request.url ?? "/").split("?");
        const answer = await answerQueueRequest(
            { method: request.method ?? "", path, query, headers: headersOf(request), body },
            sourceRegion,
            gone.signal,
            options,
        );
        if (answer === undefined) {
            response.destroy();
            return;
        }
        response
            .writeHead(answer.status, {
                "content-type": "application/x-amz-json-1.0",
                "content-length": Buffer.byteLength(answer.body),
                "x-amzn-requestid": randomUUID(),
                ...answer.headers,
            })
            .end(answer.body);
    } catch {
        // Whoever asked has gone, or the way to the queue has been given up.
        response.destroy();
    }
}

/** Undefined for a body that is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Kept open, so that whoever sends too much can be told.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        bytes += chunk.length;
        if (bytes > maxBodyBytes) {
            return undefined;
        }
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
    return Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(",")]),
    );
}
