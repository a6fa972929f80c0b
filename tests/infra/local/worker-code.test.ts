import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Worker } from "node:worker_threads";
import { bundleWorker } from "../../../infra/local/worker-code";

const entry = `
    import { parentPort } from "node:worker_threads";
    import { Client } from "pg";
    import { fail } from "./failing";

    parentPort?.postMessage([String(Client), __filename]);
    try {
        fail();
    } catch (error) {
        parentPort?.postMessage(String((error as Error).stack));
    }
`;
const failing = `
    export function fail(): void {
        interface Unused {}
        throw new Error("found");
    }
`;

describe("the code of a worker", () => {
    let folder = "";

    before(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "shop worker's code-"));
        const packageFolder = path.join(folder, "node_modules", "pg");
        fs.mkdirSync(packageFolder, { recursive: true });
        fs.writeFileSync(path.join(packageFolder, "index.js"), 'exports.Client = "next to it";');
        fs.writeFileSync(path.join(folder, "entry.ts"), entry);
        fs.writeFileSync(path.join(folder, "failing.ts"), failing);
        fs.writeFileSync(path.join(folder, "broken.ts"), "const = 1;");
    });

    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    it("finds packages from its own folder, and traces name its sources' lines", async () => {
        const worker = new Worker(await bundleWorker(path.join(folder, "entry.ts")), {
            eval: true,
            execArgv: [],
        });
        const messages: unknown[] = [];
        worker.on("message", (message) => messages.push(message));
        await once(worker, "exit");
        const [first, trace] = messages;
        assert.deepEqual(first, ["next to it", path.join(folder, "entry.ts.js")]);
        assert.match(String(trace), /Error: found\n {4}at fail \(.*failing\.ts:4:\d+\)/);
        assert.match(String(trace), /entry\.ts:8:\d+/);
    });

    it("is bundled once", async () => {
        const file = path.join(folder, "entry.ts");
        assert.equal(bundleWorker(file), bundleWorker(file));
    });

    it("that does not compile is reported, and compiled again when asked for again", async () => {
        const file = path.join(folder, "broken.ts");
        await assert.rejects(bundleWorker(file), /broken\.ts:1:6: ERROR: Expected identifier/);
        fs.writeFileSync(file, "export const whole = 1;");
        assert.match(await bundleWorker(file), /whole/);
    });
});
