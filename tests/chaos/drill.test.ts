import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { deployLocally, type LocalDeployment } from "../../infra/local/deploy";
import { type DrillResult, holdDrill } from "./drill";
import { type FailoverResult, holdFailover } from "./failover";
import { brokenLimits, textOfFailover } from "./failover-report";
import { openLocalGround } from "./local-ground";
import { textOf } from "./report";

/** Its cells serve from their home Regions alone: whoever loses one loses a cell. */
const stack = "dev";

describe("the deployed shop", function () {
    this.timeout(180_000);
    const folder = mkdtempSync(path.join(tmpdir(), "shop-drill-"));
    let deployment: LocalDeployment;
    before(async () => {
        deployment = await deployLocally({ stack, folder, durable: false });
    });
    after(async () => {
        await deployment?.stop();
        rmSync(folder, { recursive: true, force: true });
    });

    describe("in a drill", () => {
        let result: DrillResult;
        before(async () => {
            result = await holdDrill(openLocalGround(deployment, stack, 1), {
                seed: "mocha",
                milliseconds: 20_000,
                clientsPerCell: 2,
                actsPerSecond: 12,
                // What runs by schedule runs at once, so that nobody waits for minutes.
                hurryAfterMilliseconds: 2_000,
                convergenceLimitMilliseconds: 30_000,
                isPatient: false,
                progress: () => undefined,
            });
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

    describe("that loses a home Region under load", () => {
        let result: FailoverResult;
        before(async () => {
            result = await holdFailover(deployment, {
                stack,
                seed: "mocha-failover",
                losses: ["region"],
                lostMilliseconds: 15_000,
                recoveryMilliseconds: 30_000,
                clientsPerCell: 10,
                actsPerSecond: 70,
                progress: () => undefined,
            });
        });

        it("loses and doubles no order, reads on, writes again within 15 s, and has its traffic back", () => {
            assert.deepEqual(brokenLimits(result), [], textOfFailover(result));
        });

        it("is felt by the customers of that Region, or this would be no test", () => {
            const failed = result.reports.flatMap(({ fares }) =>
                fares.filter(({ failedWrites }) => failedWrites > 0),
            );
            const viewers = failed.map(({ viewer }) => viewer);
            assert.ok(viewers.includes("us"), textOfFailover(result));
        });
    });
});
