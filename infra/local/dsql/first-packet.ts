import type { Duplex } from "node:stream";
import type { Decoder } from "./wire/decoder";
import type { Message } from "./wire/message";
import { readStartup } from "./wire/startup";

const maxStartupBytes = 10_000;

/** How a client begins, once its connection is encrypted. */
export type FirstPacket = Exclude<
    ReturnType<typeof readStartup>,
    { kind: "incomplete" | "ssl" | "gss" }
>;

/** @throws Error when the client goes away, or asks for what it has */
export async function readFirstPacket(client: Duplex): Promise<FirstPacket> {
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

/** @throws Error when the client goes away */
export async function readMessage(client: Duplex, decoder: Decoder): Promise<Message> {
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
