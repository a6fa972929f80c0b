import assert from "node:assert/strict";
import type { EdgeRequest } from "../../../../infra/local/edge/edge-request";
import { readFunctionResult, viewerRequestEvent } from "../../../../infra/local/edge/viewer-event";

const request: EdgeRequest = {
    method: "GET",
    path: "/products",
    queryString: "q=a%20b&tag=1&tag=2&flag",
    headers: new Map([
        ["host", ["shop.example.com"]],
        ["accept", ["a", "b"]],
        ["x-forwarded-proto", ["http"]],
    ]),
    cookies: ["session=a=b"],
    body: Buffer.alloc(0),
    viewerIp: "203.0.113.9",
    id: "id",
};

describe("viewerRequestEvent", () => {
    it("has the request as CloudFront shows it", () => {
        assert.deepEqual(viewerRequestEvent(request), {
            version: "1.0",
            context: {
                distributionDomainName: "local.cloudfront.net",
                distributionId: "LOCAL",
                eventType: "viewer-request",
                requestId: "id",
            },
            viewer: { ip: "203.0.113.9" },
            request: {
                method: "GET",
                uri: "/products",
                querystring: {
                    q: { value: "a%20b" },
                    tag: { value: "1", multiValue: [{ value: "1" }, { value: "2" }] },
                    flag: { value: "" },
                },
                headers: {
                    host: { value: "shop.example.com" },
                    accept: { value: "a", multiValue: [{ value: "a" }, { value: "b" }] },
                },
                cookies: { session: { value: "a=b" } },
            },
        });
    });
});

describe("readFunctionResult", () => {
    const event = viewerRequestEvent(request).request;

    it("passes an unchanged request on exactly as it came", () => {
        const result = readFunctionResult(request, event);
        assert.equal(result.kind === "request" && result.request.queryString, request.queryString);
        assert.deepEqual(result.kind === "request" && result.request.cookies, request.cookies);
        assert.deepEqual(
            result.kind === "request" && new Map([...result.request.headers].sort()),
            new Map([...request.headers].sort()),
        );
    });

    it("takes changes of path, query, headers and cookies", () => {
        const result = readFunctionResult(request, {
            ...event,
            uri: "/other",
            querystring: { q: { value: "c" } },
            headers: { ...event.headers, "x-viewer-cell": { value: "eu" } },
            cookies: {},
        });
        assert.equal(result.kind, "request");
        if (result.kind === "request") {
            assert.equal(result.request.path, "/other");
            assert.equal(result.request.queryString, "q=c");
            assert.deepEqual(result.request.headers.get("x-viewer-cell"), ["eu"]);
            assert.deepEqual(result.request.cookies, []);
        }
    });

    it("takes a response", () => {
        const result = readFunctionResult(request, {
            statusCode: 302,
            headers: { location: { value: "/new" } },
            cookies: { a: { value: "1", attributes: "Secure" } },
            body: { encoding: "base64", data: "aGk=" },
        });
        assert.deepEqual(result, {
            kind: "response",
            response: {
                status: 302,
                headers: new Map([
                    ["location", ["/new"]],
                    ["set-cookie", ["a=1; Secure"]],
                ]),
                body: Buffer.from("hi"),
            },
        });
    });

    const invalid: [what: string, value: unknown, message: RegExp][] = [
        ["nothing", undefined, /neither a request nor a response/],
        ["another method", { ...event, method: "POST" }, /method/],
        ["a path without a slash", { ...event, uri: "x" }, /slash/],
        [
            "another Host",
            { ...event, headers: { host: { value: "x" } } },
            /"host", which is read-only/,
        ],
        [
            "a header of the edge's own",
            { ...event, headers: { ...event.headers, "x-edge-location": { value: "x" } } },
            /may not set the header "x-edge-location"/,
        ],
        [
            "a header in capitals",
            { ...event, headers: { ...event.headers, "X-Cell": { value: "x" } } },
            /may not set the header "X-Cell"/,
        ],
        ["a status that is none", { statusCode: "200" }, /statusCode is "200"/],
    ];
    for (const [what, value, message] of invalid) {
        it(`refuses ${what}`, () => {
            const result = readFunctionResult(request, value);
            assert.match(result.kind === "invalid" ? result.message : result.kind, message);
        });
    }
});
