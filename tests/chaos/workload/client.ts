import * as http from "node:http";
import type { Action, Answer, History, Invocation, Operation } from "../history";

/** A request over HTTP. */
export interface Call {
    readonly method: "GET" | "POST" | "PATCH";
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
}

/** What came back, or why nothing did. */
type Reply =
    | { readonly status: number; readonly headers: http.IncomingHttpHeaders; readonly text: string }
    | { readonly failure: string };

/** An operation and the answer's parts that only the client needs. */
export interface Performed {
    readonly operation: Operation;
    readonly entityTag?: string;
}

/** Sends requests and keeps what became of them. */
export interface Client {
    /** Never throws for what the shop does; it throws when the history is full. */
    perform(invocation: Invocation, call: Call): Promise<Performed>;
    close(): void;
}

export interface ClientOptions {
    readonly history: History;
    /** The viewer's URL of a cell. */
    readonly urlOf: (cell: string) => string;
    /** How long a client waits before it gives up. */
    readonly timeoutMilliseconds: number;
}

/** Makes a client with connections of its own, of which it keeps a few. */
export function createClient({ history, urlOf, timeoutMilliseconds }: ClientOptions): Client {
    const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 8 });
    return {
        async perform(invocation, call) {
            const headers = {
                ...call.headers,
                ...(invocation.key === undefined ? {} : { "idempotency-key": invocation.key }),
            };
            const end = history.begin(invocation);
            const url = urlOf(invocation.cell);
            const reply = await send(url, { ...call, headers }, agent, timeoutMilliseconds);
            if ("failure" in reply) {
                return { operation: end(reply) };
            }
            const entityTag = reply.headers.etag;
            return {
                operation: end(readAnswer(invocation.action, reply)),
                ...(entityTag === undefined ? {} : { entityTag }),
            };
        },
        close: () => agent.destroy(),
    };
}

function send(
    url: string,
    call: Call,
    agent: http.Agent,
    timeoutMilliseconds: number,
): Promise<Reply> {
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const described =
        body === undefined
            ? {}
            : {
                  "content-type": "application/json",
                  "content-length": String(Buffer.byteLength(body)),
              };
    return new Promise((resolve) => {
        const fail = ({ message }: Error): void => resolve({ failure: message });
        const request = http.request(
            `${url}${call.path}`,
            { agent, method: call.method, headers: { ...call.headers, ...described } },
            (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", fail);
                response.on("end", () =>
                    resolve({
                        status: response.statusCode ?? 0,
                        headers: response.headers,
                        text: Buffer.concat(chunks).toString("utf8"),
                    }),
                );
            },
        );
        // From the first byte to the last, unlike the time-out of a silent socket.
        const timer = setTimeout(
            () => request.destroy(new Error(`No answer in ${timeoutMilliseconds} ms.`)),
            timeoutMilliseconds,
        );
        request.on("error", fail);
        request.on("close", () => clearTimeout(timer));
        request.end(body);
    });
}

/** The names of ids in answers, by what was asked. */
const idNames: Readonly<Record<Action["kind"], string>> = {
    createProduct: "product_id",
    updateProduct: "product_id",
    readProduct: "product_id",
    readStock: "product_id",
    receiveStock: "movement_id",
    createCustomer: "customer_id",
    readCustomer: "customer_id",
    placeOrder: "order_id",
    readOrder: "order_id",
    cancelOrder: "order_id",
};

/** Keeps of an answer what the checkers need. */
export function readAnswer(
    { kind }: Action,
    reply: {
        readonly status: number;
        readonly headers: http.IncomingHttpHeaders;
        readonly text: string;
    },
): Answer {
    const { status, headers } = reply;
    const body = readBody(reply.text, headers["content-type"]);
    const servedBy = headers["x-cell"];
    const common: Answer = {
        status,
        ...(typeof servedBy === "string" ? { servedBy } : {}),
        ...(headers["idempotent-replayed"] === "true" ? { isReplay: true } : {}),
        ...(/^Hit/.test(String(headers["x-cache"] ?? "")) ? { isCached: true } : {}),
    };
    if (status >= 400) {
        const { code, retryable } = body;
        return {
            ...common,
            ...(typeof code === "string" ? { code } : {}),
            ...(typeof retryable === "boolean" ? { isRetryable: retryable } : {}),
        };
    }
    const { version } = body;
    const resourceId = body[idNames[kind]];
    return {
        ...common,
        ...(typeof resourceId === "string" ? { resourceId } : {}),
        ...(typeof version === "number" ? { version } : {}),
        ...("order_id" in body
            ? { orderStatus: String(body["status"]), fingerprint: fingerprintOf(body) }
            : {}),
    };
}

/** What of an order stays as it was when it was placed. */
function fingerprintOf(body: Readonly<Record<string, unknown>>): string {
    const { order_id, customer_id, currency, total_amount, items, home, created_at } = body;
    return JSON.stringify([order_id, customer_id, currency, total_amount, items, home, created_at]);
}

function readBody(text: string, type: string | undefined): Readonly<Record<string, unknown>> {
    if (!/json/.test(type ?? "")) {
        return {};
    }
    try {
        const body: unknown = JSON.parse(text);
        return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
    } catch {
        return {};
    }
}
