import assert from "node:assert/strict";
import type { EdgeRequest } from "../../../../infra/local/edge/edge-request";
import { cachePolicyOf, originRequestPolicyOf } from "../../../../infra/local/edge/policies";
import { conditionalAnswer, originHeaders } from "../../../../infra/local/edge/viewer-answer";

const disabled = cachePolicyOf("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", new Map());
const everything = originRequestPolicyOf("b689b0a8-53d0-40ab-baf2-68738e2966ac", new Map());
const nothing = originRequestPolicyOf(undefined, new Map());

describe("originHeaders", () => {
    const headers = new Map([
        ["connection", ["keep-alive"]],
        ["transfer-encoding", ["chunked"]],
        ["set-cookie", ["a=1", "b=2"]],
        ["vary", ["Accept-Encoding, Origin, Accept-Encoding"]],
        ["x-cell", ["eu"]],
    ]);

    it("drops one-hop headers and what the origin cannot have seen from Vary", () => {
        assert.deepEqual(
            originHeaders(headers, disabled, everything),
            new Map([
                ["set-cookie", ["a=1", "b=2"]],
                ["vary", ["Accept-Encoding"]],
                ["x-cell", ["eu"]],
            ]),
        );
    });

    it("drops cookies where none are forwarded", () => {
        assert.equal(originHeaders(headers, disabled, nothing).has("set-cookie"), false);
    });
});

describe("conditionalAnswer", () => {
    const changed = "Sun, 22 Nov 2026 12:00:00 GMT";
    const cases: [asked: Record<string, string>, status: number][] = [
        [{}, 200],
        [{ "if-none-match": '"1"' }, 304],
        [{ "if-none-match": 'W/"1"' }, 304],
        [{ "if-none-match": '"0", "1"' }, 304],
        [{ "if-none-match": "*" }, 304],
        [{ "if-none-match": '"2"' }, 200],
        [{ "if-modified-since": changed }, 304],
        [{ "if-modified-since": "Sun, 22 Nov 2026 11:59:59 GMT" }, 200],
        [{ "if-none-match": '"2"', "if-modified-since": changed }, 200],
    ];
    for (const [asked, status] of cases) {
        it(`answers ${status} to ${JSON.stringify(asked)}`, () => {
            const request: EdgeRequest = {
                method: "GET",
                path: "/",
                queryString: "",
                headers: new Map(Object.entries(asked).map(([name, value]) => [name, [value]])),
                cookies: [],
                body: Buffer.alloc(0),
                viewerIp: "203.0.113.9",
                id: "id",
            };
            const answer = {
                status: 200,
                headers: new Map([
                    ["etag", ['"1"']],
                    ["last-modified", [changed]],
                    ["content-type", ["text/plain"]],
                ]),
                body: Buffer.from("hi"),
            };
            const told = conditionalAnswer(request, answer);
            assert.equal(told.status, status);
            assert.equal(told.body.length, status === 304 ? 0 : 2);
            assert.equal(told.headers.has("content-type"), status === 200);
        });
    }
});
