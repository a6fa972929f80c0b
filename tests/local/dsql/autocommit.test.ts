import assert from "node:assert/strict";
import { startTestDoor, type TestCluster, type TestDoor } from "../../support/front-door";
import type { WireClient } from "../../support/wire-client";
import type { Outcome } from "../../support/wire-outcome";
import { userGuide } from "./probe";

const documented = userGuide("working-with-concurrency-control");
const slowly = "UPDATE lamp SET n = n + 1 WHERE id = 1 AND (SELECT pg_sleep(0.4)) IS NOT NULL";

describe("A statement without BEGIN that is still at work", () => {
    let door: TestDoor;
    let cluster: TestCluster;
    let slow: WireClient;
    let quick: WireClient;
    before(async () => {
        door = await startTestDoor();
        cluster = await door.cluster();
        const client = await door.connect({ cluster });
        await client.simple("CREATE TABLE lamp (id int PRIMARY KEY, n int)");
        await client.close();
    });
    beforeEach(async () => {
        quick = await door.connect({ cluster });
        await quick.simple("DELETE FROM lamp");
        await quick.simple("INSERT INTO lamp VALUES (1, 1), (2, 2)");
        slow = await door.connect({ cluster });
    });
    afterEach(() => Promise.all([slow.close(), quick.close()]));
    after(() => door.door.removeCluster(cluster.identifier));

    for (const protocol of ["simple", "extended"] as const) {
        it(`fails once its row was changed (${documented}; ${protocol})`, async () => {
            const { failure } = await meanwhile("UPDATE lamp SET n = 9 WHERE id = 1", protocol);
            assert.equal(failure?.code, "40001");
            assert.equal(failure.message, "change conflicts with another transaction (OC000)");
            assert.equal(slow.status(), "I");
            assert.deepEqual(await content(), [["9"], ["2"]]);
        });

        it(`succeeds when another row was changed (${documented}; ${protocol})`, async () => {
            const { results } = await meanwhile("UPDATE lamp SET n = 9 WHERE id = 2", protocol);
            assert.equal(results[0]?.tag, "UPDATE 1");
            assert.deepEqual(await content(), [["2"], ["9"]]);
        });
    }

    /** What the slow statement answers when something is committed after it took its snapshot. */
    async function meanwhile(change: string, protocol: "simple" | "extended"): Promise<Outcome> {
        let isAnswered = false;
        const answer = slow[protocol](slowly).finally(() => {
            isAnswered = true;
        });
        while (!(await isAsleep())) {
            assert.ok(!isAnswered, "It is answered before it could be seen at work.");
        }
        assert.equal((await quick.simple(change)).results[0]?.tag, "UPDATE 1");
        return await answer;
    }

    async function isAsleep(): Promise<boolean> {
        const { results } = await quick.simple(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
        );
        return results[0]?.rows[0]?.[0] === "1";
    }

    async function content(): Promise<Outcome["results"][number]["rows"] | undefined> {
        const { results } = await quick.simple("SELECT n FROM lamp ORDER BY id");
        return results[0]?.rows;
    }
});
