import type { Duplex } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import * as tls from "node:tls";
import { openAuthority } from "../../infra/local/dsql/identity/authority";
import { redirectHosts } from "../../infra/local/host-redirection";
import type { TestDatabase } from "./database";

/** Stands between new connections and a database, reads along, and can count and cut. */
export interface DatabaseProxy {
    /** Forgets what was counted. */
    reset(): void;
    /** How often the client spoke up and then listened, since `reset`. */
    roundTrips(): number;
    /** From now on, cuts a connection as soon as the server has answered a COMMIT. */
    cutAfterCommit(times: number): void;
    /** From now on, replaces a text of what clients send; both must be equally long. */
    replace(text: string, replacement: string): void;
    /** How many connections have been cut. */
    cuts(): number;
    close(): Promise<void>;
}

/**
 * Starts a proxy that takes over the cluster's name until it is closed.
 * @param delayMilliseconds holds the server's answers back, so that a client which waits for one
 * is told apart from a client which is still sending
 */
export async function startDatabaseProxy(
    { cluster, door: testDoor }: Pick<TestDatabase, "cluster" | "door">,
    delayMilliseconds = 0,
): Promise<DatabaseProxy> {
    const { door, authorityFolder } = testDoor;
    const authority = await openAuthority(authorityFolder);
    const sockets = new Set<Duplex>();
    let lastSpeaker = "server";
    let turns = 0;
    let cutsLeft = 0;
    let cuts = 0;
    let rewrite = (bytes: Buffer) => bytes;
    const pair = await authority.issue([cluster.hostName]);
    const server = tls.createServer({ ...pair, ALPNProtocols: ["postgresql"] }, (client) => {
        const database = tls.connect({
            host: "127.0.0.1",
            port: door.port,
            servername: cluster.hostName,
            ca: door.authorityPem,
            ALPNProtocols: ["postgresql"],
        });
        for (const socket of [client, database]) {
            sockets.add(socket);
            socket.setNoDelay(true);
            socket.on("error", () => undefined);
            socket.on("close", () => {
                sockets.delete(socket);
                client.destroy();
                database.destroy();
            });
        }
        client.on("data", (bytes) => {
            turns += lastSpeaker === "server" ? 1 : 0;
            lastSpeaker = "client";
            database.write(rewrite(bytes));
        });
        database.on("data", async (bytes) => {
            if (cutsLeft > 0 && bytes.includes("COMMIT\0")) {
                cutsLeft--;
                cuts++;
                client.destroy();
                return;
            }
            await wait(delayMilliseconds);
            lastSpeaker = "server";
            client.write(bytes);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const restore = redirectHosts({
        hostSuffix: cluster.hostName,
        port: 5432,
        toPort: typeof address === "object" && address !== null ? address.port : 0,
        authorityPem: door.authorityPem,
    });
    return {
        reset() {
            lastSpeaker = "server";
            turns = 0;
        },
        roundTrips: () => turns,
        cutAfterCommit(times) {
            cutsLeft = times;
        },
        replace(text, replacement) {
            rewrite = (bytes) =>
                Buffer.from(bytes.toString("latin1").replaceAll(text, replacement), "latin1");
        },
        cuts: () => cuts,
        async close() {
            restore();
            for (const socket of sockets) {
                socket.destroy();
            }
            await new Promise((resolve) => server.close(resolve));
        },
    };
}
