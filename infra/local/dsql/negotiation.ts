import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { tlsRequired } from "./identity/connection-failures";
import { encodeFailure } from "./wire/backend";
import { readStartup } from "./wire/startup";

/** Who gave a certificate for a host name, or undefined where no cluster has that name. */
export type CertificateFor = (
    hostName: string,
) => Promise<{ readonly key: string; readonly cert: string } | undefined>;

export interface NegotiationOptions {
    readonly port: number;
    readonly certificateFor: CertificateFor;
    /** For clients that name no host; they are refused, but may read why. */
    readonly fallbackCertificate: { readonly key: string; readonly cert: string };
    /** A client whose encryption stands; `servername` is false where it named no host. */
    onSecure(socket: TLSSocket): void;
    onCancel(request: { readonly processId: number; readonly secretKey: number }): void;
}

const handshakeTimeoutMilliseconds = 10_000;
const maxStartupBytes = 10_000;
const tlsHandshakeRecord = 0x16;

/**
 * Listens on 127.0.0.1 and takes clients as far as TLS, asked for in PostgreSQL's way or at once.
 * Source: https://www.postgresql.org/docs/17/protocol-flow.html#PROTOCOL-FLOW-SSL
 */
export async function listenSecurely(options: NegotiationOptions): Promise<Server> {
    const secure = createTlsServer(
        {
            ...options.fallbackCertificate,
            minVersion: "TLSv1.2",
            handshakeTimeout: handshakeTimeoutMilliseconds,
            allowHalfOpen: true,
            ALPNCallback: ({ protocols }: { protocols: string[] }) =>
                protocols.includes("postgresql") ? "postgresql" : undefined,
            SNICallback: (hostName, callback) => {
                options
                    .certificateFor(hostName)
                    .then((pair) =>
                        callback(null, pair === undefined ? undefined : createSecureContext(pair)),
                    )
                    .catch((error: Error) => callback(error));
            },
        },
        options.onSecure,
    );
    secure.on("tlsClientError", (_, socket) => socket.destroy());
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        socket.on("error", () => undefined);
        greet(socket, options, () => secure.emit("connection", socket));
    });
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(options.port, "127.0.0.1", () => {
            server.off("error", reject);
            resolve();
        });
    });
    const stop = server.close.bind(server);
    server.close = (callback) => {
        for (const socket of sockets) {
            socket.destroy();
        }
        return stop(callback);
    };
    return server;
}

/** Reads what a client says before it is encrypted, which is little. */
function greet(socket: Socket, options: NegotiationOptions, encrypt: () => void): void {
    socket.setTimeout(handshakeTimeoutMilliseconds, () => socket.destroy());
    let received = Buffer.alloc(0);
    const hangUp = (): void => void socket.end();
    const finish = (): void => {
        socket.off("data", read);
        socket.off("end", hangUp);
        socket.pause();
        socket.setTimeout(0);
        socket.removeAllListeners("timeout");
    };
    const read = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        if (received[0] === tlsHandshakeRecord) {
            finish();
            socket.unshift(received);
            encrypt();
            return;
        }
        const request = received.length > maxStartupBytes ? undefined : tryRead(received);
        switch (request?.kind) {
            case "incomplete":
                return;
            case "ssl":
                // Bytes sent before the answer could have been slipped in by somebody else.
                if (received.length > request.byteLength) {
                    socket.destroy();
                    return;
                }
                finish();
                socket.write("S");
                encrypt();
                return;
            case "gss":
                received = received.subarray(request.byteLength);
                socket.write("N");
                return;
            case "cancel":
                options.onCancel(request);
                socket.destroy();
                return;
            case "startup":
                socket.end(encodeFailure(tlsRequired, "FATAL"));
                return;
            default:
                socket.destroy();
        }
    };
    socket.on("data", read);
    socket.on("end", hangUp);
}

function tryRead(bytes: Buffer): ReturnType<typeof readStartup> | undefined {
    try {
        return readStartup(bytes);
    } catch {
        return undefined;
    }
}
