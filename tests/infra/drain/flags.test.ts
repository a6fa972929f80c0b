import assert from "node:assert/strict";
import fc from "fast-check";
import { drain, type Flags, readDrained, regionsLeft, undrain } from "../../../infra/drain/flags";
import { statusOf, tellStatus } from "../../../infra/drain/status-text";

const regions = ["us-east-1", "eu-west-1", "ap-northeast-1"];
const nowSeconds = 1_790_000_000;

function flagsWith(drained: readonly string[], down: Readonly<Record<string, number>> = {}): Flags {
    const entry = (age: number) => ({
        down: true,
        at: nowSeconds - age,
        by: "us-east-1",
        bad: {},
        good: {},
    });
    return {
        regions,
        drained: Object.fromEntries(drained.map((region) => [region, nowSeconds - 60])),
        health: Object.fromEntries(
            Object.entries(down).map(([region, age]) => [region, entry(age)]),
        ),
        nowSeconds,
    };
}

describe("draining", () => {
    it("says since when", () => {
        assert.deepEqual(drain("eu-west-1", flagsWith([]), false), { "eu-west-1": nowSeconds });
    });

    it("leaves other Regions as they were, and one that is drained already", () => {
        const flags = flagsWith(["eu-west-1"]);
        assert.equal(drain("eu-west-1", flags, false), flags.drained);
        const next = drain("us-east-1", flags, false);
        assert.deepEqual(next, { ...flags.drained, "us-east-1": nowSeconds });
    });

    it("names the Regions that there are", () => {
        assert.throws(
            () => drain("eu-west-9", flagsWith([]), false),
            /"eu-west-9" has no API; allowed: us-east-1, eu-west-1, ap-northeast-1\./,
        );
    });

    it("is refused for the last Region, with what has become of the others", () => {
        const flags = flagsWith(["eu-west-1"], { "ap-northeast-1": 10 });
        assert.throws(
            () => drain("us-east-1", flags, false),
            /without us-east-1 \(eu-west-1 is drained, ap-northeast-1 is down\).*--force/,
        );
        assert.equal(drain("us-east-1", flags, true)["us-east-1"], nowSeconds);
    });

    it("counts on a Region whose monitors have been silent for too long, as the edge does", () => {
        const flags = flagsWith(["eu-west-1"], { "ap-northeast-1": 181 });
        assert.equal(drain("us-east-1", flags, false)["us-east-1"], nowSeconds);
    });

    it("never leaves nobody, whatever is asked in whatever order", () => {
        const asked = fc.array(fc.constantFrom(...regions));
        fc.assert(
            fc.property(asked, fc.subarray(regions, { maxLength: 2 }), (wishes, down) => {
                const ages = Object.fromEntries(down.map((region) => [region, 10]));
                let flags = flagsWith([], ages);
                for (const region of wishes) {
                    try {
                        flags = { ...flags, drained: drain(region, flags, false) };
                    } catch {
                        // Refused, so nothing has changed.
                    }
                    assert.ok(regionsLeft(flags).length > 0);
                }
            }),
        );
    });
});

describe("undraining", () => {
    const flags = flagsWith(["eu-west-1", "sa-east-1"]);

    it("leaves the others drained", () => {
        assert.deepEqual(Object.keys(undrain("eu-west-1", flags)), ["sa-east-1"]);
    });

    it("without a Region lets all of them in", () => {
        assert.deepEqual(undrain(undefined, flags), {});
    });

    it("changes nothing where nothing is drained", () => {
        assert.equal(undrain("us-east-1", flags), flags.drained);
        const none = flagsWith([]);
        assert.equal(undrain(undefined, none), none.drained);
    });

    it("knows Regions that the stack no longer has, while they are drained", () => {
        assert.deepEqual(Object.keys(undrain("sa-east-1", flags)), ["eu-west-1"]);
        assert.throws(() => undrain("sa-east-9", flags), /"sa-east-9" has no API; allowed: us-/);
    });
});

describe("the status of Regions", () => {
    it("is a table whose columns stand below each other", () => {
        const flags = flagsWith(["eu-west-1"], { "ap-northeast-1": 20 });
        assert.deepEqual(tellStatus(statusOf(flags)).split("\n"), [
            "REGION          SERVES  DRAINED                     HEALTH",
            "us-east-1       yes     no                          up",
            "eu-west-1       no      since 2026-09-21T14:12:20Z  up",
            "ap-northeast-1  no      no                          down, said us-east-1 at 2026-09-21T14:13:00Z",
            "",
        ]);
    });

    it("says so where the edge ignores the flags, and that all serve", () => {
        const status = statusOf(flagsWith(regions));
        assert.ok(status.areFlagsIgnored && status.regions.every(({ serves }) => serves));
        assert.match(tellStatus(status), /the edge ignores the flags/);
    });
});

for (const text of [undefined, "", "nope", "null", "7", '{"eu-west-1":"yes"}']) {
    it(`the key ${text} drains nobody`, () => assert.deepEqual(readDrained(text), {}));
}
