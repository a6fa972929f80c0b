import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { deployLocally, type LocalDeployment } from "../../infra/local/deploy";
import { type FailoverResult, holdFailover } from "./failover";
import { brokenLimits, textOfFailover } from "./failover-report";

/** From home Regions alone: losing one loses its cell, and takes half as many functions. */
const stack = "dev";

describe("the loss of a home Region under load", function () {
    this.timeout(180_000);
    const folder = mkdtempSync(path.join(tmpdir(), "shop-failover-"));
    let deployment: LocalDeployment;
    let result: FailoverResult;
    before(async () => {
        deployment = await deployLocally({ stack, folder, durable: false });
        result = await holdFailover(deployment, {
            stack,
            seed: "mocha",
            losses: ["region"],
            lostMilliseconds: 16_000,
            recoveryMilliseconds: 7_000,
            clientsPerCell: 10,
            actsPerSecond: 66,
            progress: () => undefined,
        });
    });
    after(async () => {
        await deployment?.stop();
        rmSync(folder, { recursive: true, force: true });
    });

    it("costs no order, no read more than 3 s, no write more than 15 s, and passes", () => {
        assert.deepEqual(brokenLimits(result), [], textOfFailover(result));
    });

    it("is felt, or this would be no test", () => {
        const failed = result.reports.flatMap(({ fares }) =>
            fares.filter(({ failedWrites }) => failedWrites > 0),
        );
        assert.deepEqual(
            failed.map(({ viewer }) => viewer),
            ["us"],
            textOfFailover(result),
        );
    });
});
