import assert from "node:assert/strict";
import { readCommandTag, readDataRow } from "../../../../../infra/local/dsql/wire/backend";
import { startTestDoor, type TestCluster, type TestDoor } from "../../../../support/front-door";
import type { WireClient } from "../../../../support/wire-client";
import { brief, connectBehind, exchange, query, run, sync } from "./protocol-messages";
import { logInRaw, readMessages, until } from "./protocol-socket";

const mebibyte = 1_048_576;

describe("much data", () => {
    let door: TestDoor;
    let cluster: TestCluster;
    let behind: WireClient;

    before(async () => {
        door = await startTestDoor();
        cluster = await door.cluster();
        behind = await connectBehind(door, cluster, "dsql_internal");
        const client = await door.connect({ cluster });
        await client.simple("CREATE SEQUENCE made CACHE 1");
        await client.close();
    });

    after(async () => {
        await behind.close();
        await door.door.removeCluster(cluster.identifier);
    });

    const untilBlocked = (): Promise<void> =>
        until(
            behind,
            `SELECT EXISTS (SELECT FROM pg_stat_activity
                WHERE datname = '${cluster.database}' AND wait_event = 'ClientWrite')`,
        );
    /** Until PostgreSQL cannot send any more, because nobody reads it. @returns rows it has made */
    const untilStuck = async (): Promise<number> => {
        let rows = -1;
        for (let times = 0; times < 50; times += 1) {
            await untilBlocked();
            const { results } = await behind.simple("SELECT last_value FROM made");
            const now = Number(results[0]?.rows[0]?.[0]);
            times = now === rows ? times : 0;
            rows = now;
        }
        return rows;
    };

    for (const [what, rowCount, rowBytes] of [
        ["many small rows", 200_000, 250],
        ["few large rows", 50, 1_000_000],
    ] as const) {
        const select = Buffer.concat(
            exchange(
                `SELECT repeat('x', ${rowBytes}), nextval('made') FROM generate_series(1, ${rowCount})`,
            ),
        );

        it(`in ${what} stays in PostgreSQL until the client reads it`, async () => {
            const socket = await logInRaw(door, cluster);
            await behind.simple("SELECT setval('made', 1)");
            socket.write(select);
            // The whole result has 50 MB; some of it waits in sockets.
            const bytes = (await untilStuck()) * rowBytes;
            assert.ok(bytes < 25 * mebibyte, `${bytes} bytes`);
            socket.destroy();
        });

        it(`in ${what} comes complete to a client that begins to read late`, async () => {
            const socket = await logInRaw(door, cluster);
            socket.write(select);
            await untilStuck();
            let rows = 0;
            let bytes = 0;
            let tag = "";
            await readMessages(
                socket,
                (message) => {
                    if (message.type === "D") {
                        rows += 1;
                        bytes += readDataRow(message)[0]?.length ?? 0;
                    } else if (message.type === "C") {
                        tag = readCommandTag(message);
                    }
                },
                ({ type }) => type === "Z",
            );
            assert.deepEqual(
                [rows, bytes, tag],
                [rowCount, rowCount * rowBytes, `SELECT ${rowCount}`],
            );
            socket.destroy();
        });
    }

    afterEach(() =>
        until(
            behind,
            `SELECT count(*) = 0 FROM pg_stat_activity
             WHERE datname = '${cluster.database}' AND usename = 'admin'`,
        ),
    );

    it("of a client that never reads is not taken any more, and answered when it does", async () => {
        const socket = await logInRaw(door, cluster);
        const piece = Buffer.concat(exchange("SELECT $1::text", "x".repeat(mebibyte)));
        let sent = 0;
        let isTaken = true;
        socket.on("drain", () => {
            isTaken = true;
        });
        while (isTaken && sent < 100) {
            sent += 1;
            isTaken = socket.write(piece);
            // Nothing moves any more when it has not while PostgreSQL answered others so often.
            for (let times = 0; !isTaken && times < 200; times += 1) {
                await behind.simple("SELECT 1");
            }
        }
        assert.ok(sent < 60, `${sent} MiB`);
        let answered = 0;
        await readMessages(
            socket,
            ({ type }) => {
                answered += type === "Z" ? 1 : 0;
            },
            () => answered === sent,
        );
        assert.equal(answered, sent);
        socket.destroy();
    });

    it("in one message of 20 MB passes", async () => {
        const client = await door.connect({ cluster });
        const { results } = await client.extended("SELECT length($1)", ["x".repeat(20_000_000)]);
        assert.deepEqual(results[0]?.rows, [["20000000"]]);
        await client.close();
    });

    for (const [what, length] of [
        ["too long", 33_554_433],
        ["too short", 3],
        ["less than nothing", -1],
    ] as const) {
        it(`in a message whose length is ${what} ends the connection`, async () => {
            const client = await door.connect({ cluster });
            const header = Buffer.alloc(5);
            header.write("Q");
            header.writeInt32BE(length, 1);
            client.send(header);
            const [failure] = brief(await client.untilReady());
            assert.match(failure ?? "", /^E 08P01 invalid message length/);
            await client.closed;
        });
    }

    it("of one query that is not the protocol's ends the connection", async () => {
        const client = await door.connect({ cluster });
        client.send(Buffer.from("Q\0\0\0\x05x", "latin1"));
        assert.match(brief(await client.untilReady())[0] ?? "", /^E 08P01/);
        await client.closed;
    });

    it("in thousands of statements in one write is answered in order", async () => {
        const client = await door.connect({ cluster });
        const numbers = Array.from({ length: 3_000 }, (_, index) => String(index));
        client.send(
            ...numbers.flatMap((number) => run("SELECT $1", number)),
            sync,
            query("SELECT 'end'"),
        );
        const rows = brief(await client.untilReady()).filter((line) => line.startsWith("D"));
        assert.deepEqual(
            rows,
            numbers.map((number) => `D ${number}`),
        );
        await client.untilReady();
        await client.close();
    });
});
