import assert from "node:assert/strict";
import { findViolations } from "./checkers/all";
import { brokenShops } from "./checkers/broken-shops";
import { healthyExample } from "./checkers/example";
import { soundShops } from "./checkers/sound-shops";

describe("the checkers of a history", () => {
    for (const { name, spoil } of soundShops) {
        it(`find nothing wrong with ${name}`, () => {
            const example = healthyExample();
            spoil(example);
            assert.deepEqual(findViolations(example.evidence()), []);
        });
    }

    for (const { name, rules, spoil } of brokenShops) {
        it(`find ${name}`, () => {
            const example = healthyExample();
            spoil(example);
            const found = new Set(findViolations(example.evidence()).map(({ rule }) => rule));
            assert.deepEqual([...found].sort(), [...rules].sort());
        });
    }
});
