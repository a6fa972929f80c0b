import assert from "node:assert/strict";
import type { Message } from "../../../../../infra/local/dsql/wire/message";
import { startTestDoor, type TestCluster, type TestDoor } from "../../../../support/front-door";
import type { WireClient } from "../../../../support/wire-client";
import type { Batches } from "./protocol-comparison";
import {
    bind,
    brief,
    close,
    connectBehind,
    exact,
    exchange,
    execute,
    parse,
    query,
    run,
    sendInTurn,
    sendTogether,
    sync,
} from "./protocol-messages";

const insert = "INSERT INTO item (id, name) VALUES ($1, $2) RETURNING id";
const update = "UPDATE item SET name = name || $2 WHERE id = $1";
const read = "SELECT id, length(name) FROM item ORDER BY id";
const long = "x".repeat(200_000);

const batches: Batches = {
    "a transaction": [
        ...exchange("BEGIN"),
        ...exchange(insert, "7", "x"),
        ...exchange(update, "1", "y"),
        ...exchange(read),
        ...exchange("COMMIT"),
    ],
    "a transaction with one Sync": [
        ...run("BEGIN"),
        ...run(insert, "7", "x"),
        ...run(read),
        ...run("COMMIT"),
        sync,
    ],
    "a transaction of simple queries": [
        query("BEGIN"),
        query(`INSERT INTO item VALUES (7, 'x'); ${read}`),
        query("COMMIT"),
    ],
    "a transaction with named statements": [
        parse(insert, "insert"),
        ...exchange("BEGIN"),
        bind(["7", "x"], "insert"),
        execute(),
        sync,
        bind(["8", "y"], "insert"),
        execute(),
        close("statement", "insert"),
        sync,
        ...exchange("COMMIT"),
    ],
    "a transaction that reads in portions": [
        ...exchange("BEGIN"),
        parse(read),
        bind([], "", "portion"),
        execute("portion", 1),
        sync,
        execute("portion", 1),
        sync,
        ...exchange("COMMIT"),
    ],
    "a transaction for reading": [
        ...exchange("BEGIN READ ONLY"),
        ...exchange(read),
        ...exchange("COMMIT"),
    ],
    "a failing statement": [
        ...exchange("BEGIN"),
        ...exchange(insert, "7", "x"),
        ...exchange(insert, "1", "x"),
        ...exchange(insert, "8", "x"),
        ...exchange("COMMIT"),
    ],
    "a failing statement before COMMIT in its exchange": [
        ...exchange("BEGIN"),
        ...run(insert, "1", "x"),
        ...exchange("COMMIT"),
        ...exchange("ROLLBACK"),
    ],
    "a failing COMMIT": [
        ...exchange("BEGIN"),
        ...exchange("INSERT INTO part VALUES (1, 99)"),
        ...exchange(insert, "7", "x"),
        ...exchange("COMMIT"),
    ],
    "a syntax error": [
        ...exchange("BEGIN"),
        ...exchange(insert, "7", "x"),
        ...exchange("SELEC 1"),
        ...exchange("COMMIT"),
    ],
    "a value that cannot be": [
        ...exchange("BEGIN"),
        ...exchange(insert, "seven", "x"),
        ...exchange("COMMIT"),
    ],
    "a refused statement": [
        ...exchange("BEGIN"),
        ...exchange(insert, "7", "x"),
        ...exchange("TRUNCATE item"),
        ...exchange(read),
        ...exchange("COMMIT"),
    ],
    "a statement that changes the schema": [
        ...exchange("BEGIN"),
        ...exchange(insert, "7", "x"),
        ...exchange("CREATE TABLE other (id int)"),
        ...exchange("COMMIT"),
    ],
    "too many rows": [
        ...exchange("BEGIN"),
        ...exchange("INSERT INTO item SELECT id FROM generate_series(10, 3010) AS id"),
        ...exchange(read),
        ...exchange("COMMIT"),
    ],
    "a transaction without COMMIT": [
        ...exchange("BEGIN"),
        ...exchange(insert, "7", "x"),
        ...exchange(read),
    ],
    "a transaction that is undone": [
        ...exchange("BEGIN"),
        ...exchange(insert, "7", "x"),
        ...exchange("ROLLBACK"),
    ],
    "two transactions": [
        ...exchange("BEGIN"),
        ...exchange(insert, "7", "x"),
        ...exchange("COMMIT"),
        ...exchange("BEGIN"),
        ...exchange(insert, "7", "x"),
        ...exchange("COMMIT"),
        ...exchange(read),
    ],
    "two transactions in one exchange": [
        ...run("BEGIN"),
        ...run(insert, "7", "x"),
        ...run("COMMIT"),
        ...run("BEGIN"),
        ...run(insert, "8", "x"),
        ...run("COMMIT"),
        sync,
    ],
    "a long transaction": [
        ...exchange("BEGIN"),
        ...["5", "6", "7", "8"].flatMap((id) => exchange(insert, id, long)),
        ...exchange("COMMIT"),
    ],
};

describe("a transaction that is sent as a whole", () => {
    let door: TestDoor;
    let cluster: TestCluster;
    let client: WireClient;
    let behind: WireClient;

    before(async () => {
        door = await startTestDoor();
        cluster = await door.cluster();
        client = await door.connect({ cluster });
        behind = await connectBehind(door, cluster);
        await client.simple("CREATE TABLE item (id int PRIMARY KEY, name text)");
        await client.simple(
            "CREATE TABLE part (id int PRIMARY KEY, item int REFERENCES item DEFERRABLE INITIALLY DEFERRED)",
        );
    });

    after(async () => {
        await Promise.all([client.close(), behind.close()]);
        await door.door.removeCluster(cluster.identifier);
    });

    /** What is answered, and what is in the database afterwards. */
    const outcome = async (messages: Promise<readonly Message[]>) => ({
        messages: exact(await messages),
        rows: (await behind.simple(read)).results,
    });
    const start = async (): Promise<void> => {
        await client.simple("ROLLBACK");
        await behind.simple("DELETE FROM part; DELETE FROM item");
        await behind.simple("INSERT INTO item VALUES (1, 'one'), (2, 'two')");
    };

    for (const [what, messages] of Object.entries(batches)) {
        it(`answers ${what} as if sent step by step`, async () => {
            await start();
            const wanted = await outcome(sendInTurn(client, messages));
            await start();
            assert.deepEqual(await outcome(sendTogether(client, messages)), wanted);
        });
    }

    /** The sending meets a row that somebody has changed and commits once it is waited for. */
    const withConflict = async (
        send: (client: WireClient, messages: readonly Buffer[]) => Promise<readonly Message[]>,
        messages: readonly Buffer[],
    ): Promise<readonly Message[]> => {
        await start();
        await behind.simple("BEGIN; UPDATE item SET name = 'first' WHERE id = 1");
        const sent = send(client, messages);
        for (let isWaiting = false; !isWaiting; ) {
            const { results } = await behind.simple(
                "SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'",
            );
            isWaiting = (results[0]?.rows.length ?? 0) > 0;
        }
        await behind.simple("COMMIT");
        return sent;
    };

    for (const [what, messages] of [
        ["an update", exchange(update, "1", "y")],
        ["an update that returns", exchange(`${update} RETURNING id, name`, "1", "y")],
        ["a lock", exchange("SELECT name FROM item WHERE id = 1 FOR UPDATE")],
        ["a deletion", exchange("DELETE FROM item WHERE id = 1")],
    ] as const) {
        const batch = [
            ...exchange("BEGIN"),
            ...exchange(insert, "7", "x"),
            ...messages,
            ...exchange(insert, "8", "x"),
            ...exchange(read),
            ...exchange("COMMIT"),
            ...exchange(read),
        ];

        it(`answers ${what} that meets a conflict as if sent step by step, but for the snapshot`, async () => {
            const wanted = await withConflict(sendInTurn, batch);
            const seen = await withConflict(sendTogether, batch);
            assert.deepEqual(withoutRows(seen), withoutRows(wanted));
            assert.deepEqual(
                brief(seen).filter((line) => line.startsWith("E")),
                ["E 40001 change conflicts with another transaction (OC000)"],
            );
        });
    }
});

// Without a savepoint the snapshot is lost with the statement that fails; its COMMIT fails, too.
function withoutRows(messages: readonly Message[]): readonly string[] {
    return exact(messages.filter(({ type }) => type !== "D"));
}
