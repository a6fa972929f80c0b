import assert from "node:assert/strict";
import { replaceSection } from "./results";

describe("results: sections", () => {
    it("stand in a fixed order, whichever is written first", () => {
        const mutantsFirst = replaceSection(replaceSection("", "mutants", "M"), "simulate", "S");
        const simulateFirst = replaceSection(replaceSection("", "simulate", "S"), "mutants", "M");
        assert.equal(mutantsFirst, simulateFirst);
        assert.match(mutantsFirst, /## Simulation[\s\S]*S\n[\s\S]*## Mutants[\s\S]*M\n/);
    });

    it("are replaced in place and leave the others as they are", () => {
        const before = replaceSection(replaceSection("", "chaos", "one\n\ntwo"), "mutants", "old");
        const after = replaceSection(before, "mutants", "new");
        assert.equal(after, before.replace("old", "new"));
    });

    it("are the same when they are written twice", () => {
        const once = replaceSection("", "simulate", "| a |\n|---|\n| 1 |\n");
        assert.equal(replaceSection(once, "simulate", "| a |\n|---|\n| 1 |\n"), once);
    });
});
