import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { rareStates } from "./reached";
import { faultsOf } from "./world";

const run = promisify(execFile);

/** In a process of its own: a simulation takes the place of time and chance. */
async function simulated(...options: string[]) {
    const main = path.join(__dirname, "main.ts");
    const parameters = ["--require", "tsx/cjs", main, "--json", "--processes", "1", ...options];
    const { stdout } = await run(process.execPath, parameters, { maxBuffer: 16 * 1024 * 1024 });
    const { seconds: _, ...summary } = JSON.parse(stdout);
    return summary;
}

describe("simulation: three cells and every fault", () => {
    it("keeps every rule in a million steps and reaches every rare state", async function () {
        this.timeout(90_000);
        const { failure, reached, steps } = await simulated("--steps", "1000000", "--seed", "1");
        assert.equal(failure, undefined);
        assert.ok(steps >= 1_000_000);
        const missed = rareStates.filter((name) => !(reached[name] > 0));
        assert.deepEqual(missed, []);
    });

    it("is the same for the same seed, and another one for another", async function () {
        this.timeout(60_000);
        const options = ["--steps", "1", "--seed", "a"];
        const [one, again] = await Promise.all([
            simulated(...options).catch(outputOf),
            simulated(...options).catch(outputOf),
        ]);
        assert.deepEqual(one, again);
        assert.notDeepEqual(faultsOf("a.0"), faultsOf("b.0"));
    });
});

/** One world alone does not reach every state, and says so by its exit code. */
function outputOf(error: { readonly stdout: string }) {
    const { seconds: _, ...summary } = JSON.parse(error.stdout);
    return summary;
}
