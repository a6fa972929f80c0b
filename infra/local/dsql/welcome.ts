import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Cluster, Clusters } from "./clusters";
import type { Dialect } from "./dialect/plan";
import type { Failure } from "./failure";
import type { FrontDoorOptions, Limits, Permission } from "./front-door";
import { verifyToken } from "./identity/auth-token";
import {
    accessDenied,
    roleNotGranted,
    serverNameMissing,
    tokenDenied,
    tokenMissing,
    tooManyConnections,
    tooManyNewConnections,
    unknownDatabase,
    wrongAction,
} from "./identity/connection-failures";
import { delayStream } from "./latency";
import { maxMessageBytes, openSession } from "./session/session";
import { connectServer, isFailedConnection, type ServerConnection } from "./upstream";
import {
    encodeAuthenticationCleartextPassword,
    encodeAuthenticationOk,
    encodeBackendKey,
    encodeFailure,
    encodeParameterStatus,
    encodeReadyForQuery,
    readParameterStatus,
} from "./wire/backend";
import { createDecoder, type Decoder } from "./wire/decoder";
import { readPassword } from "./wire/frontend";
import type { Message } from "./wire/message";
import { readStartup } from "./wire/startup";

export interface WelcomeOptions {
    readonly clusters: Clusters;
    readonly dialect: Dialect;
    readonly limits: Limits;
    readonly authorize: FrontDoorOptions["authorize"];
}

/** As a real cluster says, 2026-09-15 (`environment`). */
const serverVersion = "16.15";
const loginTimeoutMilliseconds = 10_000;
const maxStartupBytes = 10_000;

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

type Startup = Exclude<ReturnType<typeof readStartup>, { kind: "incomplete" | "ssl" | "gss" }>;

async function readFirstPacket(client: Duplex): Promise<Startup> {
    let received = Buffer.alloc(0);
    for (;;) {
        received = Buffer.concat([received, await nextChunk(client)]);
        const packet = readStartup(received);
        if (packet.kind === "startup" || packet.kind === "cancel") {
            client.unshift(received.subarray(packet.byteLength));
            return packet;
        }
        if (packet.kind !== "incomplete" || received.length > maxStartupBytes) {
            throw new Error("A client asked for encryption twice, or for nothing.");
        }
    }
}

async function readMessage(client: Duplex, decoder: Decoder): Promise<Message> {
    for (;;) {
        const message = decoder.next();
        if (message !== undefined) {
            return message;
        }
        decoder.push(await nextChunk(client));
    }
}

function nextChunk(client: Duplex): Promise<Buffer> {
    return new Promise((resolve, reject) => {
        const settle = (finish: () => void): void => {
            client.off("data", read);
            client.off("close", lose);
            client.off("end", lose);
            client.pause();
            finish();
        };
        const read = (chunk: Buffer): void => settle(() => resolve(chunk));
        const lose = (): void => settle(() => reject(new Error("The client went away.")));
        client.on("data", read);
        client.on("close", lose);
        client.on("end", lose);
        client.resume();
    });
}

async function logIn(
    client: Duplex,
    cluster: Cluster,
    parameters: Readonly<Record<string, string>>,
    options: WelcomeOptions,
): Promise<void> {
    const { limits, clusters } = options;
    if (cluster.faults.strikes("refuseConnection")) {
        client.destroy();
        return;
    }
    const failure = crowded(cluster, limits);
    if (failure !== undefined) {
        return refuse(client, failure);
    }
    cluster.connections += 1;
    let isOver = false;
    const leave = (): void => {
        cluster.connections -= isOver ? 0 : 1;
        isOver = true;
    };
    client.once("close", leave);
    client.write(encodeAuthenticationCleartextPassword());
    const decoder = createDecoder({ maxMessageBytes });
    const answer = await readMessage(client, decoder);
    const refusal =
        answer.type === "p"
            ? await judge(readPassword(answer), cluster, parameters, options)
            : tokenMissing;
    if (refusal !== undefined) {
        return refuse(client, refusal);
    }
    const server = await connectServer(cluster.upstream, parameters["user"] ?? "", {
        ...Object.fromEntries(
            passedOn.flatMap((name) => {
                const value = parameters[name];
                return value === undefined ? [] : [[name, value]];
            }),
        ),
    });
    if (client.destroyed) {
        server.socket.destroy();
        return;
    }
    client.write(greeting(server));
    const forbidCancel = clusters.allowCancel(server, cluster.upstream.port);
    const session = openSession({
        client,
        clientDecoder: decoder,
        server: server.socket,
        serverDecoder: server.decoder,
        serverProcessId: server.processId,
        database: cluster.database,
        dialect: options.dialect,
        faults: cluster.faults,
        limits,
        commitMilliseconds: () => cluster.latency.commitMilliseconds,
        onClose: () => {
            forbidCancel();
            clearTimeout(lifetime);
            leave();
        },
    });
    const lifetime = setTimeout(() => session.destroy(), limits.sessionSeconds * 1_000);
    lifetime.unref();
}

function crowded(cluster: Cluster, limits: Limits): Failure | undefined {
    if (!cluster.rate.admit()) {
        return tooManyNewConnections;
    }
    return cluster.connections >= limits.connectionsPerCluster ? tooManyConnections : undefined;
}

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/authentication-authorization.html */
async function judge(
    token: string,
    cluster: Cluster,
    parameters: Readonly<Record<string, string>>,
    { authorize }: WelcomeOptions,
): Promise<Failure | undefined> {
    if ((parameters["database"] ?? parameters["user"]) !== "postgres") {
        return unknownDatabase(parameters["database"] ?? parameters["user"] ?? "");
    }
    const user = parameters["user"] ?? "";
    const action = user === "admin" ? "dsql:DbConnectAdmin" : "dsql:DbConnect";
    const accessKeyId = /[?&]X-Amz-Credential=([^%/&]+)/.exec(token)?.[1] ?? "";
    const permission: Permission | undefined = await authorize({
        accessKeyId,
        action,
        clusterArn: cluster.arn,
    });
    const verdict = verifyToken(
        token,
        { host: cluster.hostName, region: cluster.region, now: new Date() },
        () => (permission === undefined ? undefined : { accessKeyId, ...permission }),
    );
    if (verdict.kind === "denied") {
        return tokenDenied(verdict.reason);
    }
    if (`dsql:${verdict.action}` !== action) {
        return wrongAction(user, verdict.action);
    }
    if (permission?.isAllowed !== true) {
        return accessDenied;
    }
    const isGranted =
        user === "admin" || (await cluster.database.isGranted(user, permission.principalArn));
    return isGranted ? undefined : roleNotGranted;
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
