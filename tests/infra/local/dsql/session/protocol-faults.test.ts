import assert from "node:assert/strict";
import { Client } from "pg";
import type { FaultKind, FaultPlan } from "../../../../../infra/local/dsql/faults";
import { startTestDoor, type TestCluster, type TestDoor } from "../../../../support/front-door";

const dataConflict = { code: "40001", message: /OC000/ };
const catalogConflict = { code: "40001", message: /OC001/ };
const lost = { message: /^Connection terminated unexpectedly$/ };

const insert = "INSERT INTO item VALUES ($1)";

/** The ways in which a client commits an item. */
const ways: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
    "an INSERT with a parameter": (client) => client.query(insert, [1]),
    "an INSERT without one": (client) => client.query("INSERT INTO item VALUES (1)"),
    "BEGIN and COMMIT": async (client) => {
        await client.query("BEGIN");
        await client.query(insert, [1]);
        await client.query("COMMIT");
    },
    "BEGIN and COMMIT in one query": (client) =>
        client.query("BEGIN; INSERT INTO item VALUES (1); COMMIT"),
};

/** What a fault does to a client that commits an item, and how many items are there then. */
const effects: readonly [kind: FaultKind, error: object, items: number][] = [
    ["conflictAtCommit", dataConflict, 0],
    ["catalogConflict", catalogConflict, 0],
    ["dropBeforeCommit", lost, 0],
    ["dropAfterCommit", lost, 1],
];

describe("an injected fault", () => {
    let door: TestDoor;
    let cluster: TestCluster;
    let client: Client;
    let other: Client;

    before(async () => {
        door = await startTestDoor();
        cluster = await door.cluster();
        other = await connect();
        await other.query("CREATE TABLE item (id int PRIMARY KEY)");
    });

    after(async () => {
        await other.end();
        await door.door.removeCluster(cluster.identifier);
    });

    beforeEach(async () => {
        await other.query("DELETE FROM item");
        client = await connect();
    });

    afterEach(async () => {
        await plan({});
        await client.end().catch(() => undefined);
    });

    const plan = (faults: FaultPlan): Promise<void> =>
        door.door.setFaults(cluster.identifier, faults);
    const connect = async (): Promise<Client> => {
        const opened = new Client({
            host: "127.0.0.1",
            port: door.door.port,
            user: "admin",
            database: "postgres",
            password: await door.token(cluster, "admin"),
            ssl: { ca: door.door.authorityPem, servername: cluster.hostName },
        });
        // A lost connection is told to whoever waits for an answer, too.
        opened.on("error", () => undefined);
        await opened.connect();
        return opened;
    };
    const items = async (): Promise<number> =>
        (await other.query<{ id: number }>("SELECT id FROM item")).rows.length;

    for (const [kind, error, left] of effects) {
        for (const [way, commit] of Object.entries(ways)) {
            it(`"${kind}" meets ${way}`, async () => {
                await plan({ next: { [kind]: 1 } });
                await assert.rejects(commit(client), error);
                await plan({});
                assert.equal(await items(), left);
            });

            if (error !== lost) {
                it(`"${kind}" leaves a session whose retry of ${way} succeeds`, async () => {
                    await plan({ next: { [kind]: 1 } });
                    await assert.rejects(commit(client), error);
                    await client.query("ROLLBACK");
                    await commit(client);
                    assert.equal(await items(), 1);
                });
            }
        }
    }

    for (const kind of ["conflictAtCommit", "dropBeforeCommit"] as const) {
        it(`"${kind}" spares who only reads`, async () => {
            await plan({ next: { [kind]: 1 } });
            await client.query("SELECT $1::int", [1]);
            await client.query("BEGIN");
            await client.query("SELECT count(*) FROM item");
            await client.query("COMMIT");
            await assert.rejects(client.query(insert, [1]));
        });
    }

    it('"catalogConflict" fails the transaction that it meets', async () => {
        await client.query("BEGIN");
        await client.query(insert, [1]);
        await plan({ next: { catalogConflict: 1 } });
        await assert.rejects(client.query("SELECT 1"), catalogConflict);
        await assert.rejects(client.query("SELECT 1"), { code: "25P02" });
        assert.equal((await client.query("COMMIT")).command, "ROLLBACK");
        assert.equal(await items(), 0);
    });

    it('"refuseConnection" closes a new connection without an answer', async () => {
        await plan({ next: { refuseConnection: 1 } });
        await assert.rejects(connect(), lost);
        await (await connect()).end();
    });

    for (const way of ["an INSERT with a parameter", "BEGIN and COMMIT"]) {
        it(`"stall" delays ${way}, and nobody else`, async () => {
            await plan({ next: { stall: 1 }, stallMilliseconds: 500 });
            const former = await stalls();
            const order: string[] = [];
            const committed = ways[way]?.(client).then(() => order.push("committed"));
            while ((await stalls()) === former);
            order.push(`${await items()} items`);
            await committed;
            assert.deepEqual(order, ["0 items", "committed"]);
            assert.equal(await items(), 1);
        });
    }

    const stalls = async (): Promise<number> =>
        (await door.door.statistics()).faults[cluster.identifier]?.["stall"] ?? 0;

    it('"dropAfterMessages" breaks the connection at any message', async () => {
        for (let count = 0; count < 12; count += 1) {
            const short = await connect();
            await plan({ dropAfterMessages: count });
            await assert.rejects(async () => {
                await short.query(insert, [count]);
                await short.query("SELECT $1::int", [count]);
            }, lost);
            await plan({});
        }
        assert.ok((await items()) < 12);
    });
});
