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

const signature = { type: "apiKey", name: "Authorization", in: "header" };
const withSecurity = (security: unknown) =>
    withRoot(
        {
            components: {
                securitySchemes: {
                    sigv4: { ...signature, "x-amazon-apigateway-authtype": "awsSigv4" },
                    key: signature,
                },
            },
        },
        { get: { ...operation, security } },
    );

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
            isSigned: false,
            requiredParameters: [
                { place: "query", name: "category" },
                { place: "header", name: "X-Shop" },
            ],
            bodyModels: undefined,
        });
    });

    it("reads which methods ask for a signature", () => {
        const [resource] = readDocument(withSecurity([{ sigv4: [] }])).resources;
        assert.equal(resource?.methods.get("GET")?.isSigned, true);
    });

    const refused: [what: string, document: Record<string, unknown>, message: RegExp][] = [
        ["OpenAPI 3.1", { ...withRoot({}), openapi: "3.1.0" }, /openapi "3.1.0"/],
        ["an HTTP integration", withIntegration({ type: "http_proxy" }), /get \/products/],
        ["an integration without a function", withIntegration({ uri: undefined }), /no uri/],
        ["a timeout above 29 s", withIntegration({ timeoutInMillis: 30_000 }), /50 to 29000/],
        ["no security", withSecurity([]), /security of get \/products/],
        ["an unknown scheme", withSecurity([{ apiKey: [] }]), /security of get/],
        ["another scheme", withSecurity([{ key: [] }]), /awsSigv4/],
        ["two schemes", withSecurity([{ sigv4: [] }, { key: [] }]), /security of get/],
        ["two schemes at once", withSecurity([{ sigv4: [], key: [] }]), /security of get/],
        ["scopes", withSecurity([{ sigv4: ["all"] }]), /without scopes/],
        ["security of the whole document", withRoot({ security: [{ sigv4: [] }] }), /security/],
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
