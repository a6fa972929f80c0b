import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { startFrontDoor } from "../../../../../infra/local/dsql/front-door";
import { encodeStartup } from "../../../../../infra/local/dsql/wire/frontend";
import type { Message } from "../../../../../infra/local/dsql/wire/message";
import { startTestDoor, type TestCluster, type TestDoor } from "../../../../support/front-door";
import { region } from "../../../../support/test-door";
import { connectWire, type WireClient } from "../../../../support/wire-client";
import { openSocket, withinLimit } from "../../../../support/wire-socket";
import { brief, connectBehind, query } from "./protocol-messages";
import { greeting, openRaw, readMessages, until } from "./protocol-socket";

const sslRequest = Buffer.from("0000000804d2162f", "hex");
const usual = encodeStartup({ user: "admin", database: "postgres" });
const gssRequest = Buffer.from("0000000804d21630", "hex");

describe("a connection to the front door", () => {
    let door: TestDoor;
    let cluster: TestCluster;
    let behind: WireClient;

    before(async () => {
        door = await startTestDoor();
        cluster = await door.cluster();
        behind = await connectBehind(door, cluster, "dsql_internal");
    });

    after(async () => {
        await behind.close();
        await door.door.removeCluster(cluster.identifier);
    });

    const plain = (): Promise<Socket> =>
        openSocket({ host: "127.0.0.1", port: door.door.port, tls: false });
    /** All that is answered up to the end, or to the first ReadyForQuery. */
    const answered = async (socket: Socket): Promise<readonly Message[]> => {
        const seen: Message[] = [];
        const isReady = ({ type }: Message): boolean => type === "Z";
        await readMessages(socket, (message) => seen.push(message), isReady);
        socket.destroy();
        return seen;
    };
    const bytesUntilEnd = async (socket: Socket): Promise<Buffer> => {
        const chunks: Buffer[] = [];
        socket.on("data", (chunk: Buffer) => chunks.push(chunk));
        await withinLimit(new Promise((resolve) => socket.once("close", resolve)), "end");
        return Buffer.concat(chunks);
    };

    it("is made from a start and a password in one write", async () => {
        const socket = await openRaw(door, cluster);
        socket.write(await greeting(door, cluster));
        const types = (await answered(socket)).map(({ type }) => type);
        assert.deepEqual([...new Set(types)], ["R", "S", "K", "Z"]);
    });

    it("is made from single bytes", async () => {
        const socket = await openRaw(door, cluster);
        for (const byte of await greeting(door, cluster)) {
            socket.write(Buffer.from([byte]));
        }
        assert.equal((await answered(socket)).at(-1)?.type, "Z");
    });

    it("may ask its first query at once", async () => {
        const socket = await openRaw(door, cluster);
        socket.end(Buffer.concat([await greeting(door, cluster), query("SELECT 'early'")]));
        const seen: Message[] = [];
        await readMessages(socket, (message) => seen.push(message));
        assert.deepEqual(brief(seen).slice(-4), ["T", "D early", "C SELECT 1", "Z I"]);
    });

    for (const [what, version, names] of [
        ["a later version", "00030002", []],
        ["a version that does not exist yet", "0003270f", ["_pq_.grease"]],
        ["options of a later version", "00030000", ["_pq_.one", "_pq_.two"]],
    ] as const) {
        it(`goes on without ${what}, told as PostgreSQL does`, async () => {
            const start = (database: string): Buffer => {
                const parameters = Object.fromEntries(names.map((name) => [name, "1"]));
                const bytes = encodeStartup({ user: "admin", database, ...parameters });
                bytes.write(version, 4, "hex");
                return bytes;
            };
            const postgres = await openSocket({
                host: "127.0.0.1",
                port: door.server.port,
                tls: false,
            });
            postgres.write(start(cluster.database));
            const [told] = await answered(postgres);
            assert.equal(told?.type, "v");
            const socket = await openRaw(door, cluster);
            const password = (await greeting(door, cluster)).subarray(usual.length);
            socket.write(Buffer.concat([start("postgres"), password]));
            const seen = await answered(socket);
            assert.deepEqual(seen[0]?.bytes, told?.bytes);
            assert.equal(seen.at(-1)?.type, "Z");
        });
    }

    for (const [what, bytes] of [
        ["HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
        ["version 2", Buffer.from("00000009 00020000 00".replaceAll(" ", ""), "hex")],
        ["a length that is too long", Buffer.from("7fffffff00030000", "hex")],
        ["nothing and leaves", Buffer.alloc(0)],
        ["half of a start and leaves", Buffer.from("0000002900030000", "hex")],
    ] as const) {
        it(`ends when a client says ${what}, once it is encrypted`, async () => {
            const socket = await openRaw(door, cluster);
            socket.end(bytes);
            assert.deepEqual(await answered(socket), []);
        });

        it(`ends when a client says ${what} in plain text`, async () => {
            const socket = await plain();
            socket.end(bytes);
            assert.equal((await bytesUntilEnd(socket)).length, 0);
        });
    }

    it("is encrypted once only", async () => {
        const socket = await openRaw(door, cluster);
        socket.write(sslRequest);
        assert.deepEqual(await answered(socket), []);
    });

    it("is not encrypted in the way of GSS, but may be afterwards", async () => {
        const socket = await plain();
        for (const [request, wanted] of [
            [gssRequest, "N"],
            [sslRequest, "S"],
        ] as const) {
            socket.write(request);
            const answer = new Promise((resolve) => socket.once("data", resolve));
            assert.equal(String(await withinLimit(answer, "answer")), wanted);
        }
        socket.destroy();
    });

    it("ends when something is slipped in before its encryption", async () => {
        const socket = await plain();
        socket.write(Buffer.concat([sslRequest, await greeting(door, cluster)]));
        assert.equal((await bytesUntilEnd(socket)).length, 0);
    });

    it("ends when a client asks before it says who it is", async () => {
        const socket = await openRaw(door, cluster);
        socket.write(
            Buffer.concat([
                encodeStartup({ user: "admin", database: "postgres" }),
                query("SELECT 1"),
            ]),
        );
        assert.deepEqual(brief(await answered(socket)), [
            "R",
            "E 08006 unable to accept connection, access denied",
        ]);
    });

    it("that was not made is none in PostgreSQL, and none that counts", async () => {
        const limited = await startFrontDoor({
            authorityFolder: door.authorityFolder,
            limits: { connectionsPerCluster: 6 },
            log: () => undefined,
            authorize: async () => ({
                ...door.credentials,
                principalArn: door.principalArn,
                isAllowed: true,
            }),
        });
        await limited.addCluster({
            identifier: cluster.identifier,
            region,
            arn: cluster.arn,
            upstream: { port: door.server.port, database: cluster.database },
        });
        const token = await door.token(cluster, "admin");
        const connect = (password: string): Promise<WireClient> =>
            connectWire({
                host: "127.0.0.1",
                port: limited.port,
                servername: cluster.hostName,
                ca: limited.authorityPem,
                user: "admin",
                password,
            });
        for (let attempt = 0; attempt < 5; attempt += 1) {
            await assert.rejects(connect("wrong"), { code: "08006" });
        }
        const clients: WireClient[] = [];
        while (clients.length < 6) {
            // A refused one counts until its socket is closed.
            const client = await connect(token).catch(({ code }) => assert.equal(code, "53300"));
            clients.push(...(client === undefined ? [] : [client]));
        }
        await assert.rejects(connect(token), { code: "53300" });
        await Promise.all(clients.map((client) => client.close()));
        await until(
            behind,
            `SELECT count(*) = 0 FROM pg_stat_activity
             WHERE datname = '${cluster.database}' AND usename = 'admin'`,
        );
        await limited.close();
    });

    it("stays when its role is revoked, and the next is refused", async () => {
        const admin = await door.connect({ cluster });
        for (const text of [
            "CREATE ROLE guest WITH LOGIN",
            `AWS IAM GRANT guest TO '${door.principalArn}'`,
        ]) {
            assert.equal((await admin.simple(text)).failure, undefined);
        }
        const guest = await door.connect({ cluster, user: "guest" });
        await admin.simple(`AWS IAM REVOKE guest FROM '${door.principalArn}'`);
        await guest.simple("SELECT 'stale'");
        assert.deepEqual((await guest.simple("SELECT current_user")).results[0]?.rows, [["guest"]]);
        await assert.rejects(door.connect({ cluster, user: "guest" }), { code: "28000" });
        await guest.close();
        await admin.simple("DROP ROLE guest");
        await admin.close();
    });
});
