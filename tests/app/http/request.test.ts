import assert from "node:assert/strict";
import type { FaultCode } from "../../../app/fault";
import { readRequest } from "../../../app/http/request";
import { matchMethod, matchPath } from "../../../app/http/routing";
import { type Call, proxyEvent } from "../../support/proxy-event";
import { faultOf, readCall } from "../../support/read-call";

const product = { name: "Radio", price: 9.5, stock_quantity: 3, category: "Audio" };
const id = "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01";
const order = { customer_id: id, items: [{ product_id: id, quantity: 1 }] };
const post: Call = { method: "POST", path: "/products", body: product };

describe("request bodies", () => {
    const refused: readonly [string, unknown, readonly string[]][] = [
        ["a missing member", { ...product, name: undefined }, ["/name: is required"]],
        ["a wrong type", { ...product, price: "9.50" }, ["/price: must be a number"]],
        [
            "a fraction of a unit",
            { ...product, stock_quantity: 1.5 },
            ["/stock_quantity: must be a whole number"],
        ],
        [
            "too few",
            { ...product, stock_quantity: -1 },
            ["/stock_quantity: must be from 0 to 1000000000"],
        ],
        [
            "too long a text",
            { ...product, name: "x".repeat(201) },
            ["/name: must have from 1 to 200 characters"],
        ],
        ["an empty text", { ...product, name: "" }, ["/name: must have from 1 to 200 characters"]],
        ["a blank text", { ...product, category: " \t" }, ["/category: must not be blank"]],
        [
            "a currency's name",
            { ...product, currency: "dollar" },
            ["/currency: must match ^[A-Z]{3}$, for example USD"],
        ],
        [
            "an unknown member",
            { ...product, "stok/quantity~ü": 1 },
            [
                "/stok~1quantity~0ü: is not known here; allowed are " +
                    "name, description, price, currency, category, stock_quantity",
            ],
        ],
        [
            "everything at once",
            { price: "1", stock_quantity: null, category: "A", name: 1 },
            [
                "/name: must be text",
                "/price: must be a number",
                "/stock_quantity: must be a whole number",
            ],
        ],
        ["another type of body", [product], [": must be an object"]],
        [
            "an infinite price",
            '{"name":"a","price":1e999,"stock_quantity":1,"category":"c"}',
            ["/price: must be from 0 to 9999999999"],
        ],
        [
            "a NUL character",
            { ...product, name: "a\u0000b" },
            [": must not contain NUL characters or halves of characters"],
        ],
        [
            "half a character",
            '{"name":"\\ud800"}',
            [": must not contain NUL characters or halves of characters"],
        ],
        [
            "half a character in a name",
            '{"\\udc00":1}',
            [": must not contain NUL characters or halves of characters"],
        ],
        [
            "a prototype",
            '{"__proto__":{"name":"a"}}',
            [
                "/name: is required",
                "/price: is required",
                "/stock_quantity: is required",
                "/category: is required",
                "/__proto__: is not known here; allowed are " +
                    "name, description, price, currency, category, stock_quantity",
            ],
        ],
        ["too many values", `[${"1,".repeat(5000)}1]`, [": must have at most 5000 values"]],
        ["deep nesting", "[".repeat(9000) + "]".repeat(9000), [": must have at most 5000 values"]],
        ["no body", undefined, [": is required"]],
    ];
    for (const [what, body, errors] of refused) {
        it(`with ${what} are refused, saying where and what is allowed`, () => {
            assert.deepEqual(faultOf({ ...post, body }), ["invalid_request", ...errors]);
        });
    }

    it("of orders are refused line by line", () => {
        const items = [{ product_id: "x", quantity: 0 }, { quantity: 10_001 }];
        assert.deepEqual(faultOf({ ...post, path: "/orders", body: { customer_id: 1, items } }), [
            "invalid_request",
            "/customer_id: must be text",
            "/items/0/product_id: must be a UUID",
            "/items/0/quantity: must be from 1 to 10000",
            "/items/1/product_id: is required",
            "/items/1/quantity: must be from 1 to 10000",
        ]);
        const urn = { ...order, customer_id: `urn:uuid:${id}` };
        assert.deepEqual(faultOf({ ...post, path: "/orders", body: urn }), [
            "invalid_request",
            "/customer_id: must be a UUID",
        ]);
        const many = { ...order, items: Array.from({ length: 51 }, () => order.items[0]) };
        assert.deepEqual(faultOf({ ...post, path: "/orders", body: many }), [
            "invalid_request",
            "/items: must have from 1 to 50 items",
        ]);
    });

    it("tell at most 20 errors", () => {
        const items = Array.from({ length: 50 }, () => ({ product_id: "x", quantity: 0 }));
        const [, ...errors] = faultOf({ ...post, path: "/orders", body: { ...order, items } });
        assert.equal(errors.length, 20);
    });

    it("are read when they are base64", () => {
        const body = Buffer.from(JSON.stringify(product)).toString("base64");
        assert.deepEqual(readCall({ ...post, body, isBase64Encoded: true }).body, product);
    });

    it("are refused when they are not JSON or not UTF-8", () => {
        assert.equal(faultOf({ ...post, body: '{"name":' })[0], "malformed_json");
        const latin1 = Buffer.from('{"name":"\xe9"}', "latin1").toString("base64");
        const call = { ...post, body: latin1, isBase64Encoded: true };
        assert.equal(faultOf(call)[0], "malformed_json");
    });

    it("have at most 256 KiB, whatever their encoding", () => {
        const limit = 256 * 1024;
        const fitting = JSON.stringify({ ...product, description: "" });
        const body = fitting.padEnd(limit, " ");
        assert.equal(faultOf({ ...post, body })[0], "none");
        assert.equal(faultOf({ ...post, body: `${body} ` })[0], "body_too_large");
        assert.equal(faultOf({ ...post, body: "é".repeat(limit / 2 + 1) })[0], "body_too_large");
        const encoded = Buffer.from(`${body} `).toString("base64");
        const call = { ...post, body: encoded, isBase64Encoded: true };
        assert.equal(faultOf(call)[0], "body_too_large");
    });

    it("have ids in lower case, so that equal ids look equal", () => {
        const items = [{ product_id: id.toUpperCase(), quantity: 1 }];
        const { body } = readCall({ ...post, path: "/orders", body: { ...order, items } });
        assert.deepEqual(body, order);
        const named = { ...product, name: id.toUpperCase() };
        assert.deepEqual(readCall({ ...post, body: named }).body, named);
    });

    it("are not read where the operation has none", () => {
        const call = { method: "POST", path: `/orders/${id}/cancel`, body: "not JSON" };
        assert.equal(readCall(call).body, undefined);
    });
});

describe("content types", () => {
    const outcomes: readonly [string, FaultCode | "none", string?][] = [
        ["application/json", "none"],
        ["application/json; charset=utf-8", "none"],
        ['Application/JSON;charset="UTF-8"', "none"],
        ["application/merge-patch+json", "none"],
        ["application/x-www-form-urlencoded", "none"],
        ["", "none"],
        ["application/x-www-form-urlencoded", "unsupported_media_type", "name=Radio&price=9.5"],
        ["", "malformed_json", "name=Radio&price=9.5"],
        ["application/json; charset=latin1", "unsupported_media_type"],
        ["text/plain", "unsupported_media_type"],
        ["text/json", "unsupported_media_type"],
        ["application/xml", "unsupported_media_type", "<product/>"],
        ["multipart/form-data; boundary=x", "unsupported_media_type"],
    ];
    for (const [type, code, body = JSON.stringify(product)] of outcomes) {
        it(`"${type}" with ${body.slice(0, 8)} meets with ${code}`, () => {
            assert.equal(faultOf({ ...post, headers: { "Content-Type": type }, body })[0], code);
        });
    }

    it("may be missing", () => {
        const event = { ...proxyEvent(post), headers: {} };
        const matched = matchMethod(matchPath(event.path), event.httpMethod);
        assert.deepEqual(readRequest(event, matched, "r").body, product);
    });
});
