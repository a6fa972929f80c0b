import assert from "node:assert/strict";
import * as fc from "fast-check";
import { startFrontDoor } from "../../../../../infra/local/dsql/front-door";
import { openTestDoor, type TestCluster, type TestDoor } from "../../../../support/test-door";
import type { WireClient } from "../../../../support/wire-client";
import { runScript, type Timing } from "./conflicts-script";
import { type Script, scripts } from "./conflicts-scripts";

const seed = Number(process.env["CONFLICT_SEED"] ?? 20_261_123);
const runs = Number(process.env["CONFLICT_RUNS"] ?? 100);

describe("transactions in any interleaving", function () {
    const milliseconds = Math.max(20_000, runs * 200);
    this.timeout(milliseconds);

    let door: TestDoor;
    let cluster: TestCluster;
    let clients: readonly WireClient[] = [];
    let firstKey = 0;
    const timing: Timing = { steps: 0, commits: 0, conflicts: 0, slow: [] };

    before(async () => {
        door = await openTestDoor({ start: startFrontDoor });
        cluster = await door.cluster();
        const admin = await door.connect({ cluster });
        await admin.simple("CREATE TABLE counter (id int PRIMARY KEY, n int)");
        await admin.close();
    });
    after(() => door.close());

    const run = async (script: Script): Promise<void> => {
        firstKey += 10;
        while (clients.length < 4) {
            clients = [...clients, await door.connect({ cluster })];
        }
        try {
            await runScript(script, clients, firstKey, timing);
        } catch (error) {
            // What failed may have left a connection in any state.
            for (const client of clients) {
                client.destroy();
            }
            clients = [];
            throw error;
        }
    };

    it("answer and end as a model of Aurora DSQL says", async () => {
        await fc.assert(fc.asyncProperty(scripts, run), {
            seed,
            numRuns: runs,
            endOnFailure: false,
            // Then it tells what it has found so far, however long it would go on to simplify it.
            interruptAfterTimeLimit: milliseconds - 5_000,
        });
        assert.ok(timing.commits > runs / 2, JSON.stringify(timing));
        assert.ok(timing.conflicts > runs / 20, JSON.stringify(timing));
    });
});
