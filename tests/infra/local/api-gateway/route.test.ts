import assert from "node:assert/strict";
import type { GatewayApi, GatewayMethod } from "../../../../infra/local/api-gateway/document";
import { findRoute } from "../../../../infra/local/api-gateway/route";

const method: GatewayMethod = {
    invokeArn: "arn:function",
    timeoutMilliseconds: 1000,
    requiredParameters: [],
    isSigned: false,
    bodyModels: undefined,
};

function api(paths: Record<string, readonly string[]>): GatewayApi {
    return {
        resources: Object.entries(paths).map(([path, names]) => ({
            path,
            methods: new Map(names.map((name) => [name, method])),
        })),
        responses: new Map(),
        binaryMediaTypes: [],
        minimumCompressionSizeBytes: undefined,
    };
}

const shop = api({
    "/": ["GET"],
    "/products": ["GET", "ANY"],
    "/products/{product_id}": ["GET"],
    "/products/new": ["GET"],
    "/products/{product_id}/stock": ["GET"],
    "/files/{proxy+}": ["ANY"],
});

const cases: [method: string, path: string, resource: string | undefined, parameters: object][] = [
    ["GET", "/", "/", {}],
    ["GET", "/products", "/products", {}],
    ["GET", "/products/", "/products", {}],
    ["DELETE", "/products", "/products", {}],
    ["GET", "/products/7", "/products/{product_id}", { product_id: "7" }],
    ["GET", "/products/a%2Fb", "/products/{product_id}", { product_id: "a%2Fb" }],
    ["GET", "/products/new", "/products/new", {}],
    ["GET", "/products/7/stock", "/products/{product_id}/stock", { product_id: "7" }],
    ["PUT", "/files/a/b", "/files/{proxy+}", { proxy: "a/b" }],
    ["PUT", "/files", undefined, {}],
    ["PUT", "/products/7", undefined, {}],
    ["GET", "/Products", undefined, {}],
    ["GET", "/products/7/stock/more", undefined, {}],
];

describe("findRoute", () => {
    for (const [httpMethod, path, resource, parameters] of cases) {
        it(`takes ${httpMethod} ${path} to ${resource ?? "no route"}`, () => {
            const route = findRoute(shop, httpMethod, path);
            assert.equal(route?.resource.path, resource);
            assert.deepEqual(route?.pathParameters ?? {}, parameters);
        });
    }
});
