import assert from "node:assert/strict";
import {
    encodeCancelRequest,
    encodeTerminate,
} from "../../../../../infra/local/dsql/wire/frontend";
import type { Message } from "../../../../../infra/local/dsql/wire/message";
import { startTestDoor, type TestCluster, type TestDoor } from "../../../../support/front-door";
import type { WireClient } from "../../../../support/wire-client";
import { openSocket } from "../../../../support/wire-socket";
import { brief, connectBehind, exchange, query } from "./protocol-messages";
import { greeting, openRaw, readMessages, until } from "./protocol-socket";

const sleep = query("SELECT pg_sleep(5)");

describe("the end of", () => {
    let door: TestDoor;
    let cluster: TestCluster;
    let behind: WireClient;

    before(async () => {
        door = await startTestDoor();
        cluster = await door.cluster();
        const client = await door.connect({ cluster });
        await client.simple("CREATE TABLE item (id int PRIMARY KEY)");
        await client.close();
        behind = await connectBehind(door, cluster, "dsql_internal");
    });

    after(async () => {
        await behind.close();
        await door.door.removeCluster(cluster.identifier);
    });

    beforeEach(() => behind.simple("DELETE FROM item"));

    const connections = `SELECT count(*) FROM pg_stat_activity
        WHERE datname = '${"$"}' AND usename = 'admin'`;
    const untilGone = () =>
        until(behind, `SELECT (${connections.replace("$", cluster.database)}) = 0`);
    const untilAsleep = () =>
        until(
            behind,
            `SELECT EXISTS (SELECT FROM pg_stat_activity
                WHERE datname = '${cluster.database}' AND wait_event = 'PgSleep')`,
        );
    const items = async () => (await behind.simple("SELECT id FROM item")).results[0]?.rows.flat();

    for (const tls of [true, false]) {
        const way = tls ? "over TLS" : "in plain text";
        const cancel = async (key: { processId: number; secretKey: number }): Promise<void> => {
            const socket = await openSocket({
                host: "127.0.0.1",
                port: door.door.port,
                servername: cluster.hostName,
                ca: door.door.authorityPem,
                tls,
            });
            socket.end(encodeCancelRequest(key));
            await readMessages(socket, () => undefined);
        };

        it(`a statement comes with a cancel request ${way}`, async () => {
            const client = await door.connect({ cluster });
            client.send(sleep);
            await untilAsleep();
            await cancel(client.backendKey);
            assert.deepEqual(brief(await client.untilReady()).slice(-2), [
                "E 57014 canceling statement due to user request",
                "Z I",
            ]);
            assert.equal((await client.simple("SELECT 1")).failure, undefined);
            await client.close();
        });

        it(`a statement does not come with another's key ${way}`, async () => {
            const client = await door.connect({ cluster });
            client.send(sleep);
            await untilAsleep();
            const { processId, secretKey } = client.backendKey;
            await cancel({ processId, secretKey: secretKey ^ 1 });
            await cancel({ processId: processId + 1, secretKey });
            await untilAsleep();
            await cancel(client.backendKey);
            await client.untilReady();
            await client.close();
        });
    }

    it("what a client sends leaves it its answers", async () => {
        const socket = await openRaw(door, cluster);
        socket.end(
            Buffer.concat([
                await greeting(door, cluster),
                ...exchange("INSERT INTO item VALUES (1)"),
                query("SELECT id FROM item"),
                ...exchange("SELECT repeat('x', 3000000)"),
            ]),
        );
        const seen: Message[] = [];
        await readMessages(socket, (message) => seen.push(message));
        const lines = brief(seen).filter((line) => /^[CE]/.test(line));
        assert.deepEqual(lines, ["C INSERT 0 1", "C SELECT 1", "C SELECT 1"]);
        assert.equal(seen.filter(({ type }) => type === "Z").length, 4);
        await untilGone();
    });

    const transaction = [query("BEGIN"), query("INSERT INTO item VALUES (1)")];
    for (const [how, end] of [
        ["that breaks", "destroy"],
        ["that says goodbye", "goodbye"],
        ["that sends no more", "end"],
    ] as const) {
        it(`a connection ${how} in a transaction leaves nothing behind`, async () => {
            const socket = await openRaw(door, cluster);
            socket.write(Buffer.concat([await greeting(door, cluster), ...transaction]));
            await readMessages(
                socket,
                () => undefined,
                ({ type, bytes }) => type === "Z" && bytes.toString("latin1").endsWith("T"),
            );
            if (end === "goodbye") {
                socket.write(encodeTerminate());
            } else {
                socket[end]();
            }
            await untilGone();
            assert.deepEqual(await items(), []);
            socket.destroy();
        });
    }

    // PostgreSQL itself does not look after its client while it works.
    it("a connection that breaks while a statement runs comes with the statement's", async () => {
        const client = await door.connect({ cluster });
        client.send(query("SELECT pg_sleep(0.2)"));
        await untilAsleep();
        client.destroy();
        await untilGone();
    });

    it("PostgreSQL's connection ends the client's", async () => {
        const client = await door.connect({ cluster });
        await behind.simple(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = '${cluster.database}' AND usename = 'admin'`,
        );
        await client.closed;
        assert.deepEqual(brief(await client.untilReady()), [
            "E 57P01 terminating connection due to administrator command",
        ]);
    });

    it("a cluster ends its connections", async () => {
        const other = await door.cluster();
        const client = await door.connect({ cluster: other });
        await door.door.removeCluster(other.identifier);
        await client.closed;
    });
});
