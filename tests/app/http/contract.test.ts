import assert from "node:assert/strict";
import { customerRoutes } from "../../../app/customers/customer-routes";
import { catalogRoutes } from "../../../app/handlers/catalog";
import { contract, operations, publishedContract } from "../../../app/http/contract";
import { requestPaths, requestSchemas } from "../../../app/http/contract/requests";
import { schemaCheck } from "../../../app/http/schema";
import { orderRoutes } from "../../../app/orders/order-routes";
import { statusRoutes } from "../../../app/status/status-routes";

const routesByFunction = {
    catalog: catalogRoutes,
    customers: customerRoutes,
    orders: orderRoutes,
    status: statusRoutes("region"),
};

/** Every object in a value, with its path. */
function* objectsIn(value: unknown, path = ""): Generator<[string, Record<string, unknown>]> {
    if (typeof value === "object" && value !== null) {
        yield [path, value as Record<string, unknown>];
        for (const [name, member] of Object.entries(value)) {
            yield* objectsIn(member, `${path}/${name}`);
        }
    }
}

describe("the contract", () => {
    it("has exactly the operations of the design, each under one name", () => {
        const actual = operations().map(({ path, method, operation }) => [
            operation.operationId,
            `${method.toUpperCase()} ${path}`,
        ]);
        assert.deepEqual(Object.fromEntries(actual), {
            listProducts: "GET /products",
            createProduct: "POST /products",
            getProduct: "GET /products/{product_id}",
            updateProduct: "PATCH /products/{product_id}",
            deleteProduct: "DELETE /products/{product_id}",
            getStock: "GET /products/{product_id}/stock",
            changeStock: "POST /products/{product_id}/stock",
            createCustomer: "POST /customers",
            getCustomer: "GET /customers/{customer_id}",
            listOrders: "GET /orders",
            createOrder: "POST /orders",
            getOrder: "GET /orders/{order_id}",
            cancelOrder: "POST /orders/{order_id}/cancel",
            getHealth: "GET /health",
            getOpenApi: "GET /openapi.json",
            listCells: "GET /cells",
        });
        assert.equal(actual.length, 16);
    });

    for (const [name, routes] of Object.entries(routesByFunction)) {
        it(`gives the function ${name} exactly the operations it routes`, () => {
            const owned = operations()
                .filter(({ operation }) => operation["x-shop-function"] === name)
                .map(({ operation }) => operation.operationId);
            const routed = routes.map(({ operationId }) => operationId);
            assert.deepEqual(routed.toSorted(), owned.toSorted());
        });
    }

    it("gives each path to one function, because all its other methods go there too", () => {
        for (const [path, item] of Object.entries(contract.paths)) {
            const owners = Object.values(item).map((operation) => operation["x-shop-function"]);
            assert.equal(new Set(owners).size, 1, path);
        }
    });

    it("answers the problems that every operation can meet with", () => {
        for (const { operation } of operations()) {
            for (const status of ["400", "429", "500", "503"]) {
                const content = operation.responses[status]?.content ?? {};
                assert.deepEqual(Object.keys(content), ["application/problem+json"], status);
            }
            const sendsBody = operation.requestBody !== undefined;
            assert.equal("413" in operation.responses, sendsBody, operation.operationId);
            assert.equal("415" in operation.responses, sendsBody, operation.operationId);
        }
    });

    it("refers only to schemas it has, and has none that nothing refers to", () => {
        const used = new Set<string>();
        for (const [path, { $ref }] of objectsIn(contract)) {
            if (typeof $ref === "string") {
                const name = /^#\/components\/schemas\/(\w+)$/.exec($ref)?.[1] ?? "";
                assert.ok(name in contract.components.schemas, `${path}: ${$ref}`);
                used.add(name);
            }
        }
        assert.deepEqual([...used].sort(), Object.keys(contract.components.schemas).sort());
    });

    it("declares the parameters of its paths, and only those", () => {
        for (const { path, operation } of operations()) {
            const declared = (operation.parameters ?? [])
                .filter((parameter) => parameter.in === "path")
                .map(({ name, required }) => [name, required]);
            const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, true]);
            assert.deepEqual(declared, inPath, operation.operationId);
        }
    });

    it("requires no header and, of the query, only whose orders to list", () => {
        const required = operations().flatMap(({ operation }) =>
            (operation.parameters ?? [])
                .filter((parameter) => parameter.required && parameter.in !== "path")
                .map(({ name }) => `${operation.operationId} ${name}`),
        );
        assert.deepEqual(required, ["listOrders customer_id"]);
    });

    it("takes an Idempotency-Key wherever something is created", () => {
        for (const { operation } of operations()) {
            const names = (operation.parameters ?? []).map(({ name }) => name);
            assert.equal(names.includes("Idempotency-Key"), "201" in operation.responses);
        }
    });

    it("keeps to what API Gateway imports", () => {
        for (const name of Object.keys(contract.components.schemas)) {
            assert.match(name, /^[A-Za-z0-9]+$/);
        }
        const refused = ["oneOf", "anyOf", "allOf", "discriminator", "exclusiveMinimum", "const"];
        for (const [path, value] of objectsIn(contract)) {
            const found = refused.filter((keyword) => keyword in value);
            assert.deepEqual(found, [], path);
            assert.ok(!Array.isArray(value["type"]), path);
        }
    });

    it("checks requests by patterns, because bundles are without the checks of formats", () => {
        let count = 0;
        for (const [path, { format, pattern }] of objectsIn({ requestPaths, requestSchemas })) {
            if (typeof format === "string") {
                assert.equal(typeof pattern, "string", path);
                count += 1;
            }
        }
        assert.ok(count >= 3, `${count} formats`);
    });

    it("refers in requests to schemas of requests only", () => {
        for (const { operation } of operations()) {
            const schema = operation.requestBody?.content["application/json"]?.schema;
            if (schema !== undefined) {
                assert.doesNotThrow(() => schemaCheck(schema), operation.operationId);
            }
        }
    });

    it("shows examples that fit their schemas", () => {
        let count = 0;
        for (const [path, { schema, example }] of objectsIn(contract.paths)) {
            if (example !== undefined && typeof schema === "object" && schema !== null) {
                const isDocument = path.includes("/openapi.json/");
                const check = schemaCheck(schema, contract.components.schemas);
                assert.deepEqual(isDocument ? [] : check.violations(example), [], path);
                count += 1;
            }
        }
        assert.ok(count >= 15, `${count} examples`);
    });

    it("is published without saying how it is deployed", () => {
        assert.doesNotMatch(JSON.stringify(publishedContract), /x-shop/);
        const { paths, ...rest } = contract;
        const { paths: published, ...publishedRest } = publishedContract;
        assert.deepEqual(publishedRest, rest);
        assert.deepEqual(Object.keys(published), Object.keys(paths));
    });
});
