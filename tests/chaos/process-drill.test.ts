import assert from "node:assert/strict";
import { type DrillResult, holdDrill } from "./drill";
import { openProcessGround, type ProcessGround } from "./process-ground";
import { textOf } from "./report";

const seed = "mocha";

describe("a drill of three cells in one process", function () {
    this.timeout(60_000);
    let opened: ProcessGround;
    let result: DrillResult;
    before(async () => {
        opened = await openProcessGround(seed);
        result = await holdDrill(opened.ground, {
            seed,
            milliseconds: 9_000,
            clientsPerCell: 4,
            actsPerSecond: 45,
            hurryAfterMilliseconds: Number.POSITIVE_INFINITY,
            convergenceLimitMilliseconds: 10_000,
            isPatient: true,
            progress: () => undefined,
        });
    });
    after(() => opened.close());

    it("breaks no rule, whatever breaks", () => {
        assert.deepEqual(result.violations, [], textOf(result));
    });

    it("reaches what happens seldom", () => {
        const missed = result.reached.filter(({ count }) => count === 0);
        assert.deepEqual(missed, [], textOf(result));
    });
});
