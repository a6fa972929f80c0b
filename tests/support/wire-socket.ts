import * as net from "node:net";
import * as tls from "node:tls";

/** How to reach a server. */
export interface SocketOptions {
    readonly host: string;
    readonly port: number;
    /** The host name for SNI, which the certificate must hold; "": none is sent nor checked. */
    readonly servername?: string;
    /** PEM. */
    readonly ca?: string;
    /** TLS at once, without asking for it in PostgreSQL's way; true unless given. */
    readonly isDirect?: boolean;
    /** true unless given. */
    readonly tls?: boolean;
}

const waitMilliseconds = 5_000;
const sslRequest = Buffer.from("0000000804d2162f", "hex");

/**
 * Connects, with TLS unless it is not wanted.
 * @throws Error with the `code` of the socket or of TLS
 */
export async function openSocket(options: SocketOptions): Promise<net.Socket> {
    const { host, port, servername = "", isDirect = true } = options;
    const plain = net.connect({ host, port, noDelay: true });
    // Without a listener Node would end the process.
    plain.on("error", () => undefined);
    try {
        await untilEvent(plain, "connect");
        if (options.tls === false) {
            return plain;
        }
        if (!isDirect) {
            plain.write(sslRequest);
            await untilEvent(plain, "readable");
            const answer: Buffer | null = plain.read();
            if (answer?.toString("latin1") !== "S") {
                throw coded("EPROTO", `The server answers "${answer}" to a request for TLS.`);
            }
        }
        const secure = tls.connect({
            socket: plain,
            ...(options.ca === undefined ? {} : { ca: options.ca }),
            ...(servername === "" ? { checkServerIdentity: () => undefined } : { servername }),
            ALPNProtocols: ["postgresql"],
        });
        secure.on("error", () => undefined);
        await untilEvent(secure, "secureConnect");
        return secure;
    } catch (error) {
        plain.destroy();
        throw error;
    }
}

function untilEvent(socket: net.Socket, event: string): Promise<void> {
    const happened = new Promise<void>((resolve, reject) => {
        socket.once(event, () => resolve());
        socket.once("error", reject);
        socket.once("close", () => reject(coded("ECONNRESET", `Closed before "${event}".`)));
    });
    return withinLimit(happened, event);
}

/** @throws Error with the code ETIMEDOUT after 5 seconds */
export async function withinLimit<Value>(promise: Promise<Value>, what: string): Promise<Value> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
        timer = setTimeout(
            () => reject(coded("ETIMEDOUT", `No ${what} within ${waitMilliseconds} ms.`)),
            waitMilliseconds,
        );
    });
    try {
        return await Promise.race([promise, limit]);
    } finally {
        clearTimeout(timer);
    }
}

export function coded(code: string, message: string): Error & { readonly code: string } {
    return Object.assign(new Error(message), { code });
}
