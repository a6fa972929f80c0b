import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { crowded, judge } from "./admission";
import type { Cluster, Clusters } from "./clusters";
import type { Dialect } from "./dialect/plan";
import type { Failure } from "./failure";
import { readFirstPacket, readMessage } from "./first-packet";
import type { FrontDoorOptions, Limits } from "./front-door";
import { serverNameMissing, tokenMissing } from "./identity/connection-failures";
import { delayStream } from "./latency";
import { maxMessageBytes, openSession } from "./session/session";
import { connectServer, isFailedConnection, type ServerConnection } from "./upstream";
import {
    encodeAuthenticationCleartextPassword,
    encodeAuthenticationOk,
    encodeBackendKey,
    encodeFailure,
    encodeNegotiateProtocolVersion,
    encodeParameterStatus,
    encodeReadyForQuery,
    readParameterStatus,
} from "./wire/backend";
import { createDecoder, type Decoder } from "./wire/decoder";
import { readPassword } from "./wire/frontend";

export interface WelcomeOptions {
    readonly clusters: Clusters;
    readonly dialect: Dialect;
    readonly limits: Limits;
    readonly authorize: FrontDoorOptions["authorize"];
}

/** As a real cluster says, 2026-09-15 (`environment`). */
const serverVersion = "16.15";
const loginTimeoutMilliseconds = 10_000;

type Parameters = Readonly<Record<string, string>>;

/** What a client may set for its session when it connects. */
const passedOn = ["application_name", "client_encoding", "DateStyle", "extra_float_digits"];

/** Takes a client from its encrypted connection to its session, or tells it why not. */
export async function welcome(socket: TLSSocket, options: WelcomeOptions): Promise<void> {
    socket.on("error", () => undefined);
    const timer = setTimeout(() => socket.destroy(), loginTimeoutMilliseconds);
    try {
        const hostName = typeof socket.servername === "string" ? socket.servername : "";
        const cluster = options.clusters.find(hostName);
        const client =
            cluster === undefined
                ? socket
                : delayStream(socket, () => cluster.latency.roundTripMilliseconds / 2);
        client.on("error", () => undefined);
        const startup = await readFirstPacket(client);
        if (startup.kind === "cancel") {
            options.clusters.cancel(startup);
            socket.destroy();
            return;
        }
        if (cluster === undefined) {
            return refuse(client, serverNameMissing);
        }
        if (startup.unknown !== undefined) {
            client.write(encodeNegotiateProtocolVersion(startup.unknown.options));
        }
        await logIn(client, cluster, startup.parameters, options);
    } catch (error) {
        if (isFailedConnection(error)) {
            refuse(socket, error.failure);
        } else {
            socket.destroy();
        }
    } finally {
        clearTimeout(timer);
    }
}

async function logIn(
    client: Duplex,
    cluster: Cluster,
    parameters: Parameters,
    options: WelcomeOptions,
): Promise<void> {
    if (cluster.faults.strikes("refuseConnection")) {
        client.destroy();
        return;
    }
    const failure = crowded(cluster, options.limits);
    if (failure !== undefined) {
        refuse(client, failure);
        return;
    }
    cluster.connections += 1;
    client.once("close", () => {
        cluster.connections -= 1;
    });
    client.write(encodeAuthenticationCleartextPassword());
    const decoder = createDecoder({ maxMessageBytes });
    const answer = await readMessage(client, decoder);
    const refusal =
        answer.type === "p"
            ? await judge(readPassword(answer), cluster, parameters, options.authorize)
            : tokenMissing;
    if (refusal !== undefined) {
        refuse(client, refusal);
        return;
    }
    const server = await connectServer(
        cluster.upstream,
        parameters["user"] ?? "",
        startParameters(parameters),
    );
    if (client.destroyed) {
        server.socket.destroy();
        return;
    }
    client.write(greeting(server));
    beginSession(client, decoder, server, cluster, options);
}

function startParameters(parameters: Parameters): Parameters {
    return Object.fromEntries(
        passedOn.flatMap((name) => {
            const value = parameters[name];
            return value === undefined ? [] : [[name, value]];
        }),
    );
}

function beginSession(
    client: Duplex,
    clientDecoder: Decoder,
    server: ServerConnection,
    cluster: Cluster,
    { clusters, dialect, limits }: WelcomeOptions,
): void {
    const forbidCancel = clusters.allowCancel(server, cluster.upstream.port);
    const session = openSession({
        client,
        clientDecoder,
        server: server.socket,
        serverDecoder: server.decoder,
        serverProcessId: server.processId,
        database: cluster.database,
        dialect,
        faults: cluster.faults,
        limits,
        commitMilliseconds: () => cluster.latency.commitMilliseconds,
        onClose: () => {
            forbidCancel();
            clearTimeout(lifetime);
        },
    });
    const lifetime = setTimeout(() => session.destroy(), limits.sessionSeconds * 1_000);
    lifetime.unref();
}

function greeting(server: ServerConnection): Buffer {
    return Buffer.concat([
        encodeAuthenticationOk(),
        ...server.parameters.map((message) =>
            readParameterStatus(message).name === "server_version"
                ? encodeParameterStatus({ name: "server_version", value: serverVersion })
                : message.bytes,
        ),
        encodeBackendKey(server),
        encodeReadyForQuery("I"),
    ]);
}

function refuse(client: Duplex, failure: Failure): void {
    client.end(encodeFailure(failure, "FATAL"));
    setTimeout(() => client.destroy(), 1_000).unref();
}
