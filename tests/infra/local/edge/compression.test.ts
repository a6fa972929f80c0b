import assert from "node:assert/strict";
import * as zlib from "node:zlib";
import { compressed } from "../../../../infra/local/edge/compression";
import type { OriginAnswer } from "../../../../infra/local/edge/origin-client";

const text = "tea ".repeat(500);

function answer(headers: Record<string, string>, body: string = text): OriginAnswer {
    const all = { "content-type": "application/json", "content-length": "1", ...headers };
    return {
        status: 200,
        headers: new Map(Object.entries(all).map(([name, value]) => [name, [value]])),
        body: Buffer.from(body),
        originId: "eu",
    };
}

describe("compressed", () => {
    it("compresses with the viewer's best coding and weakens the entity tag", async () => {
        const brotli = await compressed(answer({ etag: '"1"' }), ["br", "gzip"]);
        assert.equal(zlib.brotliDecompressSync(brotli.body).toString(), text);
        assert.deepEqual(brotli.headers.get("content-encoding"), ["br"]);
        assert.deepEqual(brotli.headers.get("etag"), ['W/"1"']);
        assert.equal(brotli.headers.get("content-length"), undefined);
        const gzip = await compressed(answer({}), ["gzip"]);
        assert.equal(zlib.gunzipSync(gzip.body).toString(), text);
    });

    for (const mediaType of ["application/json; charset=utf-8", "text/html", "text/xml"]) {
        it(`compresses ${mediaType}`, async () => {
            const packed = await compressed(answer({ "content-type": mediaType }), ["gzip"]);
            assert.deepEqual(packed.headers.get("vary"), ["Accept-Encoding"]);
        });
    }

    const untouched: [what: string, answer: OriginAnswer, codings: string[]][] = [
        ["an answer to a viewer that accepts nothing", answer({}), []],
        ["a small answer", answer({}, "x".repeat(999)), ["gzip"]],
        ["an image", answer({ "content-type": "image/png" }), ["gzip"]],
        ["a problem", answer({ "content-type": "application/problem+json" }), ["gzip"]],
        ["what the origin compressed", answer({ "content-encoding": "gzip" }), ["gzip"]],
        ["a redirect", { ...answer({}), status: 302 }, ["gzip"]],
    ];
    for (const [what, original, codings] of untouched) {
        it(`leaves ${what} alone`, async () => {
            assert.equal(await compressed(original, codings), original);
        });
    }
});
