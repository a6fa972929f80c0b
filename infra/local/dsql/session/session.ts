import { createOutbox } from "./outbox";
import { type Connection, drainServer, pump, readAhead, type SessionOptions } from "./pump";
import type { Session } from "./state";
import { endTransaction } from "./transaction";

/** Longer messages are refused: a transaction may write 10 MiB. */
export const maxMessageBytes = 33_554_432;

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
        afterCopy: [],
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
