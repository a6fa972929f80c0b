import assert from "node:assert/strict";
import { healthyExample } from "./checkers/example";
import { soundShops } from "./checkers/sound-shops";
import type { DrillResult } from "./drill";
import { countReached } from "./reached";
import { isPassed, jsonOf, markdownOf, textOf } from "./report";

const window = {
    name: "eu and ap cut apart, databases unsteady",
    cellsDown: ["eu"],
    fromMilliseconds: 0,
    toMilliseconds: 1e12,
};
const note = { window, isPartition: true, unitsMoved: 3, backlog: 7 };

function drill(changes: Partial<DrillResult> = {}): DrillResult {
    const { operations, evidence } = healthyExample();
    return {
        seed: "s-1",
        places: [],
        milliseconds: 20_400,
        operations,
        historyLines: () => [],
        notes: [note],
        convergences: [
            { milliseconds: 1_234, wasHurried: false, differences: [], backlog: 7 },
            { milliseconds: 4_000, wasHurried: true, differences: [], backlog: 0 },
        ],
        violations: [],
        reached: countReached(evidence(), [note], { "functions killed": 4 }),
        faults: { "set: cut": 2 },
        borrowings: 1,
        ...changes,
    };
}

describe("the rare states of a drill", () => {
    it("are counted from the history, the final states and the switches", () => {
        const { operations, evidence } = healthyExample();
        assert.ok(operations.length > 0);
        const counts = countReached(evidence(), [note], { "functions killed": 4 });
        assert.deepEqual(Object.fromEntries(counts.map(({ name, count }) => [name, count])), {
            "units moved between cells during a partition": 1,
            "orders placed while another cell could not be reached": 1,
            "requests without an answer that had been committed": 1,
            "requests without an answer that had not": 0,
            "repeated requests that got the first answer": 1,
            "checkouts repeated in another cell": 0,
            "orders that gave way to another cell's": 0,
            "cells healed with a backlog": 1,
            "orders for customers of another cell": 1,
            "orders refused for want of stock": 1,
            "orders cancelled": 1,
            "functions killed": 4,
        });
    });

    it("include checkouts in two cells, of which one gave way", () => {
        const example = healthyExample();
        const name = "an order that another cell placed too, and that gave way to it";
        soundShops.find((shop) => shop.name === name)?.spoil(example);
        const counts = countReached(example.evidence(), [note], {});
        const countOf = (wanted: string) => counts.find((one) => one.name === wanted)?.count;
        assert.equal(countOf("checkouts repeated in another cell"), 1);
        assert.equal(countOf("orders that gave way to another cell's"), 1);
    });
});

describe("the report of a drill", () => {
    const all = { reached: [{ name: "a rare state", count: 1 }] };

    it("passes when every rule held and every rare state was reached", () => {
        assert.equal(isPassed(drill(all)), true);
        assert.equal(isPassed(drill()), false);
        assert.equal(
            isPassed(drill({ ...all, violations: [{ rule: "lost", detail: "x" }] })),
            false,
        );
    });

    it("says which rare state was never reached", () => {
        const reached = [{ name: "a rare state", count: 0 }];
        assert.match(textOf(drill({ reached })), /Never reached: a rare state\./);
    });

    it("tells what the issue asks for", () => {
        const text = textOf(drill(all));
        for (const wanted of [
            /every acknowledged row is where it belongs \(lost\) +0$/m,
            /no unit is sold twice, none vanishes \(oversold\) +0$/m,
            /one thing for each key \(duplicated\) +0$/m,
            /^all +2 +1\.2 s +4\.0 s +4\.0 s +7$/m,
            /^with no help at all +1 +1\.2 s/m,
            /^share of orders served locally +75\.0 %$/m,
            /^set: cut +2$/m,
            /eu \(down\)/,
            /^Seed s-1: \d+ requests in 20 s; every rule held\.$/m,
        ]) {
            assert.match(text, wanted);
        }
    });

    it("shows what was violated, but not without end", () => {
        const violations = Array.from({ length: 99 }, (_, index) => ({
            rule: "lost",
            detail: `order ${index} is gone`,
        }));
        const text = textOf(drill({ ...all, violations }));
        assert.match(text, /\(lost\) +99$/m);
        assert.match(text, /order 0 is gone/);
        assert.doesNotMatch(text, /order 50 is gone/);
    });

    it("is Markdown with tables, and JSON that can be parsed", () => {
        assert.match(
            markdownOf(drill(all)),
            /### Rules\n\n\| rule \| violations \|\n\| --- \| --- \|/,
        );
        const document = JSON.parse(jsonOf(drill(all))) as Record<string, unknown>;
        assert.equal(document["passed"], true);
        assert.equal(document["operations"], undefined);
    });
});
