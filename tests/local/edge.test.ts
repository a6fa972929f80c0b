import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type Call, type LocalShop, localShop, makeProduct, send } from "../support/local-shop";

describe("the edge", function () {
    this.timeout(30_000);
    let shop: LocalShop;
    before(async () => {
        shop = await localShop();
    });

    it("sends each viewer to its own cell", async () => {
        for (const cell of ["us", "eu", "ap"]) {
            const { headers, body } = await shop.call(cell, { path: "/health" });
            assert.equal(headers["x-cell"], cell);
            assert.equal(body["status"], "ok");
        }
    });

    it("answers a repeated product read from its cache, and nothing else", async () => {
        const path = `/products?category=${randomUUID()}`;
        const first = await shop.call("us", { path });
        const second = await shop.call("us", { path });
        assert.match(first.headers["x-cache"] ?? "", /^Miss/);
        assert.match(second.headers["x-cache"] ?? "", /^Hit/);
        assert.equal(second.headers["x-request-id"], first.headers["x-request-id"]);
        for (const uncached of ["/health", "/health"]) {
            const { headers } = await shop.call("us", { path: uncached });
            assert.match(headers["x-cache"] ?? "", /^Miss/);
        }
    });

    it("shows each viewer the products of every cell, from its own", async () => {
        const category = `everywhere-${randomUUID()}`;
        await makeProduct(shop, "us", { category });
        // Another limit is another page to the cache.
        const lists = async (cell: string, limit: number) => {
            const path = `/products?category=${category}&limit=${limit}`;
            const { body, headers } = await shop.call(cell, { path });
            assert.equal(headers["x-cell"], cell);
            return (body["products"] as unknown[]).length === 1;
        };
        assert.ok(await lists("us", 1));
        let limit = 1;
        while (!(await lists("eu", limit))) {
            assert.ok(limit < 100, "The product has not arrived in eu.");
            limit++;
            await wait(100);
        }
    });

    it("ignores a cell that the viewer claims", async () => {
        const { headers } = await shop.call("eu", {
            path: "/products",
            headers: { "x-viewer-cell": "us" },
        });
        assert.equal(headers["x-cell"], "eu");
    });

    it("caches no error", async () => {
        const path = `/products/${randomUUID().replace(/^(.{14})./, "$18")}`;
        for (const { status, headers } of [
            await shop.call("us", { path }),
            await shop.call("us", { path }),
        ]) {
            assert.equal(status, 404);
            assert.doesNotMatch(headers["x-cache"] ?? "", /^Hit/);
        }
    });

    it("adds security headers to every answer, errors included", async () => {
        for (const path of ["/products", "/nowhere", "/health"]) {
            const { headers } = await shop.call("eu", { path });
            assert.equal(
                headers["strict-transport-security"],
                "max-age=63072000; includeSubDomains",
            );
            assert.equal(headers["x-content-type-options"], "nosniff");
            assert.equal(headers["x-frame-options"], "DENY");
            assert.equal(headers["referrer-policy"], "no-referrer");
            assert.match(headers["content-security-policy"] ?? "", /default-src 'none'/);
        }
    });

    it("lets a page of another origin read and write, preflight included", async () => {
        const preflight = await shop.call("eu", {
            method: "OPTIONS",
            path: "/orders",
            headers: {
                origin: "https://shop.example",
                "access-control-request-method": "POST",
                "access-control-request-headers": "content-type,idempotency-key",
            },
        });
        assert.equal(preflight.status, 204);
        assert.equal(preflight.headers["access-control-allow-origin"], "*");
        assert.match(preflight.headers["access-control-allow-methods"] ?? "", /POST/);
        assert.match(
            preflight.headers["access-control-allow-headers"]?.toLowerCase() ?? "",
            /content-type.*idempotency-key/,
        );
        const read = await shop.call("eu", {
            path: "/products",
            headers: { origin: "https://shop.example" },
        });
        assert.equal(read.headers["access-control-allow-origin"], "*");
        assert.match(read.headers["access-control-expose-headers"]?.toLowerCase() ?? "", /etag/);
    });

    it("stands before APIs that tell anybody of their health", async () => {
        for (const { url } of shop.deployment.apis) {
            const { status } = await send(url, { path: "/health" });
            assert.equal(status, 200);
        }
    });

    const direct: Call[] = [
        { path: "/products" },
        { path: "/cells" },
        { method: "OPTIONS", path: "/orders" },
        { path: "/orders", body: {} },
        { path: "/customers", body: {}, headers: { "x-origin-verify": "x".repeat(48) } },
        { path: "/openapi.json", headers: { "x-viewer-cell": "eu", via: "1.1 cloudfront.net" } },
    ];
    for (const call of direct) {
        const method = call.method ?? (call.body === undefined ? "GET" : "POST");
        it(`stands before APIs that refuse a direct ${method} ${call.path}`, async () => {
            for (const { url } of shop.deployment.apis) {
                const { status, body, headers } = await send(url, call);
                assert.deepEqual([status, body["code"]], [403, "forbidden"]);
                assert.equal(headers["cache-control"], "no-store");
            }
        });
    }

    it("knows no path on which cells talk to each other", async () => {
        const { status, headers, body } = await shop.call("eu", { path: "/internal/ping" });
        assert.equal(status, 404);
        assert.match(headers["x-cache"] ?? "", /^FunctionGeneratedResponse/);
        assert.equal(headers["content-type"], "application/problem+json");
        assert.equal(body["code"], "route_not_found");
        assert.equal(body["request_id"], headers["x-request-id"]);
    });

    it("stands before APIs that answer cells alone on those paths, and nobody unsigned", async () => {
        for (const { url } of shop.deployment.apis) {
            const { status, body } = await send(url, { path: "/internal/ping" });
            assert.deepEqual([status, body["code"]], [404, "route_not_found"]);
        }
        const { body } = await shop.call("eu", { path: "/cells" });
        const cells = body["cells"] as { cell: string; reachable: boolean }[];
        assert.deepEqual(
            cells.map(({ cell, reachable }) => [cell, reachable]),
            [
                ["us", true],
                ["ap", true],
            ],
        );
    });

    it("serves the contract, which describes every operation and nothing internal", async () => {
        const { status, body, text } = await shop.call("eu", { path: "/openapi.json" });
        assert.equal(status, 200);
        assert.equal(body["openapi"], "3.0.3");
        assert.equal(text.includes("x-shop-"), false);
        assert.ok("/orders/{order_id}/cancel" in (body["paths"] as object));
    });
});
