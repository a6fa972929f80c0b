import { createConnection, type Socket } from "node:net";
import * as path from "node:path";
import type { Failure } from "./failure";
import { hiddenStatements } from "./session/hidden";
import { maxMessageBytes } from "./session/session";
import { readAuthentication, readBackendKey, readFailure } from "./wire/backend";
import { createDecoder, type Decoder } from "./wire/decoder";
import { encodeStartup, encodeSync } from "./wire/frontend";
import type { Message } from "./wire/message";

/** A connection to PostgreSQL that is ready for its first statement. */
export interface ServerConnection {
    readonly socket: Socket;
    readonly decoder: Decoder;
    /** Identify the connection to PostgreSQL, as when a statement is to be cancelled. */
    readonly processId: number;
    readonly secretKey: number;
    /** The ParameterStatus messages that PostgreSQL sent. */
    readonly parameters: readonly Message[];
}

export interface ServerAddress {
    /** On 127.0.0.1. */
    readonly port: number;
    readonly database: string;
    /** Of its Unix socket, if it has one; then that is used. */
    readonly socketFolder?: string | undefined;
}

const connectTimeoutMilliseconds = 10_000;

/**
 * Connects as the database role. PostgreSQL trusts the front door, which has checked who it is.
 * @param parameters what the client asked for, such as its `application_name`
 * @throws FailedConnection with PostgreSQL's reason
 */
export async function connectServer(
    address: ServerAddress,
    user: string,
    parameters: Readonly<Record<string, string>>,
): Promise<ServerConnection> {
    const { port, socketFolder } = address;
    const socket = createConnection(
        socketFolder === undefined
            ? { host: "127.0.0.1", port, noDelay: true }
            : { path: path.join(socketFolder, `.s.PGSQL.${port}`) },
    );
    const decoder = createDecoder({ maxMessageBytes });
    // Between two listeners an error must not be unheard; "close" follows it.
    socket.on("error", () => undefined);
    const timer = setTimeout(
        () => socket.destroy(new Error("PostgreSQL did not answer in time.")),
        connectTimeoutMilliseconds,
    );
    try {
        socket.write(encodeStartup({ ...parameters, user, database: address.database }));
        const seen = await untilReady(socket, decoder);
        socket.write(Buffer.concat([...hiddenStatements, encodeSync()]));
        await untilReady(socket, decoder);
        const key = seen.find(({ type }) => type === "K");
        const { processId, secretKey } =
            key === undefined ? { processId: 0, secretKey: 0 } : readBackendKey(key);
        const parametersSeen = seen.filter(({ type }) => type === "S");
        return { socket, decoder, processId, secretKey, parameters: parametersSeen };
    } catch (error) {
        socket.destroy();
        throw error;
    } finally {
        clearTimeout(timer);
    }
}

/** PostgreSQL's refusal of a connection. */
export interface FailedConnection extends Error {
    readonly failure: Failure;
}

export function isFailedConnection(error: unknown): error is FailedConnection {
    return error instanceof Error && "failure" in error;
}

async function untilReady(socket: Socket, decoder: Decoder): Promise<readonly Message[]> {
    const seen: Message[] = [];
    return new Promise((resolve, reject) => {
        const settle = (finish: () => void): void => {
            socket.off("data", read);
            socket.off("error", fail);
            socket.off("close", lose);
            socket.pause();
            finish();
        };
        const fail = (error: Error): void => settle(() => reject(error));
        const lose = (): void => fail(new Error("PostgreSQL closed the connection."));
        const read = (chunk: Buffer): void => {
            decoder.push(chunk);
            for (let message = decoder.next(); message !== undefined; message = decoder.next()) {
                const outcome = judge(message);
                if (outcome !== undefined) {
                    fail(outcome);
                    return;
                }
                if (message.type === "Z") {
                    settle(() => resolve(seen));
                    return;
                }
                seen.push(message);
            }
        };
        socket.on("data", read);
        socket.on("error", fail);
        socket.on("close", lose);
        socket.resume();
    });
}

function judge(message: Message): Error | undefined {
    if (message.type === "E") {
        const failure = readFailure(message);
        return Object.assign(new Error(failure.message), { failure });
    }
    if (message.type === "R" && readAuthentication(message) !== 0) {
        return new Error("PostgreSQL asks for a password, though it should trust the front door.");
    }
    return undefined;
}
