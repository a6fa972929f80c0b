import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LocalCredentials } from "../credentials";
import { answerStoreRequest, type StoreRequestOptions } from "./store-request";

/** Where the data plane is found on this computer. */
export interface StoreEndpoint {
    /** For `AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE`; one for all Regions, as on AWS. */
    url(): Promise<string>;
    /** What a principal needs to use the data plane. */
    accessOf(principalArn: string): Promise<OperatorAccess>;
    stop(): Promise<void>;
}

/** What somebody outside the local cloud needs to change its KeyValueStores; holds a secret. */
export interface OperatorAccess {
    readonly endpointUrl: string;
    readonly storeArns: readonly string[];
    readonly credentials: LocalCredentials;
}

// An update's 3 MB, each of whose bytes is written as \uXXXX.
const maxBodyBytes = 20 * 1024 * 1024;

/** Makes an endpoint, whose server is started when it is asked for. */
export function createStoreEndpoint(options: StoreRequestOptions): StoreEndpoint {
    let started: Promise<Server> | undefined;
    const url = async (): Promise<string> => {
        started ??= startServer(options);
        const { port } = (await started).address() as AddressInfo;
        return `http://127.0.0.1:${port}`;
    };
    return {
        url,
        accessOf: async (principalArn) => ({
            endpointUrl: await url(),
            storeArns: options.stores.arns(),
            credentials: options.credentials.issue(principalArn),
        }),
        async stop() {
            const server = await started;
            await new Promise<void>((resolve) => {
                server === undefined ? resolve() : server.close(() => resolve());
                server?.closeAllConnections();
            });
        },
    };
}

async function startServer(options: StoreRequestOptions): Promise<Server> {
    const server = createServer((request, response) => {
        // Whoever asked has gone, or has sent too much.
        serve(request, response, options).catch(() => response.destroy());
    });
    server.maxConnections = 200;
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    return server;
}

async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    options: StoreRequestOptions,
): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const body = await readAll(request);
    // A black hole, not a refusal: whoever asks waits as long as it likes.
    await options.stores.untilReachable(gone.signal);
    const [path = "", query = ""] = (request.url ?? "/").split("?");
    const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, [value ?? ""].flat().join()]),
    );
    const answer = answerStoreRequest(
        { method: request.method ?? "", path, query, headers, body },
        options,
    );
    response
        .writeHead(answer.status, {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(answer.body),
            "x-amzn-requestid": randomUUID(),
            ...answer.headers,
        })
        .end(answer.body);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxBodyBytes) {
            throw new Error(`More than ${maxBodyBytes} bytes cannot pass.`);
        }
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}
