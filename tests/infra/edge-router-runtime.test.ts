import assert from "node:assert/strict";
import { compileRouter } from "../../infra/edge/router";
import { findUnsupported } from "../support/cloudfront-runtime";
import { sixOrigins } from "../support/edge-origins";

describe("the router's code", () => {
    it("uses only what cloudfront-js-2.0 offers", async () => {
        assert.deepEqual(findUnsupported(await compileRouter(sixOrigins)), []);
    });

    it("has less than 10 KB with six origins", async () => {
        assert.ok(Buffer.byteLength(await compileRouter(sixOrigins)) < 10_240);
    });

    it("is refused before it is deployed, when its table makes it longer than 10 KB", async () => {
        const [first, ...others] = sixOrigins;
        const many = Array.from({ length: 60 }, (_, index) => ({ ...first, id: `us-${index}` }));
        await assert.rejects(
            compileRouter([first, ...many, ...others]),
            /The router for 66 origins has \d+ bytes; a CloudFront function may have 10240\./,
        );
    });
});

describe("the check of a CloudFront function's code", () => {
    const refused: [string, string][] = [
        ["const seen = new Map();", "Map"],
        ["setTimeout(handler, 5);", "setTimeout"],
        ['const all = fetch("https://example.com");', "fetch"],
        ["const place = process.env.PLACE;", "process"],
        ['const fs = require("fs");', "require"],
        ['import fs from "fs";', "import of fs"],
        ["const id = event?.id;", "optional chaining"],
        ["const id = one ?? two;", "??"],
        ["for (const one of [1, 2]) { parseInt(one); }", "for...of"],
        ["const copy = [...[1, 2]];", "spread"],
        ["const copy = { ...{} };", "object spread"],
        ["const { id } = {};", "destructuring"],
        ["function pick(one = 1) { return one; }", "default parameter"],
        ["class Router {}", "class"],
        ["const flat = [1].flatMap(String);", ".flatMap()"],
        ["const last = [1].at(0);", ".at()"],
        ["const both = Promise.all([]);", "Promise.all"],
        ["const group = Object.groupBy([], String);", "Object.groupBy"],
        ["const read = async () => 1;", "async closure"],
        ["async function read() { return [1].map((one) => one); }", "closure in an async function"],
        ['import cf from "cloudfront"; cf.setTimeouts();', "cf.setTimeouts"],
        ['import cf from "cloudfront"; cf.kvs().put("a", "b");', "cf.kvs().put"],
        ["const big = 1n;", "BigInt"],
        ["export const one = 1;", "export"],
    ];
    for (const [code, name] of refused) {
        it(`refuses ${name} in ${code}`, () => {
            assert.deepEqual(
                findUnsupported(code).filter((found) => found === name),
                [name],
            );
        });
    }

    it("accepts what AWS lists", () => {
        const code = `import cf from "cloudfront";
            const table = { a: [1, 2] };
            async function handler(event) {
                const flags = JSON.parse(await cf.kvs().get("flags"));
                return first(event.request, flags);
            }
            function first(request, flags) {
                const all = Object.keys(flags).filter((key) => !key.startsWith("x"));
                return all.includes("a") ? request : \`\${Math.floor(Date.now() / 1000)}\`;
            }`;
        assert.deepEqual(findUnsupported(code), []);
    });
});
