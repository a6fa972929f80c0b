import assert from "node:assert/strict";
import { insertNotices } from "../../app/replication/outbox-store";
import { createRandom } from "../chaos/random";
import { createKernel } from "./kernel";
import { createMemoryDatabase } from "./memory-database";
import { copyTables } from "./memory-table";

const silent = {
    committed: () => undefined,
    refused: () => undefined,
    lostAnswer: () => undefined,
    conflict: () => undefined,
};
const notice = { destination: 2, kind: "product", ref: "p" } as const;

describe("simulation: a database that is restored from a backup", () => {
    it("gets nothing that was sent to the one before, however far that has come", async () => {
        for (let restoredAt = 0.5; restoredAt < 12; restoredAt += 0.5) {
            const kernel = createKernel();
            const database = createMemoryDatabase(kernel, createRandom("restore"), silent);
            const backup = copyTables(database.tables());
            kernel.spawn(1, "orders", async () => {
                const now = new Date(0).toISOString();
                await database.session.transact(insertNotices("main", 1, [notice], now));
            });
            kernel.after(restoredAt, undefined, () => {
                kernel.kill(1, () => true);
                database.restore(backup);
            });
            await kernel.run(() => false);
            const kept = database.tables().outbox.entries.size;
            assert.equal(kept, 0, `restored after ${restoredAt} ms`);
        }
    });
});
