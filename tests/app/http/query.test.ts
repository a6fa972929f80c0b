import assert from "node:assert/strict";
import type { Call } from "../../support/proxy-event";
import { faultOf, readCall } from "../../support/read-call";

const product = { name: "Radio", price: 9.5, stock_quantity: 3, category: "Audio" };
const id = "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01";
const post: Call = { method: "POST", path: "/products", body: product };

describe("query parameters", () => {
    it("are handed on as text", () => {
        const query = { category: "Audio & Video", q: "radio", limit: "100" };
        assert.deepEqual(readCall({ path: "/products", query }).query, query);
    });

    const refused: readonly [string, Call["query"], string][] = [
        [
            "/products",
            { page: "2" },
            "/query/page: is not known here; allowed are category, q, limit, cursor",
        ],
        ["/products", { limit: "0" }, "/query/limit: must be from 1 to 100"],
        ["/products", { limit: "ten" }, "/query/limit: must be a whole number"],
        ["/products", { limit: ["1", "2"] }, "/query/limit: must be given once"],
        ["/products", { q: "" }, "/query/q: must have from 1 to 200 characters"],
        [
            "/products",
            { q: "a\u0000" },
            "/query/q: must not contain NUL characters or halves of characters",
        ],
        ["/orders", {}, "/query/customer_id: is required"],
        ["/orders", { customer_id: "7" }, "/query/customer_id: must be a UUID"],
        ["/health", { deep: "1" }, "/query/deep: is not known here; allowed are none"],
    ];
    for (const [path, query = {}, error] of refused) {
        it(`of ${path}?${JSON.stringify(query)} are refused: ${error}`, () => {
            assert.deepEqual(faultOf({ path, query }), ["invalid_request", error]);
        });
    }

    it("have ids in lower case", () => {
        const query = { customer_id: id.toUpperCase() };
        assert.deepEqual(readCall({ path: "/orders", query }).query, { customer_id: id });
    });
});

describe("fingerprints", () => {
    it("do not depend on how the same body is written", () => {
        const body = '{ "category":"Audio","stock_quantity":3.0, "price":9.50,"name":"Radio" }';
        assert.equal(readCall({ ...post, body }).fingerprint, readCall(post).fingerprint);
    });

    it("differ by operation, path and body", () => {
        const movement = { quantity: 1, reason: "receipt" };
        const calls: readonly Call[] = [
            post,
            { ...post, body: { ...product, price: 9.51 } },
            { method: "POST", path: `/products/${id}/stock`, body: movement },
            { method: "POST", path: `/products/${id.replace("0", "1")}/stock`, body: movement },
            { method: "GET", path: `/products/${id}` },
            { method: "GET", path: `/orders/${id}` },
        ];
        const fingerprints = calls.map((call) => readCall(call).fingerprint);
        assert.equal(new Set(fingerprints).size, calls.length);
        assert.match(fingerprints[0] ?? "", /^[0-9a-f]{64}$/);
    });
});
