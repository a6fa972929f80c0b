import assert from "node:assert/strict";
import { calculateSignature, isSameSecret } from "../../../infra/local/signature-v4";

describe("a signature of version 4", () => {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    it("is AWS's for a presigned request", () => {
        const signature = calculateSignature(
            {
                method: "GET",
                canonicalPath: "/test.txt",
                query: [
                    ["X-Amz-SignedHeaders", "host"],
                    ["X-Amz-Expires", "86400"],
                    ["X-Amz-Date", "20130524T000000Z"],
                    ["X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"],
                    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
                ],
                headers: { host: "examplebucket.s3.amazonaws.com", accept: "is not signed" },
                payloadHash: "UNSIGNED-PAYLOAD",
            },
            {
                date: "20130524",
                region: "us-east-1",
                service: "s3",
                timestamp: "20130524T000000Z",
                signedHeaders: ["host"],
            },
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        );
        assert.equal(signature, "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    });

    // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html (GET Bucket)
    it("is AWS's for a request that is signed in its headers", () => {
        const payloadHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        const signature = calculateSignature(
            {
                method: "GET",
                canonicalPath: "/",
                query: [
                    ["prefix", "J"],
                    ["max-keys", "2"],
                ],
                headers: {
                    host: "examplebucket.s3.amazonaws.com",
                    "x-amz-content-sha256": payloadHash,
                    "x-amz-date": "20130524T000000Z",
                },
                payloadHash,
            },
            {
                date: "20130524",
                region: "us-east-1",
                service: "s3",
                timestamp: "20130524T000000Z",
                signedHeaders: ["host", "x-amz-content-sha256", "x-amz-date"],
            },
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        );
        assert.equal(signature, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    });

    it("does not depend on the order of the query", () => {
        const query = [
            ["a-b", "1"],
            ["a", "2"],
            ["a", "!'()* ü"],
        ] as const;
        const [one, other] = [query, query.toReversed()].map((ordered) => sign({ query: ordered }));
        assert.equal(one, other);
    });

    it("does not depend on the blanks around and within a header", () => {
        assert.equal(sign({ headers: { host: "  a   b " } }), sign({ headers: { host: "a b" } }));
    });
});

describe("two secrets", () => {
    for (const [left, right, isSame] of [
        ["secret", "secret", true],
        ["secret", "secreT", false],
        ["secret", "secret and more", false],
        ["", "", true],
        ["ü", "u", false],
    ] as const) {
        it(`"${left}" and "${right}" are ${isSame ? "the same" : "not the same"}`, () => {
            assert.equal(isSameSecret(left, right), isSame);
        });
    }
});

function sign(changes: {
    query?: readonly (readonly [string, string])[];
    headers?: Record<string, string>;
}): string {
    return calculateSignature(
        {
            method: "GET",
            canonicalPath: "/",
            query: [],
            headers: { host: "example.com" },
            payloadHash: "",
            ...changes,
        },
        {
            date: "20130524",
            region: "us-east-1",
            service: "dsql",
            timestamp: "20130524T000000Z",
            signedHeaders: ["host"],
        },
        "secret",
    );
}
