import assert from "node:assert/strict";
import { readProxyAnswer } from "../../../../infra/local/api-gateway/proxy-answer";

describe("readProxyAnswer", () => {
    const malformed: [what: string, payload: unknown][] = [
        ["null", null],
        ["text", "hello"],
        ["an array", []],
        ["no status", { body: "" }],
        ["a status that is none", { statusCode: 99 }],
        ["a status in words", { statusCode: "fine" }],
        ["a body that is an object", { statusCode: 200, body: {} }],
        ["an unknown key", { statusCode: 200, cookies: [] }],
        ["a header that is an object", { statusCode: 200, headers: { a: {} } }],
        ["a header with a line break", { statusCode: 200, headers: { a: "1\r\nb: 2" } }],
        ["multiple values that are none", { statusCode: 200, multiValueHeaders: { a: "1" } }],
        ["more than Lambda can return", { statusCode: 200, body: "x".repeat(6_291_557) }],
    ];
    for (const [what, payload] of malformed) {
        it(`calls ${what} malformed`, () => {
            assert.equal(readProxyAnswer(payload, true), undefined);
        });
    }

    it("merges both maps of headers", () => {
        const payload = {
            statusCode: "201",
            headers: { "x-cell": "eu", "set-cookie": "lost=1", "x-count": 3 },
            multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] },
        };
        assert.deepEqual(readProxyAnswer(payload, false), {
            status: 201,
            headers: [
                ["Set-Cookie", "a=1"],
                ["Set-Cookie", "b=2"],
                ["x-cell", "eu"],
                ["x-count", "3"],
            ],
            body: Buffer.alloc(0),
        });
    });

    it("renames the headers that the gateway keeps for itself", () => {
        const headers = { "WWW-Authenticate": "Basic", Server: "fn", "Transfer-Encoding": "x" };
        assert.deepEqual(readProxyAnswer({ statusCode: 401, headers }, false)?.headers, [
            ["x-amzn-Remapped-WWW-Authenticate", "Basic"],
            ["x-amzn-Remapped-Server", "fn"],
        ]);
    });

    it("decodes base64 only for a client that accepts a binary type of the API", () => {
        const payload = { statusCode: 200, body: "aGk=", isBase64Encoded: true };
        assert.equal(readProxyAnswer(payload, true)?.body.toString(), "hi");
        assert.equal(readProxyAnswer(payload, false)?.body.toString(), "aGk=");
    });
});
