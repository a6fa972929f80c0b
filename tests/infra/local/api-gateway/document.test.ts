import assert from "node:assert/strict";
import { readDocument } from "../../../../infra/local/api-gateway/document";

const integration = { type: "aws_proxy", httpMethod: "POST", uri: "arn:function" };
const operation = { "x-amazon-apigateway-integration": integration };
const withRoot = (root: object, item: object = { get: operation }) => ({
    openapi: "3.0.3",
    paths: { "/products": item },
    ...root,
});
const withIntegration = (changes: object) =>
    withRoot({}, { get: { "x-amazon-apigateway-integration": { ...integration, ...changes } } });

describe("readDocument", () => {
    it("reads methods, timeouts, validators and required parameters", () => {
        const parameters = [
            { name: "category", in: "query", required: true },
            { name: "q", in: "query", required: false },
            { name: "X-Shop", in: "header", required: true },
        ];
        const [resource] = readDocument(
            withRoot(
                {
                    "x-amazon-apigateway-request-validators": {
                        parameters: { validateRequestParameters: true },
                    },
                    "x-amazon-apigateway-request-validator": "parameters",
                },
                {
                    get: { ...operation, parameters },
                    "x-amazon-apigateway-any-method": operation,
                },
            ),
        ).resources;
        assert.deepEqual([...(resource?.methods.keys() ?? [])], ["GET", "ANY"]);
        assert.deepEqual(resource?.methods.get("GET"), {
            invokeArn: "arn:function",
            timeoutMilliseconds: 29_000,
            requiredParameters: [
                { place: "query", name: "category" },
                { place: "header", name: "X-Shop" },
            ],
            bodyModels: undefined,
        });
    });

    const refused: [what: string, document: Record<string, unknown>, message: RegExp][] = [
        ["OpenAPI 3.1", { ...withRoot({}), openapi: "3.1.0" }, /openapi "3.1.0"/],
        ["an HTTP integration", withIntegration({ type: "http_proxy" }), /get \/products/],
        ["an integration without a function", withIntegration({ uri: undefined }), /no uri/],
        ["a timeout above 29 s", withIntegration({ timeoutInMillis: 30_000 }), /50 to 29000/],
        ["security", withRoot({}, { get: { ...operation, security: [] } }), /security of get/],
        [
            "a resource policy",
            withRoot({ "x-amazon-apigateway-policy": {} }),
            /x-amazon-apigateway-policy/,
        ],
        [
            "an unknown validator",
            withRoot({ "x-amazon-apigateway-request-validator": "all" }),
            /"all" is not one of/,
        ],
        [
            "an unknown gateway response",
            withRoot({ "x-amazon-apigateway-gateway-responses": { TOO_HOT: {} } }),
            /"TOO_HOT" is not a gateway response type/,
        ],
    ];
    for (const [what, document, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => readDocument(document), message);
        });
    }
});
