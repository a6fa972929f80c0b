import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import type { OperatorAccess } from "../key-value-stores/store-endpoint";
import { isSameSecret } from "../signature-v4";
import { carryOut } from "./commands";
import type { Switchboard } from "./switchboard";

/** Where a running cloud takes commands, and the secret that it asks for. */
export interface Control {
    /** On 127.0.0.1. */
    readonly port: number;
    readonly token: string;
    /** How the operator changes the KeyValueStores; left out: not told. */
    readonly keyValueStores?: OperatorAccess;
    /** The program's outputs; left out: not told. */
    readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface ControlServer {
    /** Holds `Control` as JSON, for its owner's eyes only. */
    readonly file: string;
    close(): Promise<void>;
}

const maxBodyBytes = 65_536;

/** Where the control of a stack's cloud is written down. */
export function controlFile(stackFolder: string): string {
    return path.join(stackFolder, "control.json");
}

/** Lets whoever may read the file move the switches of a running cloud. */
export async function startControlServer(
    chaos: Switchboard,
    stackFolder: string,
    told: Pick<Control, "keyValueStores" | "outputs"> = {},
): Promise<ControlServer> {
    const token = randomBytes(32).toString("base64url");
    const server = http.createServer((incoming, outgoing) => {
        answer(incoming, outgoing, chaos, token).catch(() => outgoing.destroy());
    });
    server.maxConnections = 20;
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    const file = controlFile(stackFolder);
    const { port } = server.address() as AddressInfo;
    const control: Control = { port, token, ...told };
    // A file that is there already would keep the mode it has.
    await rm(file, { force: true });
    await writeFile(file, `${JSON.stringify(control)}\n`, { mode: 0o600, flag: "wx" });
    return {
        file,
        async close() {
            await rm(file, { force: true });
            await new Promise<void>((resolve) => {
                server.close(() => resolve());
                server.closeAllConnections();
            });
        },
    };
}

async function answer(
    incoming: http.IncomingMessage,
    outgoing: http.ServerResponse,
    chaos: Switchboard,
    token: string,
): Promise<void> {
    const reply = (status: number, body: object): void => {
        outgoing.writeHead(status, { "content-type": "application/json" });
        outgoing.end(JSON.stringify(body));
    };
    const body = await readBody(incoming);
    if (!isSameSecret(incoming.headers.authorization ?? "", `Bearer ${token}`)) {
        return reply(401, { error: "The token of the control file is missing or wrong." });
    }
    if (incoming.method !== "POST" || incoming.url !== "/") {
        return reply(404, { error: "Commands are sent by POST to /." });
    }
    if (body === undefined) {
        return reply(413, { error: `A command has at most ${maxBodyBytes} bytes.` });
    }
    try {
        reply(200, await carryOut(chaos, JSON.parse(body)));
    } catch (error) {
        reply(400, { error: error instanceof Error ? error.message : String(error) });
    }
}

/** Undefined for a body that is too long. */
async function readBody(incoming: http.IncomingMessage): Promise<string | undefined> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes <= maxBodyBytes) {
            chunks.push(chunk);
        }
    }
    return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString("utf8");
}
