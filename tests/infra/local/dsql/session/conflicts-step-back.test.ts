import assert from "node:assert/strict";
import { startTestDoor, type TestCluster, type TestDoor } from "../../../../support/front-door";
import type { WireClient } from "../../../../support/wire-client";

const lost = "40001 change conflicts with another transaction (OC000)";

/** Who says what, and what it answers: the first value, the command tag, or its error. */
type Line = readonly [client: "A" | "B", text: string, answer: string];

describe("a transaction that let another one pass", () => {
    let door: TestDoor;
    let cluster: TestCluster;
    let clients: Record<Line[0], WireClient>;
    before(async () => {
        door = await startTestDoor();
    });
    beforeEach(async () => {
        cluster = await door.cluster();
        const admin = await door.connect({ cluster });
        for (const text of [
            "CREATE TABLE t (id int PRIMARY KEY, n int)",
            "CREATE TABLE made (id uuid DEFAULT gen_random_uuid() PRIMARY KEY, n int)",
            `CREATE FUNCTION add(amount int) RETURNS int LANGUAGE sql
             AS 'UPDATE t SET n = n + amount WHERE id = 2 RETURNING n'`,
            "INSERT INTO t VALUES (1, 0), (2, 0), (3, 0)",
        ]) {
            assert.equal((await admin.simple(text)).failure, undefined);
        }
        clients = { A: await door.connect({ cluster }), B: await door.connect({ cluster }) };
        await admin.close();
    });
    afterEach(async () => {
        await Promise.all(Object.values(clients).map((client) => client.close()));
        await door.door.removeCluster(cluster.identifier);
    });

    const update = "UPDATE t SET n = n + 1 WHERE id = 1";
    const read = "SELECT string_agg(n::text, ' ' ORDER BY id) FROM t";
    /** B wants A's row and gives it back. */
    const disturbance: readonly Line[] = [
        ["B", "BEGIN", "BEGIN"],
        ["B", update, "UPDATE 1"],
        ["B", "ROLLBACK", "ROLLBACK"],
    ];
    const courses: Readonly<Record<string, readonly Line[]>> = {
        "commits what it changed": [
            ["A", "BEGIN", "BEGIN"],
            ["A", update, "UPDATE 1"],
            ["A", "UPDATE t SET n = 7 WHERE id = 3", "UPDATE 1"],
            ...disturbance,
            ["A", "COMMIT", "COMMIT"],
            ["B", read, "1 0 7"],
        ],
        "keeps its settings": [
            ["A", "BEGIN", "BEGIN"],
            ["A", "SET LOCAL application_name = 'mine'", "SET"],
            ["A", update, "UPDATE 1"],
            ...disturbance,
            ["A", "SHOW application_name", "mine"],
            ["A", "COMMIT", "COMMIT"],
        ],
        "may let others pass again after it has lost once": [
            ["A", "BEGIN", "BEGIN"],
            ["A", update, "UPDATE 1"],
            ...disturbance,
            ["B", update, "UPDATE 1"],
            ["A", "COMMIT", lost],
            ["A", "BEGIN", "BEGIN"],
            ["A", update, "UPDATE 1"],
            ...disturbance,
            ["A", read, "2 0 0"],
            ["A", "COMMIT", "COMMIT"],
        ],
        "loses to a row that is locked while it is known to want it": [
            ["A", "BEGIN", "BEGIN"],
            ["A", update, "UPDATE 1"],
            ["B", "BEGIN", "BEGIN"],
            ["B", "SELECT n FROM t WHERE id = 1 FOR UPDATE", "0"],
            ["B", "COMMIT", "COMMIT"],
            ["A", "COMMIT", lost],
        ],
        "loses rather than commit another id than it was told": [
            ["A", "BEGIN", "BEGIN"],
            ["A", update, "UPDATE 1"],
            ["A", "INSERT INTO made (n) VALUES (1) RETURNING 'told'", "told"],
            ...disturbance,
            ["A", "COMMIT", lost],
            ["B", "SELECT count(*) FROM made", "0"],
        ],
        "loses rather than commit less than a function changed": [
            ["A", "BEGIN", "BEGIN"],
            ["A", "SELECT add(5)", "5"],
            ["A", update, "UPDATE 1"],
            ...disturbance,
            ["A", "COMMIT", lost],
            ["B", read, "0 0 0"],
        ],
    };
    for (const [name, lines] of Object.entries(courses)) {
        it(name, async () => {
            for (const [who, text, answer] of lines) {
                const { results, failure } = await clients[who].simple(text);
                const [result] = results;
                const said = failure
                    ? `${failure.code} ${failure.message}`
                    : (result?.rows[0]?.[0] ?? result?.tag);
                assert.equal(said, answer, `${who}: ${text}`);
            }
        });
    }

    it("is found also by who began to wait while it was at work", async () => {
        const { A, B } = clients;
        await A.simple("BEGIN");
        const working = A.simple(`${update}; SELECT pg_sleep(0.1)`);
        const sleeping = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        for (let found = 0; found === 0; ) {
            found = (await B.simple(sleeping)).results[0]?.tag === "SELECT 1" ? 1 : 0;
        }
        await B.simple("BEGIN");
        assert.equal((await B.simple(update)).results[0]?.tag, "UPDATE 1");
        await working;
        // It would have lost if it had waited as long as PostgreSQL lets it.
        assert.equal((await B.simple("COMMIT")).failure, undefined);
    });
});
