import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { deployLocally, type LocalDeployment } from "../../infra/local/deploy";
import { type DrillResult, holdDrill } from "./drill";
import { openLocalGround } from "./local-ground";
import { textOf } from "./report";

const stack = "dev";

describe("a drill of the deployed shop", function () {
    this.timeout(180_000);
    const folder = mkdtempSync(path.join(tmpdir(), "shop-drill-"));
    let deployment: LocalDeployment;
    let result: DrillResult;
    before(async () => {
        deployment = await deployLocally({ stack, folder, durable: false });
        result = await holdDrill(openLocalGround(deployment, stack, 1), {
            seed: "mocha",
            milliseconds: 20_000,
            clientsPerCell: 3,
            actsPerSecond: 20,
            // What runs by schedule runs at once, so that nobody waits for minutes.
            hurryAfterMilliseconds: 2_000,
            convergenceLimitMilliseconds: 30_000,
            isPatient: false,
            progress: () => undefined,
        });
    });
    after(async () => {
        await deployment?.stop();
        rmSync(folder, { recursive: true, force: true });
    });

    it("breaks no rule, whatever breaks", () => {
        assert.deepEqual(result.violations, [], textOf(result));
    });

    it("breaks everything that can be broken", () => {
        const inside = ["database", "messages", "kill"];
        const between = ["cut", "slow", "cellDown", "regionDown", "regionLost"];
        const missed = [...inside, ...between].filter((kind) => !result.faults[`set: ${kind}`]);
        assert.deepEqual(missed, [], textOf(result));
    });
});
