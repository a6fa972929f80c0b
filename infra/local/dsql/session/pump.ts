import type { Duplex } from "node:stream";
import type { Dialect } from "../dialect/plan";
import type { Failure } from "../failure";
import type { Faults } from "../faults";
import type { SharedDatabase } from "../shared-database";
import { encodeFailure } from "../wire/backend";
import type { Decoder } from "../wire/decoder";
import { encodeFlush, encodeTerminate } from "../wire/frontend";
import type { Message } from "../wire/message";
import { answer } from "./answers";
import { forward } from "./forward";
import type { Session, SessionLimits, Step } from "./state";
import { stepsOf } from "./steps";

const flush = encodeFlush();

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

/** A session between its two streams. */
export interface Connection extends SessionOptions {
    readonly session: Session;
    hasClientEnded: boolean;
}

/** Forwards as much of what the client sent as may be forwarded now. */
export function pump(connection: Connection): void {
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

export function readAhead(connection: Connection): void {
    const { session, clientDecoder } = connection;
    while (session.steps.length < maxStepsAhead && session.phase !== "closed") {
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
        session.destroy();
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
    if (step.kind === "terminate") {
        forward(session, step);
    } else if ("bytes" in step) {
        // PostgreSQL itself complains about anything but rows.
        session.toServer.append(step.bytes);
        if (step.kind === "rows" && step.isLast) {
            session.toServer.append(flush);
            session.phase = "draining";
        }
    }
}

/** Hands on what PostgreSQL has answered. */
export function drainServer(connection: Connection): void {
    const { session, client, server, serverDecoder, faults } = connection;
    for (;;) {
        const message = serverDecoder.next();
        if (message === undefined) {
            break;
        }
        if (faults.countMessage()) {
            session.destroy();
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
function fail({ session, client }: Connection, failure: Failure): void {
    session.toClient.append(encodeFailure(failure, "FATAL"));
    session.toClient.flush();
    client.end();
    session.destroy();
}
