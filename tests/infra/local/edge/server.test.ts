import assert from "node:assert/strict";
import { createEdgeStage, type EdgeStage } from "./edge-stage";

describe("startEdge", () => {
    let stage: EdgeStage;
    before(async () => {
        stage = await createEdgeStage();
    });
    afterEach(() => stage.reset());
    after(() => stage.close());

    it("sends each viewer to its nearest origin and marks its answers", async () => {
        const [us, eu] = await stage.start();
        const first = await fetch(`${us}/products?q=a%20b`);
        assert.equal(await first.text(), "from us-1");
        assert.equal(first.headers.get("x-cache"), "Miss from cloudfront");
        assert.equal(first.headers.get("x-amz-cf-pop"), "USX50-P1");
        assert.equal(first.headers.get("x-content-type-options"), "nosniff");
        assert.match(first.headers.get("via") ?? "", /cloudfront\.net \(CloudFront\)$/);
        assert.equal(stage.seen[0]?.url, "/live/products?q=a%20b");
        assert.equal(stage.seen[0]?.headers.host, "us-1.example.com");
        assert.equal(await (await fetch(`${eu}/products?q=a%20b`)).text(), "from eu-1");
    });

    it("answers from the cache, also with 304, and tells of every request", async () => {
        const [us] = await stage.start();
        await (await fetch(`${us}/products`)).text();
        const second = await fetch(`${us}/products`);
        assert.equal(await second.text(), "from us-1");
        assert.equal(second.headers.get("x-cache"), "Hit from cloudfront");
        assert.equal(second.headers.get("age"), "0");
        const third = await fetch(`${us}/products`, { headers: { "if-none-match": '"1"' } });
        assert.equal(third.status, 304);
        assert.equal(stage.seen.length, 1);
        const told = stage.entries.map(({ viewer, method, path, status, cache, cell, originId }) =>
            [viewer, method, path, status, cache, cell, originId].join(" "),
        );
        assert.deepEqual(told, [
            "us GET /products 200 miss us us-1-reads",
            "us GET /products 200 hit us us-1-reads",
            "us GET /products 304 hit us us-1-reads",
        ]);
    });

    it("lets no viewer choose its own cell", async () => {
        const [us] = await stage.start();
        await (await fetch(`${us}/products`, { headers: { "x-viewer-cell": "eu" } })).text();
        assert.equal(stage.seen[0]?.headers["x-viewer-cell"], "us");
    });

    it("passes writes through with their body", async () => {
        const [us] = await stage.start();
        stage.answer = (request, response) => {
            response.statusCode = 201;
            request.pipe(response);
        };
        for (let count = 0; count < 2; count += 1) {
            const response = await fetch(`${us}/products`, { method: "POST", body: '{"a":1}' });
            assert.equal(response.status, 201);
            assert.equal(await response.text(), '{"a":1}');
        }
        assert.deepEqual(
            stage.entries.map(({ cache }) => cache),
            ["pass", "pass"],
        );
    });

    it("caches nothing where the policy disables caching", async () => {
        const [us] = await stage.start();
        await (await fetch(`${us}/orders`)).text();
        await (await fetch(`${us}/orders`)).text();
        assert.equal(stage.seen.length, 2);
    });

    it("answers 413 for a URL above 8,192 bytes", async () => {
        const [us] = await stage.start();
        assert.equal((await fetch(`${us}/${"x".repeat(8_192)}`)).status, 413);
    });

    it("answers HEAD with the length and without the body", async () => {
        const [us] = await stage.start();
        stage.answer = (_, response) => {
            response.setHeader("Content-Length", 9);
            response.end();
        };
        const response = await fetch(`${us}/orders`, { method: "HEAD" });
        assert.equal(response.headers.get("content-length"), "9");
        assert.equal(await response.text(), "");
    });

    it("refuses a port that is taken and closes what it had opened", async () => {
        const taken = stage.address.port;
        await assert.rejects(
            stage.start({
                viewers: [
                    { name: "us", region: "us-east-1", port: 0 },
                    { name: "eu", region: "eu-west-1", port: taken },
                ],
            }),
            /EADDRINUSE/,
        );
    });
});
