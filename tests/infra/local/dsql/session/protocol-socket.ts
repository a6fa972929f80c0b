import type { Socket } from "node:net";
import { createDecoder } from "../../../../../infra/local/dsql/wire/decoder";
import { encodePassword, encodeStartup } from "../../../../../infra/local/dsql/wire/frontend";
import type { Message } from "../../../../../infra/local/dsql/wire/message";
import type { TestCluster, TestDoor } from "../../../../support/front-door";
import type { WireClient } from "../../../../support/wire-client";
import { openSocket, withinLimit } from "../../../../support/wire-socket";

/** What an administrator sends to log in; the password without having been asked for it. */
export async function greeting(door: TestDoor, cluster: TestCluster): Promise<Buffer> {
    return Buffer.concat([
        encodeStartup({ user: "admin", database: "postgres" }),
        encodePassword(await door.token(cluster, "admin")),
    ]);
}

/** A socket over TLS that nobody reads from yet. */
export function openRaw(door: TestDoor, cluster: TestCluster): Promise<Socket> {
    return openSocket({
        host: "127.0.0.1",
        port: door.door.port,
        servername: cluster.hostName,
        ca: door.door.authorityPem,
    });
}

/** Hands over each message until `isLast` says so, or the server ends; then stops reading. */
export async function readMessages(
    socket: Socket,
    see: (message: Message) => void,
    isLast: (message: Message) => boolean = () => false,
): Promise<void> {
    const decoder = createDecoder({ maxMessageBytes: 64 * 1024 * 1024 });
    const over = new Promise<void>((resolve) => {
        const read = (chunk: Buffer): void => {
            decoder.push(chunk);
            for (let one = decoder.next(); one !== undefined; one = decoder.next()) {
                see(one);
                if (isLast(one)) {
                    socket.off("data", read);
                    socket.pause();
                    resolve();
                    return;
                }
            }
        };
        socket.on("data", read);
        socket.resume();
        socket.once("end", resolve);
        socket.once("close", () => resolve());
    });
    await withinLimit(over, "last message");
}

/** Logs in, and reads no more than that. */
export async function logInRaw(door: TestDoor, cluster: TestCluster): Promise<Socket> {
    const socket = await openRaw(door, cluster);
    socket.write(await greeting(door, cluster));
    await readMessages(
        socket,
        () => undefined,
        ({ type }) => type === "Z",
    );
    return socket;
}

const limitMilliseconds = 5_000;

/** Asks PostgreSQL again and again; a row with "t" says yes. */
export async function until(behind: WireClient, question: string): Promise<void> {
    const end = performance.now() + limitMilliseconds;
    for (;;) {
        const { results, failure } = await behind.simple(question);
        if (results[0]?.rows[0]?.[0] === "t") {
            return;
        }
        if (performance.now() > end) {
            throw new Error(
                `Not so within ${limitMilliseconds} ms: ${question} ${failure?.message}`,
            );
        }
    }
}
