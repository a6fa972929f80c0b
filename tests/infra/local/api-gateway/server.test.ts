import assert from "node:assert/strict";
import { createStageStarter } from "./stage-starter";

describe("startRestApi", () => {
    const starter = createStageStarter();
    afterEach(() => starter.closeAll());

    it("gives the function a proxy event", async () => {
        const { url, events, sourceArns } = await starter.start();
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
        const { url, events } = await starter.start();
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
        const { url } = await starter.start({ invoke: async () => ({ kind: "ok", payload }) });
        const response = await fetch(`${url}/live/products`, { method: "PUT" });
        assert.equal(response.status, 201);
        assert.equal(response.headers.get("location"), "/products/7");
        assert.equal(response.headers.get("content-type"), "application/json");
        assert.match(response.headers.get("x-amzn-requestid") ?? "", /^[0-9a-f-]{36}$/);
        assert.equal(await response.text(), '{"a":1}');
    });

    it("throttles the stage with 429", async () => {
        const { url } = await starter.start({ throttling: { ratePerSecond: 1, burst: 2 } });
        const statuses = [];
        for (let count = 0; count < 3; count += 1) {
            statuses.push((await fetch(`${url}/live/products`, { method: "PUT" })).status);
        }
        assert.deepEqual(statuses, [200, 200, 429]);
    });

    it("writes one access log line for each request of the stage", async () => {
        const { url, logLines } = await starter.start();
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
        const { url } = await starter.start({
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
        const { url } = await starter.start();
        const response = await fetch(`${url}/live/products/7`, { method: "HEAD" });
        assert.equal(response.headers.get("content-length"), "2");
        assert.equal(await response.text(), "");
    });
});
