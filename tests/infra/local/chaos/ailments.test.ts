import assert from "node:assert/strict";
import { type Ailment, createAilments } from "../../../../infra/local/chaos/ailments";

const region = "eu-west-1";

describe("what ails a Region", () => {
    /** What four requests to a path meet, and how long they wait. */
    async function meet(ailment: Ailment | undefined, path: string) {
        const waited: number[] = [];
        const ailments = createAilments(async (milliseconds) => waited.push(milliseconds));
        ailments.set(region, ailment);
        const met = [];
        for (let count = 0; count < 4; count += 1) {
            met.push(await ailments.meet(region, path));
        }
        return { met, waited };
    }
    const well = [undefined, undefined, undefined, undefined];
    const slow: Ailment = { kind: "slow", milliseconds: 90 };
    const cases: [what: string, ailment: Ailment | undefined, path: string, met: unknown][] = [
        ["nothing", undefined, "/health", { met: well, waited: [] }],
        ["slowness", slow, "/products", { met: well, waited: [90, 90, 90, 90] }],
        ["503", { kind: "unavailable" }, "/orders", { met: [503, 503, 503, 503], waited: [] }],
        [
            "health that is good and bad by turns",
            { kind: "flapping" },
            "/health",
            { met: [undefined, 503, undefined, 503], waited: [] },
        ],
        [
            "health that flaps, elsewhere",
            { kind: "flapping" },
            "/orders",
            { met: well, waited: [] },
        ],
    ];
    for (const [what, ailment, path, expected] of cases) {
        it(`lets requests meet ${what}`, async () => {
            assert.deepEqual(await meet(ailment, path), expected);
        });
    }

    it("leaves other Regions alone, counts, and is over when healed", async () => {
        const ailments = createAilments();
        ailments.set(region, { kind: "unavailable" });
        assert.equal(await ailments.meet("us-east-1", "/health"), undefined);
        assert.equal(await ailments.meet(region, "/health"), 503);
        ailments.heal();
        assert.equal(await ailments.meet(region, "/health"), undefined);
        assert.deepEqual(ailments.counts, { slow: 0, unavailable: 1, flapping: 0 });
    });

    it("refuses what is no slowness", () => {
        const ailments = createAilments();
        const forever: Ailment = { kind: "slow", milliseconds: Number.POSITIVE_INFINITY };
        assert.throws(() => ailments.set(region, forever), /allowed: more than 0, at most/);
    });
});
