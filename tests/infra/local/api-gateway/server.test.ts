import assert from "node:assert/strict";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { InvocationOutcome } from "../../../../infra/local/api-gateway/exchange";
import {
    type RestApiOptions,
    type RestApiServer,
    startRestApi,
} from "../../../../infra/local/api-gateway/server";

const operation = {
    "x-amazon-apigateway-integration": {
        type: "aws_proxy",
        httpMethod: "POST",
        uri: "arn:function",
        timeoutInMillis: 100,
    },
};
const document = {
    openapi: "3.0.3",
    paths: {
        "/products": {
            get: {
                ...operation,
                parameters: [{ name: "category", in: "query", required: true }],
                "x-amazon-apigateway-request-validator": "parameters",
            },
            post: {
                ...operation,
                requestBody: {
                    content: {
                        "application/json": { schema: { $ref: "#/components/schemas/Product" } },
                    },
                },
                "x-amazon-apigateway-request-validator": "body",
            },
            "x-amazon-apigateway-any-method": operation,
        },
        "/products/{product_id}": { "x-amazon-apigateway-any-method": operation },
    },
    components: {
        schemas: {
            Product: {
                type: "object",
                required: ["name"],
                properties: { name: { type: "string" } },
            },
        },
    },
    "x-amazon-apigateway-request-validators": {
        parameters: { validateRequestParameters: true },
        body: { validateRequestBody: true },
    },
};
const accepted: InvocationOutcome = { kind: "ok", payload: { statusCode: 200, body: "{}" } };

describe("startRestApi", () => {
    const servers: RestApiServer[] = [];
    const events: APIGatewayProxyEvent[] = [];
    const sourceArns: string[] = [];
    const logLines: string[] = [];

    afterEach(async () => {
        await Promise.all(servers.splice(0).map((server) => server.close()));
        for (const list of [events, sourceArns, logLines]) {
            list.length = 0;
        }
    });

    async function start(changes: Partial<RestApiOptions> = {}): Promise<string> {
        const server = await startRestApi({
            apiId: "abc123",
            region: "eu-west-1",
            accountId: "123456789012",
            stageName: "live",
            document,
            throttling: undefined,
            accessLogFormat:
                '{"status":"$context.status","at":"$context.resourcePath","tls":"$context.tlsVersion"}',
            writeAccessLog: (line) => logLines.push(line),
            invoke: async (_, event) => {
                events.push(event);
                return accepted;
            },
            isPermitted: (_, sourceArn) => {
                sourceArns.push(sourceArn);
                return true;
            },
            ...changes,
        });
        servers.push(server);
        return `http://127.0.0.1:${server.port}`;
    }

    it("gives the function a proxy event", async () => {
        const url = await start();
        await fetch(`${url}/live/products/7?q=a%20b&q=c`, {
            method: "POST",
            headers: { "X-Shop": "one", "X-Forwarded-For": "203.0.113.9" },
            body: '{"name":"tea"}',
        });
        const [event] = events;
        assert.equal(event?.httpMethod, "POST");
        assert.equal(event.path, "/products/7");
        assert.equal(event.resource, "/products/{product_id}");
        assert.deepEqual(event.pathParameters, { product_id: "7" });
        assert.deepEqual(event.queryStringParameters, { q: "c" });
        assert.deepEqual(event.multiValueQueryStringParameters, { q: ["a b", "c"] });
        assert.equal(event.headers["x-shop"] ?? event.headers["X-Shop"], "one");
        assert.equal(event.headers["X-Forwarded-For"], "203.0.113.9, 127.0.0.1");
        assert.equal(event.headers["Connection"] ?? event.headers["connection"], undefined);
        assert.equal(event.body, '{"name":"tea"}');
        assert.equal(event.isBase64Encoded, false);
        assert.equal(event.requestContext.stage, "live");
        assert.equal(event.requestContext.path, "/live/products/7");
        assert.match(event.requestContext.requestId, /^[0-9a-f-]{36}$/);
        assert.deepEqual(sourceArns, [
            "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/POST/products/*",
        ]);
    });

    it("has null where a request has no query, parameters or body", async () => {
        const url = await start();
        await fetch(`${url}/live/products`, { method: "PUT" });
        assert.equal(events[0]?.queryStringParameters, null);
        assert.equal(events[0].pathParameters, null);
        assert.equal(events[0].body, null);
    });

    it("answers what the function answered, with the request's id", async () => {
        const payload = {
            statusCode: 201,
            headers: { Location: "/products/7" },
            body: '{"a":1}',
        };
        const url = await start({ invoke: async () => ({ kind: "ok", payload }) });
        const response = await fetch(`${url}/live/products`, { method: "PUT" });
        assert.equal(response.status, 201);
        assert.equal(response.headers.get("location"), "/products/7");
        assert.equal(response.headers.get("content-type"), "application/json");
        assert.match(response.headers.get("x-amzn-requestid") ?? "", /^[0-9a-f-]{36}$/);
        assert.equal(await response.text(), '{"a":1}');
    });

    const refusals: [
        what: string,
        request: [method: string, path: string, body?: string],
        changes: Partial<RestApiOptions>,
        status: number,
        message: string,
    ][] = [
        ["an unknown path", ["GET", "/live/x"], {}, 403, "Missing Authentication Token"],
        ["another stage", ["GET", "/test/products"], {}, 403, "Forbidden"],
        [
            "a missing parameter",
            ["GET", "/live/products?category="],
            {},
            400,
            "Missing required request parameters: [category]",
        ],
        [
            "a body that does not fit",
            ["POST", "/live/products", "{}"],
            {},
            400,
            "Invalid request body",
        ],
        [
            "a function without a permission",
            ["PUT", "/live/products"],
            { isPermitted: () => false },
            500,
            "Internal server error",
        ],
        [
            "a function that fails",
            ["PUT", "/live/products"],
            { invoke: async () => ({ kind: "error", message: "secret" }) },
            502,
            "Internal server error",
        ],
        [
            "a malformed answer",
            ["PUT", "/live/products"],
            { invoke: async () => ({ kind: "ok", payload: { status: 200 } }) },
            502,
            "Internal server error",
        ],
        [
            "a function that Lambda throttles",
            ["PUT", "/live/products"],
            { invoke: async () => ({ kind: "throttled" }) },
            500,
            "Internal server error",
        ],
        [
            "a function that never answers",
            ["PUT", "/live/products"],
            { invoke: () => new Promise(() => undefined) },
            504,
            "Endpoint request timed out",
        ],
        [
            "a body above 10 MB",
            ["PUT", "/live/products", "x".repeat(10_485_761)],
            {},
            413,
            "HTTP content length exceeded 10485760 bytes.",
        ],
        [
            "an event above Lambda's 6 MB",
            ["PUT", "/live/products", "x".repeat(6_291_556)],
            {},
            413,
            "Request Too Long",
        ],
    ];
    for (const [what, [method, path, body], changes, status, message] of refusals) {
        it(`answers ${status} for ${what}`, async () => {
            const url = await start(changes);
            const response = await fetch(`${url}${path}`, {
                method,
                ...(body === undefined
                    ? {}
                    : { body, headers: { "content-type": "application/json" } }),
            });
            assert.equal(response.status, status);
            assert.deepEqual(await response.json(), { message });
            assert.deepEqual(events, []);
        });
    }

    it("answers 413 for headers above 10,240 bytes", async () => {
        const url = await start();
        const headers = { "x-long": "x".repeat(10_240) };
        const response = await fetch(`${url}/live/products`, { method: "PUT", headers });
        assert.equal(response.status, 413);
    });

    it("throttles the stage with 429", async () => {
        const url = await start({ throttling: { ratePerSecond: 1, burst: 2 } });
        const statuses = [];
        for (let count = 0; count < 3; count += 1) {
            statuses.push((await fetch(`${url}/live/products`, { method: "PUT" })).status);
        }
        assert.deepEqual(statuses, [200, 200, 429]);
    });

    it("writes one access log line for each request of the stage", async () => {
        const url = await start();
        await (await fetch(`${url}/live/products/7`)).text();
        await (await fetch(`${url}/live/nowhere`)).text();
        assert.deepEqual(
            logLines.map((line) => JSON.parse(line)),
            [
                { status: "200", at: "/products/{product_id}", tls: "-" },
                { status: "403", at: "/nowhere", tls: "-" },
            ],
        );
    });

    it("compresses what is large enough for a client that accepts it", async () => {
        const payload = { statusCode: 200, body: "x".repeat(2_000) };
        const url = await start({
            invoke: async () => ({ kind: "ok", payload }),
            minimumCompressionSizeBytes: 1_024,
        });
        const plain = await fetch(`${url}/live/products/7`, {
            headers: { "accept-encoding": "identity" },
        });
        const packed = await fetch(`${url}/live/products/7`);
        assert.equal(plain.headers.get("content-encoding"), null);
        assert.equal(packed.headers.get("content-encoding"), "gzip");
        assert.equal(await packed.text(), payload.body);
    });

    it("answers HEAD without a body", async () => {
        const url = await start();
        const response = await fetch(`${url}/live/products/7`, { method: "HEAD" });
        assert.equal(response.headers.get("content-length"), "2");
        assert.equal(await response.text(), "");
    });
});
