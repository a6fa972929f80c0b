import assert from "node:assert/strict";
import { startTestDoor, type TestCluster, type TestDoor } from "../../../../support/front-door";
import type { WireClient } from "../../../../support/wire-client";

const stale = "40001 schema has been updated by another transaction (OC001)";
const lost = "40001 change conflicts with another transaction (OC000)";

/** Who says what, and what it answers: its command tag, or code and message of its error. */
type Line = readonly [client: "A" | "B" | "C", text: string, answer: string];

describe("a change of the catalogue beside open transactions", () => {
    let door: TestDoor;
    let cluster: TestCluster;
    let clients: Record<Line[0], WireClient>;
    before(async () => {
        door = await startTestDoor();
    });
    beforeEach(async () => {
        cluster = await door.cluster();
        const admin = await door.connect({ cluster });
        await admin.simple("CREATE TABLE t (id int PRIMARY KEY, n int)");
        await admin.simple("INSERT INTO t VALUES (1, 0), (2, 0)");
        const [A, B, C] = [
            await door.connect({ cluster }),
            await door.connect({ cluster }),
            await door.connect({ cluster }),
        ];
        clients = { A, B, C };
        await admin.close();
    });
    afterEach(async () => {
        await Promise.all(Object.values(clients).map((client) => client.close()));
        await door.door.removeCluster(cluster.identifier);
    });

    const count = "SELECT count(*) FROM t";
    const update = "UPDATE t SET n = n + 1 WHERE id = 1";
    const addColumn = "ALTER TABLE t ADD COLUMN m int";
    const courses: Readonly<Record<string, readonly Line[]>> = {
        "does not wait for one that has only read, which may commit": [
            ["A", "BEGIN", "BEGIN"],
            ["A", count, "SELECT 1"],
            ["B", addColumn, "ALTER TABLE"],
            ["A", "COMMIT", "COMMIT"],
        ],
        "does not wait for one that has only read, which is told at its next statement": [
            ["A", "BEGIN", "BEGIN"],
            ["A", count, "SELECT 1"],
            ["B", addColumn, "ALTER TABLE"],
            ["A", count, stale],
            ["A", "COMMIT", "ROLLBACK"],
        ],
        "does not wait for one that has changed rows, which is told at its COMMIT": [
            ["A", "BEGIN", "BEGIN"],
            ["A", update, "UPDATE 1"],
            ["B", addColumn, "ALTER TABLE"],
            ["A", "COMMIT", stale],
            ["A", "SELECT FROM t WHERE n = 0", "SELECT 2"],
        ],
        "keeps nobody waiting while it is not committed, and loses nothing": [
            ["A", "BEGIN", "BEGIN"],
            ["A", addColumn, "ALTER TABLE"],
            ["B", count, "SELECT 1"],
            ["C", update, "UPDATE 1"],
            ["A", "COMMIT", "COMMIT"],
            ["A", "SELECT m FROM t WHERE n = 1", "SELECT 1"],
        ],
        "loses to another one that was committed first": [
            ["A", "BEGIN", "BEGIN"],
            ["A", "CREATE TABLE u (id int)", "CREATE TABLE"],
            ["B", "CREATE TABLE u (id int)", "CREATE TABLE"],
            ["A", "COMMIT", lost],
        ],
        "wins against another one that is rolled back": [
            ["A", "BEGIN", "BEGIN"],
            ["A", "CREATE TABLE u (id int)", "CREATE TABLE"],
            ["B", "BEGIN", "BEGIN"],
            ["B", "CREATE TABLE u (id int)", "CREATE TABLE"],
            ["B", "ROLLBACK", "ROLLBACK"],
            ["A", "COMMIT", "COMMIT"],
        ],
        "that starts a job loses when it is in the way, and starts none": [
            ["A", "BEGIN", "BEGIN"],
            ["A", "CREATE INDEX ASYNC ON t (n)", "CREATE INDEX"],
            ["B", update, "UPDATE 1"],
            ["A", "COMMIT", lost],
            ["A", "SELECT FROM sys.jobs", "SELECT 0"],
            ["B", count, "SELECT 1"],
        ],
        "is told to every other connection, once, and not to its own": [
            ["A", addColumn, "ALTER TABLE"],
            ["A", count, "SELECT 1"],
            ["B", count, stale],
            ["B", count, "SELECT 1"],
            ["C", update, stale],
            ["C", update, "UPDATE 1"],
        ],
        "is told once, however many there were": [
            ["A", addColumn, "ALTER TABLE"],
            ["A", "GRANT SELECT ON t TO PUBLIC", "GRANT"],
            ["B", count, stale],
            ["B", count, "SELECT 1"],
        ],
        "is told to who made the one before": [
            ["A", addColumn, "ALTER TABLE"],
            ["B", count, stale],
            ["B", "CREATE TABLE u (id int)", "CREATE TABLE"],
            ["A", count, stale],
            ["A", count, "SELECT 1"],
            ["B", count, "SELECT 1"],
        ],
        "is not told before it is committed, nor when it is rolled back": [
            ["A", "BEGIN", "BEGIN"],
            ["A", "CREATE TABLE u (id int)", "CREATE TABLE"],
            ["B", count, "SELECT 1"],
            ["A", "ROLLBACK", "ROLLBACK"],
            ["B", count, "SELECT 1"],
        ],
        "is not told to settings, nor by them": [
            ["A", addColumn, "ALTER TABLE"],
            ["B", "SET search_path = public", "SET"],
            ["B", count, stale],
        ],
    };
    for (const [name, lines] of Object.entries(courses)) {
        it(name, async () => {
            for (const [who, text, answer] of lines) {
                const { results, failure } = await clients[who].simple(text);
                const said =
                    failure === undefined ? results[0]?.tag : `${failure.code} ${failure.message}`;
                assert.equal(said, answer, `${who}: ${text}`);
            }
        });
    }

    it("is told again when its job has made an index valid", async () => {
        const { A, B } = clients;
        const { results } = await A.simple("CREATE INDEX ASYNC ON t (n)");
        const id = results[0]?.rows[0]?.[0];
        // Waits for the job without asking about the catalogue: it may be told at any moment.
        let state: string | null | undefined;
        for (let tries = 0; state !== "completed" && tries < 200; tries += 1) {
            const outcome = await A.simple(`SELECT status FROM sys.jobs WHERE job_id = '${id}'`);
            state = outcome.results[0]?.rows[0]?.[0];
        }
        assert.equal(state, "completed");
        assert.ok((await B.simple(count)).failure?.message.includes("OC001"));
    });
});
