import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { readStackConfig } from "../../../infra/local/stack-config";

const projectFile = `
name: shop
config:
    size: { type: integer, default: 3 }
    colour: { type: string }
    plain: blue
    cells:
        type: array
        default: [{ name: us, home: us-east-1 }]
`;

describe("readStackConfig", () => {
    let folder = "";
    before(() => {
        folder = mkdtempSync(path.join(tmpdir(), "stack-config-"));
        writeFileSync(path.join(folder, "Pulumi.yaml"), projectFile);
        writeFileSync(
            path.join(folder, "Pulumi.dev.yaml"),
            "config:\n    shop:size: 5\n    pulumi:disable-default-providers: [aws]\n",
        );
        writeFileSync(path.join(folder, "Pulumi.broken.yaml"), "config: [1]\n");
    });
    after(() => rmSync(folder, { recursive: true }));

    it("puts the stack's values over the project's defaults, and overrides over both", () => {
        assert.deepEqual(readStackConfig(folder, "dev").values, {
            "shop:size": "5",
            "shop:plain": "blue",
            "shop:cells": '[{"name":"us","home":"us-east-1"}]',
            "pulumi:disable-default-providers": '["aws"]',
        });
        assert.equal(readStackConfig(folder, "dev", { size: 7 }).values["shop:size"], "7");
    });

    it("lists the cells in the stack's order", () => {
        const cells = [
            { name: "eu", home: "eu-west-1" },
            { name: "us", home: "us-east-1" },
        ];
        assert.deepEqual(readStackConfig(folder, "dev", { cells }).cells, cells);
    });

    for (const cells of ["us", [3], {}, [{ name: 1, home: "x" }]]) {
        it(`leaves judging ${JSON.stringify(cells)} as cells to the program`, () => {
            assert.deepEqual(readStackConfig(folder, "dev", { cells }).cells, []);
        });
    }

    it("names the file that is missing or wrong", () => {
        assert.throws(() => readStackConfig(folder, "no"), /Pulumi\.no\.yaml.*missing.*--stack/);
        assert.throws(() => readStackConfig(folder, "broken"), /"config" in Pulumi\.broken\.yaml/);
    });
});
