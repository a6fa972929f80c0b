import assert from "node:assert/strict";
import { contract, publishedContract } from "../../app/http/contract";
import { gatewayDocument } from "../../infra/gateway-document";
import { internalRoutes } from "../../infra/internal-routes";

const document = JSON.parse(
    JSON.stringify(
        gatewayDocument({
            title: "shop",
            cell: "eu",
            invokeArns: { catalog: "c", customers: "u", orders: "o", status: "s", exchange: "x" },
        }),
    ),
);

/** Every object in a document, with the path to it. */
function* objects(value: unknown, path = "#"): Generator<[string, Record<string, unknown>]> {
    if (typeof value === "object" && value !== null) {
        yield [path, value as Record<string, unknown>];
        for (const [key, child] of Object.entries(value)) {
            yield* objects(child, `${path}/${key}`);
        }
    }
}

describe("gatewayDocument", () => {
    it("has every path and method of the contract, and the internal routes", () => {
        const methods = (paths: object) =>
            Object.entries(paths).map(([path, item]) => [
                path,
                Object.keys(item).filter((key) => !key.startsWith("x-")),
            ]);
        assert.deepEqual(methods(document.paths), [
            ...methods(contract.paths),
            ...internalRoutes.map(({ path, method }) => [path, [method]]),
        ]);
    });

    it("asks for a signature on the internal routes, and on no other", () => {
        const { sigv4 } = document.components.securitySchemes;
        assert.deepEqual(sigv4, {
            type: "apiKey",
            name: "Authorization",
            in: "header",
            "x-amazon-apigateway-authtype": "awsSigv4",
        });
        for (const [path, item] of Object.entries<Record<string, object>>(document.paths)) {
            for (const [method, operation] of Object.entries(item)) {
                const { security } = operation as { security?: unknown };
                const expected = path.startsWith("/internal/") ? [{ sigv4: [] }] : undefined;
                assert.deepEqual(security, expected, `${method} ${path}`);
            }
        }
    });

    it("leaves the other methods of an internal route to the gateway", () => {
        for (const { path, method } of internalRoutes) {
            assert.deepEqual(Object.keys(document.paths[path]), [method]);
        }
    });

    it("publishes no internal route", () => {
        assert.doesNotMatch(JSON.stringify(publishedContract), /\/internal|sigv4/);
    });

    it("sends every other method of a public path to a function, which answers 405", () => {
        for (const path of Object.keys(contract.paths)) {
            const any = document.paths[path]["x-amazon-apigateway-any-method"] as Record<
                string,
                unknown
            >;
            const { uri } = any["x-amazon-apigateway-integration"] as Record<string, unknown>;
            assert.match(String(uri), /^[cuos]$/, path);
        }
    });

    it("calls functions as Lambda proxies, within API Gateway's limit", () => {
        for (const [path, value] of objects(document.paths)) {
            if (path.endsWith("/x-amazon-apigateway-integration")) {
                assert.equal(value["type"], "aws_proxy", path);
                assert.equal(value["httpMethod"], "POST", path);
                assert.equal(value["timeoutInMillis"], 29_000, path);
            }
        }
    });

    it("checks required parameters at the gateway and leaves bodies to the app", () => {
        const name = document["x-amazon-apigateway-request-validator"];
        assert.deepEqual(document["x-amazon-apigateway-request-validators"][name], {
            validateRequestParameters: true,
            validateRequestBody: false,
        });
        const listOrders = document.paths["/orders"].get.parameters;
        assert.equal(
            listOrders.find((parameter: { name: string }) => parameter.name === "customer_id")
                .required,
            true,
        );
    });

    it("says what each body looks like", () => {
        for (const [path, item] of Object.entries(contract.paths)) {
            for (const [method, operation] of Object.entries(item)) {
                const { requestBody } = operation as { requestBody?: { content: object } };
                const gateway = document.paths[path][method].requestBody;
                assert.deepEqual(
                    Object.keys(gateway?.content ?? {}),
                    Object.keys(requestBody?.content ?? {}),
                    `${method} ${path}`,
                );
            }
        }
    });

    it("never requires a header, because only the app knows what its absence means", () => {
        for (const [path, value] of objects(document.paths)) {
            if (value["in"] === "header") {
                assert.equal(value["required"], false, path);
            }
        }
    });

    it("resolves every reference", () => {
        for (const [path, value] of objects(document)) {
            if (typeof value["$ref"] === "string") {
                const name = value["$ref"].replace("#/components/schemas/", "");
                assert.ok(document.components.schemas[name], `${path} -> ${value["$ref"]}`);
            }
        }
    });

    it("gives models alphanumeric names and keywords that API Gateway knows", () => {
        for (const name of Object.keys(document.components.schemas)) {
            assert.match(name, /^[A-Za-z0-9]+$/);
        }
        const unknown = ["nullable", "format", "example", "default", "oneOf", "readOnly"];
        for (const [path, value] of objects(document.components.schemas)) {
            if (!path.endsWith("/properties")) {
                for (const keyword of unknown) {
                    assert.equal(keyword in value, false, `${path}/${keyword}`);
                }
            }
        }
    });

    const responses = document["x-amazon-apigateway-gateway-responses"];
    const statuses: Record<string, number> = {
        ACCESS_DENIED: 403,
        BAD_REQUEST_BODY: 400,
        BAD_REQUEST_PARAMETERS: 400,
        DEFAULT_4XX: 400,
        DEFAULT_5XX: 503,
        EXPIRED_TOKEN: 403,
        INTEGRATION_FAILURE: 503,
        INTEGRATION_TIMEOUT: 503,
        INVALID_SIGNATURE: 403,
        MISSING_AUTHENTICATION_TOKEN: 404,
        QUOTA_EXCEEDED: 429,
        REQUEST_TOO_LARGE: 413,
        RESOURCE_NOT_FOUND: 404,
        THROTTLED: 429,
        UNSUPPORTED_MEDIA_TYPE: 415,
    };

    it("shapes every refusal of the gateway itself", () => {
        assert.deepEqual(Object.keys(responses).sort(), Object.keys(statuses));
    });

    for (const [type, status] of Object.entries(statuses)) {
        it(`answers ${type} as a problem of this cell`, () => {
            const { statusCode, responseParameters, responseTemplates } = responses[type];
            assert.equal(statusCode, status);
            assert.equal(
                responseParameters["gatewayresponse.header.Content-Type"],
                "'application/problem+json'",
            );
            assert.equal(responseParameters["gatewayresponse.header.x-cell"], "'eu'");
            assert.equal(
                responseParameters["gatewayresponse.header.Access-Control-Allow-Origin"],
                "'*'",
            );
            assert.equal(
                responseParameters["gatewayresponse.header.Retry-After"] !== undefined,
                status === 429 || status === 503,
            );
            const problem = JSON.parse(responseTemplates["application/json"]);
            assert.equal(problem.request_id, "$context.requestId");
            assert.equal(problem.status, status);
            assert.ok(problem.type && problem.title && problem.code);
            assert.doesNotMatch(problem.detail, /\$context/);
        });
    }
});
