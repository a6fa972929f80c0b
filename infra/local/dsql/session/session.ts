import type { Duplex } from "node:stream";
import type { Dialect } from "../dialect/plan";
import type { Failure } from "../failure";
import type { Faults } from "../faults";
import type { SharedDatabase } from "../shared-database";
import { encodeFailure } from "../wire/backend";
import type { Decoder } from "../wire/decoder";
import { encodeTerminate } from "../wire/frontend";
import type { Message } from "../wire/message";
import { answer } from "./answers";
import { forward } from "./forward";
import { createOutbox } from "./outbox";
import type { Session, SessionLimits, Step } from "./state";
import { stepsOf } from "./steps";
import { endTransaction } from "./transaction";

/** Longer messages are refused: a transaction may write 10 MiB. */
export const maxMessageBytes = 33_554_432;

export interface SessionOptions {
    readonly client: Duplex;
    /** What the client has sent after its password. */
    readonly clientDecoder: Decoder;
    readonly server: Duplex;
    readonly serverDecoder: Decoder;
    readonly serverProcessId: number;
    readonly database: SharedDatabase;
    readonly dialect: Dialect;
    readonly faults: Faults;
    readonly limits: SessionLimits;
    readonly commitMilliseconds: () => number;
    readonly onClose: () => void;
}

let lastId = 0;

/** Joins an authenticated client with its connection to PostgreSQL until one of them ends. */
export function openSession(options: SessionOptions): Session {
    const session = createSession(options);
    const { client, server, clientDecoder, serverDecoder } = options;
    const connection: Connection = { ...options, session, hasClientEnded: false };
    session.resume = () => pump(connection);
    session.readAhead = () => readAhead(connection);
    session.destroy = () => close(connection);
    client.on("data", (chunk: Buffer) => {
        clientDecoder.push(chunk);
        pump(connection);
    });
    server.on("data", (chunk: Buffer) => {
        serverDecoder.push(chunk);
        drainServer(connection);
    });
    client.on("drain", () => server.resume());
    server.on("drain", () => pump(connection));
    client.on("end", () => {
        connection.hasClientEnded = true;
        pump(connection);
    });
    for (const stream of [client, server]) {
        // "close" follows and ends the session.
        stream.on("error", () => undefined);
        stream.on("close", () => close(connection));
    }
    server.on("end", () => {
        client.end();
        close(connection);
    });
    options.database.sessions.add(session);
    client.resume();
    server.resume();
    pump(connection);
    return session;
}

interface Connection extends SessionOptions {
    readonly session: Session;
    hasClientEnded: boolean;
}

function createSession(options: SessionOptions): Session {
    lastId += 1;
    return {
        id: lastId,
        database: options.database,
        dialect: options.dialect,
        faults: options.faults,
        limits: options.limits,
        commitMilliseconds: options.commitMilliseconds,
        serverProcessId: options.serverProcessId,
        toServer: createOutbox(options.server),
        toClient: createOutbox(options.client),
        phase: "accepting",
        status: "I",
        isSkipping: false,
        expectations: [],
        steps: [],
        exchange: [],
        exchangeLength: 0,
        exchangeBytes: 0,
        prepared: new Map(),
        preparing: new Map(),
        portals: new Map(),
        transaction: undefined,
        hasFailed: false,
        seenCatalogVersion: options.database.catalogVersion,
        hidden: undefined,
        whenDrained: undefined,
        isMute: false,
        syncsLeft: 0,
        isWhole: false,
        readAhead: () => undefined,
        askedAt: 0,
        resume: () => undefined,
        destroy: () => undefined,
    };
}

/** Forwards as much of what the client sent as may be forwarded now. */
function pump(connection: Connection): void {
    const { session, client, server, clientDecoder } = connection;
    while (session.phase === "accepting" || session.phase === "copying") {
        if (server.writableNeedDrain) {
            client.pause();
            break;
        }
        const step = session.steps.shift();
        if (step !== undefined) {
            if (session.phase === "copying") {
                forwardRows(session, step);
            } else if (!session.isSkipping || step.kind === "sync" || step.kind === "terminate") {
                forward(session, step);
            }
            continue;
        }
        const message = nextMessage(connection, clientDecoder);
        if (message === undefined) {
            break;
        }
        accept(connection, message);
    }
    session.toServer.flush();
    if (session.phase === "closed") {
        server.end();
        return;
    }
    if (session.expectations.length > 0) {
        session.database.watch(session);
    }
    regulate(connection);
}

/** Stops reading from a client that is ahead, and lets one that has ended go. */
function regulate(connection: Connection): void {
    const { session, client, server, clientDecoder } = connection;
    const isWaiting = session.phase === "accepting" || session.phase === "copying";
    if (isWaiting && !server.writableNeedDrain) {
        client.resume();
        if (
            connection.hasClientEnded &&
            session.steps.length === 0 &&
            session.expectations.length === 0
        ) {
            server.end(encodeTerminate());
        }
    } else if (clientDecoder.bufferedBytes > 65_536) {
        client.pause();
    }
}

/** What a client may have sent of one transaction without being slowed down. */
const maxStepsAhead = 2_000;

function readAhead(connection: Connection): void {
    const { session, clientDecoder } = connection;
    while (session.steps.length < maxStepsAhead) {
        const message = nextMessage(connection, clientDecoder);
        if (message === undefined) {
            return;
        }
        accept(connection, message);
    }
}

function nextMessage(connection: Connection, decoder: Decoder): Message | undefined {
    try {
        return decoder.next();
    } catch (error) {
        fail(connection, {
            code: "08P01",
            message: error instanceof Error ? error.message : String(error),
        });
        return undefined;
    }
}

function accept(connection: Connection, message: Message): void {
    const { session } = connection;
    if (session.faults.countMessage()) {
        close(connection);
        return;
    }
    try {
        const steps = stepsOf(message, session.dialect) ?? [];
        session.steps.push(...steps);
    } catch (error) {
        fail(connection, {
            code: "08P01",
            message: error instanceof Error ? error.message : String(error),
        });
    }
}

/**
 * While PostgreSQL takes in rows, it ignores a Sync or a Flush.
 * Source: https://www.postgresql.org/docs/16/protocol-flow.html#PROTOCOL-COPY
 */
function forwardRows(session: Session, step: Step): void {
    if (step.kind === "rows") {
        session.toServer.append(step.bytes);
        session.phase = step.isLast ? "draining" : "copying";
    } else if (step.kind === "terminate") {
        forward(session, step);
    }
}

function drainServer(connection: Connection): void {
    const { session, client, server, serverDecoder, faults } = connection;
    for (;;) {
        const message = serverDecoder.next();
        if (message === undefined) {
            break;
        }
        if (faults.countMessage()) {
            close(connection);
            return;
        }
        answer(session, message);
        if (session.phase === "closed") {
            return;
        }
    }
    if (!session.toClient.flush()) {
        server.pause();
    }
    session.toServer.flush();
    if (client.writableNeedDrain) {
        server.pause();
    }
}

/** Tells the client why its connection ends, and ends it. */
function fail(connection: Connection, failure: Failure): void {
    connection.session.toClient.append(encodeFailure(failure, "FATAL"));
    connection.session.toClient.flush();
    connection.client.end();
    close(connection);
}

function close(connection: Connection): void {
    const { session, client, server, database } = connection;
    if (!database.sessions.has(session)) {
        return;
    }
    session.phase = "closed";
    database.sessions.delete(session);
    database.holders.delete(session);
    if (session.transaction !== undefined) {
        endTransaction(session.transaction, false);
    }
    server.destroy();
    // What was handed to the client before may still be on its way.
    if (client.writableEnded) {
        setTimeout(() => client.destroy(), 1_000).unref();
    } else {
        client.destroy();
    }
    connection.onClose();
}
