import type { Socket } from "node:net";
import {
    readAuthentication,
    readBackendKey,
    readFailure,
    readParameterStatus,
    readTransactionStatus,
    type TransactionStatus,
} from "../../infra/local/dsql/wire/backend";
import { createDecoder } from "../../infra/local/dsql/wire/decoder";
import {
    encodeBind,
    encodeDescribe,
    encodeExecute,
    encodeParse,
    encodePassword,
    encodeQuery,
    encodeStartup,
    encodeSync,
    encodeTerminate,
} from "../../infra/local/dsql/wire/frontend";
import type { Message } from "../../infra/local/dsql/wire/message";
import { type Outcome, outcomeOf } from "./wire-outcome";
import { coded, openSocket, type SocketOptions, withinLimit } from "./wire-socket";

export interface WireOptions extends SocketOptions {
    readonly user: string;
    readonly password: string;
    /** `postgres` unless given. */
    readonly database?: string;
    readonly parameters?: Readonly<Record<string, string>>;
}

/** Every wait ends within 5 seconds, with an error that has the code ETIMEDOUT. */
export interface WireClient {
    simple(text: string): Promise<Outcome>;
    /** Parse, Bind, Describe, Execute and Sync, all unnamed; everything as text. */
    extended(text: string, parameters?: readonly (string | null)[]): Promise<Outcome>;
    send(...messages: Buffer[]): void;
    /** The next message; rejects with ECONNRESET once the server has closed and all are read. */
    receive(): Promise<Message>;
    /** Up to ReadyForQuery, or up to the error after which the server closed the connection. */
    untilReady(): Promise<readonly Message[]>;
    /** As the last ReadyForQuery said. */
    status(): TransactionStatus;
    /** As the server reported them last. */
    readonly parameters: ReadonlyMap<string, string>;
    readonly backendKey: { readonly processId: number; readonly secretKey: number };
    /** Says goodbye and waits for the end. */
    close(): Promise<void>;
    destroy(): void;
    readonly closed: Promise<void>;
}

const maxMessageBytes = 64 * 1024 * 1024;
const maxWaitingMessages = 100_000;

/**
 * Connects and logs in.
 * @throws Error with the `code` of the server's failure, with its `detail` and `hint`, or of the socket
 */
export async function connectWire(options: WireOptions): Promise<WireClient> {
    const socket = await openSocket(options);
    try {
        return await logIn(openClient(socket), options);
    } catch (error) {
        socket.destroy();
        throw error;
    }
}

type RawClient = Omit<WireClient, "backendKey">;

async function logIn(client: RawClient, options: WireOptions): Promise<WireClient> {
    const { user, database = "postgres" } = options;
    client.send(encodeStartup({ ...options.parameters, user, database }));
    let backendKey = { processId: 0, secretKey: 0 };
    for (;;) {
        const message = await client.receive();
        if (message.type === "E") {
            const { fields: _, ...failure } = readFailure(message);
            throw Object.assign(new Error(failure.message), failure);
        } else if (message.type === "R" && readAuthentication(message) === 3) {
            client.send(encodePassword(options.password));
        } else if (message.type === "R" && readAuthentication(message) !== 0) {
            throw coded(
                "EPROTO",
                "The server asks for a password in a way that is not known here.",
            );
        } else if (message.type === "K") {
            backendKey = readBackendKey(message);
        } else if (message.type === "Z") {
            return { ...client, backendKey };
        }
    }
}

function openClient(socket: Socket): RawClient {
    const decoder = createDecoder({ maxMessageBytes });
    const waiting: Message[] = [];
    const parameters = new Map<string, string>();
    let status: TransactionStatus = "I";
    let isClosed = false;
    let failure: Error = coded("ECONNRESET", "The server closed the connection.");
    const waiters = new Set<() => void>();
    const wake = (): void => {
        for (const waiter of waiters) {
            waiter();
        }
        waiters.clear();
    };

    const take = (message: Message): void => {
        waiting.push(message);
        if (message.type === "Z") {
            status = readTransactionStatus(message);
        } else if (message.type === "S") {
            const { name, value } = readParameterStatus(message);
            parameters.set(name, value);
        }
    };
    socket.on("data", (chunk: Buffer) => {
        try {
            decoder.push(chunk);
            for (let message = decoder.next(); message !== undefined; message = decoder.next()) {
                take(message);
            }
            if (waiting.length > maxWaitingMessages) {
                throw coded("EOVERFLOW", "The server answers more than the test reads.");
            }
        } catch (error) {
            socket.destroy(error as Error);
        }
        wake();
    });
    socket.on("error", (error) => {
        failure = error;
    });
    const closed = new Promise<void>((resolve) => {
        socket.once("close", () => {
            isClosed = true;
            wake();
            resolve();
        });
    });

    const receive = async (): Promise<Message> => {
        for (;;) {
            const message = waiting.shift();
            if (message !== undefined) {
                return message;
            }
            if (isClosed) {
                throw failure;
            }
            const woken = new Promise<void>((resolve) => waiters.add(resolve));
            await withinLimit(woken, "message");
        }
    };
    const untilReady = async (): Promise<readonly Message[]> => {
        const seen: Message[] = [];
        try {
            do {
                seen.push(await receive());
            } while (seen.at(-1)?.type !== "Z");
        } catch (error) {
            if (!isClosed || !seen.some(({ type }) => type === "E")) {
                throw error;
            }
        }
        return seen;
    };
    const send = (...messages: Buffer[]): void => void socket.write(Buffer.concat(messages));
    return {
        parameters,
        closed,
        send,
        receive,
        untilReady,
        status: () => status,
        async simple(text) {
            send(encodeQuery(text));
            return outcomeOf(await untilReady());
        },
        async extended(text, values = []) {
            send(...extendedBatch(text, values));
            return outcomeOf(await untilReady());
        },
        async close() {
            if (!socket.destroyed) {
                socket.end(encodeTerminate());
            }
            await withinLimit(closed, "end of the connection").finally(() => socket.destroy());
        },
        destroy: () => void socket.destroy(),
    };
}

function extendedBatch(text: string, parameters: readonly (string | null)[]): Buffer[] {
    return [
        encodeParse({ name: "", text, parameterTypes: [] }),
        encodeBind({
            portal: "",
            statement: "",
            parameterFormats: [],
            parameters: parameters.map((value) => (value === null ? null : Buffer.from(value))),
            resultFormats: [],
        }),
        encodeDescribe({ target: "portal", name: "" }),
        encodeExecute({ portal: "", maxRows: 0 }),
        encodeSync(),
    ];
}
