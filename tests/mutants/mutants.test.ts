import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { mutants } from "./mutants";
import { mutated } from "./run-mutants";

const root = path.resolve(__dirname, "../..");

describe("the mutants", () => {
    it("are at least twenty, each with a name of its own", () => {
        assert.ok(new Set(mutants.map(({ name }) => name)).size >= 20);
        assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
    });

    for (const mutant of mutants) {
        it(`fit the program as it is: ${mutant.name}`, () => {
            const text = fs.readFileSync(path.join(root, mutant.file), "utf8");
            assert.notEqual(mutated(text, mutant), text);
            for (const file of mutant.tests.split(" ")) {
                assert.ok(fs.existsSync(path.join(root, file)), file);
            }
        });
    }

    it("are refused when the program no longer has their text", () => {
        const [mutant] = mutants;
        assert.ok(mutant !== undefined);
        assert.throws(() => mutated("", mutant), /0 times in app\/database\/pipeline.ts/);
    });
});
