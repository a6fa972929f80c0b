import assert from "node:assert/strict";
import * as vm from "node:vm";
import { compileRouter, type RoutableOrigin } from "../../infra/edge/router";
import { regionalEdgeCaches } from "../../infra/topology";
import { apCell, euCell, usCell } from "../support/stacks";

const homes = [usCell, euCell, apCell].map(({ name, home }) => ({
    id: `${name}-${home}`,
    cell: name,
    region: home,
})) as [RoutableOrigin, ...RoutableOrigin[]];

interface Outcome {
    readonly originId: string;
    /** What it gave back: the request, or a response of its own. */
    readonly returned: Record<string, unknown>;
    readonly headers: Record<string, { value: string }>;
}

/** Runs the compiled router as CloudFront would, for a request that entered at a cache. */
async function route(
    code: string,
    edgeLocation: { region: string } | undefined,
    headers: Record<string, { value: string }> = {},
    uri = "/products",
): Promise<Outcome> {
    let originId = "";
    const cf = {
        edgeLocation,
        selectRequestOriginById: (id: string) => {
            originId = id;
        },
    };
    const script = code.replace(/^import cf from .cloudfront.;$/m, "");
    const event = { context: { requestId: "request-1" }, request: { uri, headers } };
    const context = vm.createContext({ cf, event });
    const returned = await vm.runInContext(`"use strict";${script}\nhandler(event)`, context);
    return { originId, headers, returned };
}

describe("the router", () => {
    const expected: Record<string, string> = {
        "us-east-1": "us",
        "us-east-2": "us",
        "us-west-2": "us",
        "sa-east-1": "us",
        "eu-central-1": "eu",
        "eu-west-1": "eu",
        "eu-west-2": "eu",
        "me-central-1": "eu",
        "ap-south-1": "ap",
        "ap-southeast-1": "ap",
        "ap-southeast-2": "ap",
        "ap-northeast-1": "ap",
        "ap-northeast-2": "ap",
    };
    for (const region of regionalEdgeCaches) {
        it(`sends a viewer at ${region} to ${expected[region]}`, async () => {
            const { originId, headers } = await route(await compileRouter(homes), { region });
            assert.equal(headers["x-viewer-cell"]?.value, expected[region]);
            assert.ok(originId.startsWith(`${expected[region]}-`));
        });
    }

    it("sends a viewer at an unknown cache, or at none, to the first cell", async () => {
        const code = await compileRouter(homes);
        for (const edgeLocation of [{ region: "mars-1" }, undefined]) {
            assert.equal((await route(code, edgeLocation)).originId, "us-us-east-1");
        }
    });

    it("chooses the nearer Region of a cell that serves from both", async () => {
        const both = [
            { id: "us-us-east-1", cell: "us", region: "us-east-1" },
            { id: "us-us-east-2", cell: "us", region: "us-east-2" },
        ] as [RoutableOrigin, ...RoutableOrigin[]];
        const code = await compileRouter(both);
        assert.equal((await route(code, { region: "us-east-2" })).originId, "us-us-east-2");
    });

    it("overwrites a cell that the viewer claims", async () => {
        const claimed = { "x-viewer-cell": { value: "ap" } };
        const code = await compileRouter(homes);
        const { headers } = await route(code, { region: "eu-west-1" }, claimed);
        assert.equal(headers["x-viewer-cell"]?.value, "eu");
    });

    for (const uri of ["/internal", "/internal/borrow", "/internal/orders/7"]) {
        it(`answers ${uri} itself, as a path that no route has`, async () => {
            const code = await compileRouter(homes);
            const { originId, returned } = await route(code, { region: "eu-west-1" }, {}, uri);
            assert.equal(originId, "");
            const { statusCode, headers, body } = returned as {
                statusCode: number;
                headers: Record<string, { value: string }>;
                body: { data: string };
            };
            assert.equal(statusCode, 404);
            assert.equal(headers["content-type"]?.value, "application/problem+json");
            assert.equal(headers["x-cell"]?.value, "eu");
            const { code: problem, request_id } = JSON.parse(body.data);
            assert.deepEqual([problem, request_id], ["route_not_found", "request-1"]);
        });
    }

    for (const uri of ["/internals", "/products/internal/x"]) {
        it(`sends ${uri} on, like every other path`, async () => {
            const code = await compileRouter(homes);
            const { originId } = await route(code, { region: "eu-west-1" }, {}, uri);
            assert.equal(originId, "eu-eu-west-1");
        });
    }

    it("fits into a CloudFront Function and uses only what cloudfront-js-2.0 offers", async () => {
        const code = await compileRouter(homes);
        assert.ok(Buffer.byteLength(code) < 10_240);
        assert.match(code, /^import cf from "cloudfront";\nconst ROUTES = /);
        assert.match(code, /^async function handler\(event\)[\s\S]*return request;\n\}\n/m);
        assert.doesNotMatch(code, /\bexport\b|\brequire\b|\?\.|\?\?|\bclass\b|\beval\b|\bwith\b/);
        assert.deepEqual(code.match(/^import .*$/gm), ['import cf from "cloudfront";']);
    });
});
