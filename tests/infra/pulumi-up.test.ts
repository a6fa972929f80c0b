import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { registered } from "../support/registered-program";

const script = path.resolve(__dirname, "../support/run-under-pulumi.cjs");

describe("the program under Pulumi's own compiler", function () {
    this.timeout(60_000);

    it("registers what it registers here", async () => {
        const environment = { ...process.env, NODE_OPTIONS: "" };
        const { stdout } = await promisify(execFile)(process.execPath, [script], {
            env: environment,
        });
        const { resources } = await registered("prod");
        assert.deepEqual(JSON.parse(stdout), { registered: resources.length });
    });
});
