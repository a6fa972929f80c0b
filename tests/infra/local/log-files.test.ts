import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { createLogFiles } from "../../../infra/local/log-files";

describe("the local log files", () => {
    let folder = "";
    beforeEach(() => {
        folder = mkdtempSync(path.join(tmpdir(), "logs-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("append to what an earlier run wrote, a file for each name", async () => {
        for (const line of ["one", "two"]) {
            const logs = createLogFiles(folder);
            logs.write("/shop/orders", line);
            await logs.close();
            logs.write("/shop/orders", "after the end");
        }
        assert.equal(readFileSync(path.join(folder, "-shop-orders.log"), "utf8"), "one\ntwo\n");
    });

    it("start anew at 10 MB and keep the previous ones", async () => {
        writeFileSync(path.join(folder, "orders.log"), "x".repeat(10 * 1024 * 1024));
        const logs = createLogFiles(folder);
        logs.write("orders", "new");
        await logs.close();
        assert.deepEqual(readdirSync(folder).sort(), ["orders.log", "orders.log.1"]);
        assert.equal(readFileSync(path.join(folder, "orders.log"), "utf8"), "new\n");
    });
});
