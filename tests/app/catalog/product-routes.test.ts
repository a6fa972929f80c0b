import assert from "node:assert/strict";
import { productRoutes } from "../../../app/catalog/product-routes";
import type { Row, Statement } from "../../../app/database/session";
import { createApi } from "../../../app/http/api";
import { noNeighbours } from "../../../app/replication/neighbours";
import { homeOf } from "../../../app/values/ids";
import { assertInContract } from "../../support/contract-answers";
import { type Call, context, proxyEvent } from "../../support/proxy-event";
import { type Answer, scriptedSession, uniqueViolation } from "../../support/scripted-session";

const id = "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01";
const path = `/products/${id}`;
const draft = { name: "Radio", price: 9.5, stock_quantity: 3, category: "Audio" };

function row(changes: Row = {}): Row {
    return {
        product_id: id,
        name: "Radio",
        description: "",
        category: "Audio",
        price_minor: "950",
        currency: "USD",
        home: 1,
        version: "7",
        created_at: new Date("2026-11-22T09:30:00.123Z"),
        updated_at: new Date("2026-11-22T09:30:00.123Z"),
        stock_quantity: "3",
        ...changes,
    };
}

const body =
    `{"product_id":"${id}","name":"Radio","description":"","price":9.50,"currency":"USD",` +
    '"category":"Audio","stock_quantity":3,"version":7,"home":1,' +
    '"created_at":"2026-11-22T09:30:00.123Z","updated_at":"2026-11-22T09:30:00.123Z"}';

async function call(
    operationId: string,
    request: Call,
    script: Readonly<Record<string, (statement: Statement) => Answer>> = {},
) {
    const session = scriptedSession({ "find-product": () => [row()], ...script });
    const services = { session, cell: { name: "us", number: 1 }, neighbours: noNeighbours };
    const result = await createApi(
        services,
        productRoutes,
        () => undefined,
    )(proxyEvent(request), context);
    assertInContract(operationId, result);
    const names = session.calls.map((statements) => statements.map(({ name }) => name));
    return { result, session, names, headers: result.headers ?? {} };
}

function problemCode(result: { readonly body: string }): string {
    return JSON.parse(result.body).code;
}

describe("POST /products", () => {
    const post: Call = { method: "POST", path: "/products", body: draft };

    it("writes the product, its pool and its receipt in one transaction", async () => {
        const { result, session, names, headers } = await call("createProduct", post);
        const created = JSON.parse(result.body);
        assert.equal(result.statusCode, 201);
        assert.deepEqual(names, [["insert-product", "insert-pool", "insert-movement"]]);
        assert.equal(headers["Location"], `/products/${created.product_id}`);
        assert.equal(headers["ETag"], '"v1.3"');
        assert.equal(homeOf(created.product_id), 1);
        assert.match(result.body, /"price":9\.50,/);
        const [, pool, movement] = session.calls[0] ?? [];
        assert.deepEqual(pool?.values, ["main", created.product_id, 0, 3]);
        assert.ok(movement?.values.includes("receipt"));
    });

    it("writes no receipt of nothing", async () => {
        const empty = { ...post, body: { ...draft, stock_quantity: 0 } };
        const { names } = await call("createProduct", empty);
        assert.deepEqual(names, [["insert-product", "insert-pool"]]);
    });

    it("answers a repeated key with the product that exists", async () => {
        const headers = { "Idempotency-Key": "k" };
        let fingerprint: unknown;
        const { result, ...answer } = await call(
            "createProduct",
            { ...post, headers },
            {
                "claim-key": ({ values }) => {
                    fingerprint = values[2];
                    return uniqueViolation("idempotency_pkey");
                },
                "find-key": () => [{ fingerprint, resource_id: id }],
            },
        );
        assert.equal(result.statusCode, 201);
        assert.equal(result.body, body);
        assert.equal(answer.headers["Idempotent-Replayed"], "true");
    });
});

describe("GET /products", () => {
    it("lists one page and gives the cursor of the next", async () => {
        const rows = [row(), row({ product_id: id.replace("0", "1") }), row()];
        const seen: Statement[] = [];
        const script = {
            "list-products": (statement: Statement) => {
                seen.push(statement);
                return rows;
            },
        };
        const query = { limit: "2", q: "Radio FM" };
        const page = await call("listProducts", { path: "/products", query }, script);
        const { products, next_cursor } = JSON.parse(page.result.body);
        assert.equal(products.length, 2);
        assert.match(String(page.headers["Cache-Control"]), /s-maxage=2\b/);

        const more = { ...query, cursor: next_cursor };
        await call("listProducts", { path: "/products", query: more }, script);
        const end = ["9999-12-31T23:59:59.999Z", "ffffffff-ffff-ffff-ffff-ffffffffffff"];
        const after = ["2026-11-22T09:30:00.123Z", id.replace("0", "1")];
        assert.deepEqual(
            seen.map(({ values }) => values),
            [
                ["main", ["fm", "radio"], ...end, 3, 2_000],
                ["main", ["fm", "radio"], ...after, 3, 2_000],
            ],
        );

        const other = { ...more, category: "Audio" };
        const refused = await call("listProducts", { path: "/products", query: other }, script);
        assert.equal(problemCode(refused.result), "invalid_cursor");
    });

    it("gives the cursor of where a search has stopped", async () => {
        const script = {
            "list-products": () => [],
            "find-last-scanned": () => [
                { created_at: new Date("2026-11-22T09:30:00.123Z"), product_id: id },
            ],
        };
        const query = { q: "Radio" };
        const page = await call("listProducts", { path: "/products", query }, script);
        const { products, next_cursor } = JSON.parse(page.result.body);
        assert.deepEqual(products, []);
        assert.equal(typeof next_cursor, "string");
    });

    it("filters by category and ends with a null cursor", async () => {
        const query = { category: "Audio" };
        const script = { "list-category": () => [row()] };
        const { result } = await call("listProducts", { path: "/products", query }, script);
        assert.equal(result.body, `{"products":[${body}],"next_cursor":null}`);
    });
});

describe("GET /products/{product_id}", () => {
    it("answers the product with its tag", async () => {
        const { result, headers } = await call("getProduct", { path });
        assert.equal(result.body, body);
        assert.equal(headers["ETag"], '"v7.3"');
    });

    it("answers anew to who holds the version with another stock", async () => {
        const headers = { "If-None-Match": '"v7.4"' };
        const { result } = await call("getProduct", { path, headers });
        assert.equal(result.statusCode, 200);
    });

    it("answers 304 to who holds the version with its stock", async () => {
        const headers = { "If-None-Match": '"v7.3"' };
        const { result } = await call("getProduct", { path, headers });
        assert.equal(result.statusCode, 304);
        assert.equal(result.body, "");
    });

    it("answers 404 when there is none", async () => {
        const { result } = await call("getProduct", { path }, { "find-product": () => [] });
        assert.equal(result.statusCode, 404);
    });
});

const changes: readonly [string, string, Call][] = [
    ["updateProduct", "update-product", { method: "PATCH", path, body: { price: 8 } }],
    ["deleteProduct", "delete-product", { method: "DELETE", path }],
];
for (const [operationId, statement, request] of changes) {
    describe(`${request.method} /products/{product_id}`, () => {
        const withTag = (tag: string) => ({ ...request, headers: { "If-Match": tag } });
        const nobody = () => [];

        it("changes the version that If-Match names", async () => {
            const changed = row({ version: "8", price_minor: "800" });
            const { result, session } = await call(operationId, withTag('"v7"'), {
                [statement]: () => [changed],
            });
            assert.equal(result.statusCode, request.method === "PATCH" ? 200 : 204);
            assert.deepEqual(session.calls[1]?.[0]?.values.slice(0, 3), ["main", id, 7]);
        });

        it("answers 428 without If-Match, 412 with another version, and writes nothing", async () => {
            for (const [call_, status] of [
                [request, 428] as const,
                [withTag('"v6"'), 412] as const,
            ]) {
                const { result, names } = await call(operationId, call_);
                assert.equal(result.statusCode, status);
                assert.deepEqual(names, [["find-product"]]);
            }
        });

        it("answers 412 when another change was faster", async () => {
            const { result } = await call(operationId, withTag('"v7"'), { [statement]: nobody });
            assert.equal(result.statusCode, 412);
        });

        it("starts over with If-Match *, three times at most", async () => {
            const { result, names } = await call(operationId, withTag("*"), {
                [statement]: nobody,
            });
            assert.equal(problemCode(result), "conflict");
            assert.equal(names.length, 6);
        });

        it("answers 404 when there is no such product", async () => {
            const { result } = await call(operationId, withTag("*"), { "find-product": nobody });
            assert.equal(result.statusCode, 404);
        });
    });
}
