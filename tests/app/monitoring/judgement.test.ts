import assert from "node:assert/strict";
import fc from "fast-check";
import { agree, silenceSeconds, standingsFrom } from "../../../app/monitoring/agreement";
import { type Health, readHealth, writeHealth } from "../../../app/monitoring/health-record";
import {
    freshStanding,
    type Standing,
    type Verdict,
    weigh,
    weighRound,
} from "../../../app/monitoring/judgement";

const regions = ["eu-west-1", "us-east-1", "ap-northeast-1"];
const monitors = ["eu-west-1", "us-east-1"];
const sample = fc.constantFrom<Verdict>("good", "bad");

function verdicts(bad: readonly string[]): Map<string, Verdict> {
    return new Map(regions.map((region) => [region, bad.includes(region) ? "bad" : "good"]));
}

describe("a verdict", () => {
    const table: [samples: string, verdict: Verdict][] = [
        ["b", "good"],
        ["bb", "good"],
        ["bbgbb", "good"],
        ["bbb", "bad"],
        ["bbbgg", "bad"],
        ["bbbggbgg", "bad"],
        ["bbbggg", "good"],
    ];
    for (const [samples, verdict] of table) {
        it(`is ${verdict} after ${samples}`, () => {
            const end = [...samples].reduce<Standing>(
                (standing, letter) => weigh(standing, letter === "b" ? "bad" : "good"),
                freshStanding,
            );
            assert.equal(end.verdict, verdict);
        });
    }

    it("does not change by one sample that others contradict", () => {
        fc.assert(
            fc.property(fc.array(sample), (before) => {
                const standing = before.reduce(weigh, freshStanding);
                const settled = weigh(standing, standing.verdict);
                const other = standing.verdict === "good" ? "bad" : "good";
                assert.equal(weigh(settled, other).verdict, standing.verdict);
            }),
        );
    });

    it("is good again after three good samples, whatever came before", () => {
        fc.assert(
            fc.property(fc.array(sample), (before) => {
                const end = [...before, "good", "good", "good"] as Verdict[];
                assert.equal(end.reduce(weigh, freshStanding).verdict, "good");
            }),
        );
    });

    it("is passed on nobody by a monitor that reaches nobody", () => {
        const allBad = verdicts(regions);
        let standings = weighRound(new Map(), allBad);
        for (let round = 0; round < 10; round += 1) {
            standings = weighRound(standings, allBad);
        }
        assert.ok([...standings.values()].every(({ verdict }) => verdict === "good"));
    });
});

describe("monitors", () => {
    const say = (health: Health, monitor: string, bad: readonly string[], nowSeconds: number) =>
        agree(health, { monitor, monitors, verdicts: verdicts(bad), nowSeconds });

    it("take a Region down as soon as both say bad", () => {
        const first = say({}, "eu-west-1", ["ap-northeast-1"], 1_000);
        const both = say(first, "us-east-1", ["ap-northeast-1"], 1_001);
        assert.deepEqual(
            [first["ap-northeast-1"]?.down, both["ap-northeast-1"]?.down],
            [false, true],
        );
    });

    it("need no word of a monitor that is lost with its Region", () => {
        const health = say({}, "us-east-1", ["eu-west-1"], 1_000);
        assert.equal(health["eu-west-1"]?.down, true);
    });

    it("bring a Region up as soon as one says good", () => {
        let health = say({}, "eu-west-1", ["ap-northeast-1"], 1_000);
        health = say(health, "us-east-1", ["ap-northeast-1"], 1_001);
        assert.equal(say(health, "us-east-1", [], 1_002)["ap-northeast-1"]?.down, false);
    });

    it("wait for a silent one, then do without, and stay with it", () => {
        let health: Health = {};
        const downs = Array.from({ length: 80 }, (_, index) => {
            health = say(health, "eu-west-1", ["ap-northeast-1"], 1_000 + index * 2);
            return health["ap-northeast-1"]?.down === true;
        });
        assert.equal(downs.indexOf(true), silenceSeconds / 2);
        assert.ok(downs.slice(silenceSeconds / 2).every((down) => down));
    });

    it("do without one that contradicted and was lost later", () => {
        let health = say({}, "eu-west-1", ["ap-northeast-1"], 1_000);
        health = say(health, "us-east-1", [], 1_001);
        const downAt = Array.from({ length: 120 }, (_, index) => 1_002 + index * 2).find((now) => {
            health = say(health, "eu-west-1", ["ap-northeast-1"], now);
            return health["ap-northeast-1"]?.down === true;
        });
        assert.equal(downAt, 1_196);
    });

    it("begin with what they said when they last ran", () => {
        const health = say({}, "eu-west-1", ["ap-northeast-1"], 1_000);
        const bad = { verdict: "bad", against: 0 };
        const begin = (monitor: string, now: number) => [...standingsFrom(health, monitor, now)];
        assert.deepEqual(begin("eu-west-1", 1_100), [["ap-northeast-1", bad]]);
        assert.deepEqual(begin("us-east-1", 1_100), []);
        assert.deepEqual(begin("eu-west-1", 1_180), []);
    });

    it("keep no record of what counts no more", () => {
        const health = say({}, "us-east-1", ["eu-west-1"], 1_000);
        assert.deepEqual(readHealth(writeHealth(health, 1_179)), health);
        assert.equal(writeHealth(health, 1_181), "{}");
    });

    it("write at most every 30 seconds while a Region stays down", () => {
        let health: Health = {};
        let writes = 0;
        for (let now = 1_000; now < 1_300; now += 5) {
            const next = say(health, "us-east-1", ["eu-west-1"], now);
            writes += next === health ? 0 : 1;
            health = next;
        }
        assert.equal(writes, 10);
    });

    it("write nothing while all is well", () => {
        const health = {};
        assert.equal(say(health, "eu-west-1", [], 1_000), health);
    });

    it("never flap over a Region outside of both that they disagree on for ever", () => {
        fc.assert(
            fc.property(fc.array(fc.integer({ min: 1, max: 10 })), (pauses) => {
                let health: Health = {};
                let now = 1_000;
                for (const pause of pauses) {
                    now += pause;
                    health = say(health, "eu-west-1", ["ap-northeast-1"], now);
                    health = say(health, "us-east-1", [], now);
                    assert.notEqual(health["ap-northeast-1"]?.down, true);
                }
            }),
        );
    });

    it("never take the last Region", () => {
        const step = fc.tuple(fc.constantFrom(...monitors), fc.subarray(regions), fc.nat(60));
        fc.assert(
            fc.property(fc.array(step), (steps) => {
                let health: Health = {};
                let now = 1_000;
                for (const [monitor, bad, pause] of steps) {
                    now += pause;
                    health = say(health, monitor, bad, now);
                    const up = regions.filter((region) => {
                        const entry = health[region];
                        return entry?.down !== true || now - entry.at >= 180;
                    });
                    assert.ok(up.length > 0, JSON.stringify(health));
                }
            }),
        );
    });

    it("say all of six Regions within the store's 1 KB", () => {
        const six = Array.from({ length: 6 }, (_, index) => `ap-southeast-${index}`);
        const votes = { "ap-southeast-0": 1_790_000_000 };
        const entry = { down: false, at: 1_790_000_000, by: "ap-southeast-0", bad: votes };
        const full = Object.fromEntries(six.map((name) => [name, { ...entry, good: votes }]));
        assert.ok(JSON.stringify(full).length <= 1_024);
    });

    for (const text of [undefined, "", "nope", "[]", "null", '{"eu-west-1":{"down":"yes"}}']) {
        it(`count ${text} for nothing`, () => assert.deepEqual(readHealth(text), {}));
    }
});
