import assert from "node:assert/strict";
import type { EdgeRequest } from "../../../../infra/local/edge/edge-request";
import {
    acceptedCodings,
    cacheKey,
    forwardedHeaders,
    forwardedPath,
} from "../../../../infra/local/edge/forwarding";
import {
    type CachePolicyInputs,
    cachePolicyOf,
    originRequestPolicyOf,
} from "../../../../infra/local/edge/policies";

const products: CachePolicyInputs = {
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: 60,
    parametersInCacheKeyAndForwardedToOrigin: {
        headersConfig: { headerBehavior: "whitelist", headers: { items: ["X-Viewer-Cell"] } },
        queryStringsConfig: {
            queryStringBehavior: "whitelist",
            queryStrings: { items: ["q", "limit"] },
        },
        cookiesConfig: { cookieBehavior: "none" },
        enableAcceptEncodingGzip: true,
        enableAcceptEncodingBrotli: true,
    },
};
const cache = cachePolicyOf("products", new Map([["products", products]]));
const disabled = cachePolicyOf("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", new Map());
const allExceptHost = originRequestPolicyOf("b689b0a8-53d0-40ab-baf2-68738e2966ac", new Map());
const none = originRequestPolicyOf(undefined, new Map());

function request(changes: Partial<EdgeRequest> & { with?: Record<string, string> }): EdgeRequest {
    return {
        method: "GET",
        path: "/products",
        queryString: "",
        cookies: [],
        body: Buffer.alloc(0),
        viewerIp: "203.0.113.9",
        id: "id",
        ...changes,
        headers: new Map(
            Object.entries(changes.with ?? {}).map(([name, value]) => [name, [value]]),
        ),
    };
}

describe("cacheKey", () => {
    const base = request({ queryString: "q=tea", with: { "x-viewer-cell": "eu" } });
    const key = cacheKey(base, cache);
    const same: [what: string, other: Partial<EdgeRequest> & { with?: Record<string, string> }][] =
        [
            ["another method", { method: "HEAD" }],
            ["a parameter outside the list", { queryString: "q=tea&utm=1" }],
            ["a cookie", { cookies: ["session=1"] }],
            ["a header outside the list", { with: { "x-viewer-cell": "eu", accept: "text/html" } }],
            ["another viewer", { viewerIp: "203.0.113.10" }],
        ];
    for (const [what, changes] of same) {
        it(`stays the same for ${what}`, () => {
            const other = request({ ...base, with: { "x-viewer-cell": "eu" }, ...changes });
            assert.equal(cacheKey(other, cache), key);
        });
    }
    const different: typeof same = [
        ["another path", { path: "/products/7" }],
        ["another value of a listed parameter", { queryString: "q=coffee" }],
        ["another cell", { with: { "x-viewer-cell": "us" } }],
        ["another coding", { with: { "x-viewer-cell": "eu", "accept-encoding": "gzip" } }],
    ];
    for (const [what, changes] of different) {
        it(`differs for ${what}`, () => {
            const other = request({ ...base, with: { "x-viewer-cell": "eu" }, ...changes });
            assert.notEqual(cacheKey(other, cache), key);
        });
    }
});

describe("acceptedCodings", () => {
    const cases: [accepted: string, codings: string[]][] = [
        ["gzip, deflate, br", ["br", "gzip"]],
        ["GZIP", ["gzip"]],
        ["br;q=0, gzip;q=0.5", ["gzip"]],
        ["identity", []],
    ];
    for (const [accepted, codings] of cases) {
        it(`reads "${accepted}"`, () => {
            const asked = request({ with: { "accept-encoding": accepted } });
            assert.deepEqual(acceptedCodings(asked, cache), codings);
            assert.deepEqual(acceptedCodings(asked, disabled), []);
        });
    }
});

describe("forwardedPath", () => {
    it("has the query that either policy selects", () => {
        const asked = request({ queryString: "q=a%20b&utm=1&limit" });
        assert.equal(forwardedPath(asked, cache, none), "/products?q=a%20b&limit");
        assert.equal(forwardedPath(asked, cache, allExceptHost), "/products?q=a%20b&utm=1&limit");
        assert.equal(forwardedPath(asked, disabled, none), "/products");
    });
});

describe("forwardedHeaders", () => {
    const asked = request({
        cookies: ["session=1"],
        with: {
            host: "shop.example.com",
            connection: "keep-alive",
            authorization: "Bearer x",
            "user-agent": "curl",
            "accept-encoding": "br, gzip, zstd",
            "if-none-match": '"a"',
            "x-viewer-cell": "eu",
            "x-forwarded-for": "198.51.100.1",
            "x-real-ip": "1.2.3.4",
        },
    });
    const names = (pairs: [string, string][]) => Object.fromEntries(pairs);

    it("has everything but Host and one-hop headers with AllViewerExceptHostHeader", () => {
        assert.deepEqual(names(forwardedHeaders(asked, disabled, allExceptHost, false)), {
            Authorization: "Bearer x",
            "User-Agent": "curl",
            "Accept-Encoding": "br, gzip, zstd",
            "If-None-Match": '"a"',
            "X-Viewer-Cell": "eu",
            Cookie: "session=1",
            "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
            Via: "1.1 local0123456789abcdef.cloudfront.net (CloudFront)",
            "X-Amz-Cf-Id": "id",
        });
    });

    it("has only the cache key without an origin request policy", () => {
        assert.deepEqual(names(forwardedHeaders(asked, cache, none, true)), {
            "User-Agent": "Amazon CloudFront",
            "Accept-Encoding": "br,gzip",
            "X-Viewer-Cell": "eu",
            "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
            Via: "1.1 local0123456789abcdef.cloudfront.net (CloudFront)",
            "X-Amz-Cf-Id": "id",
        });
    });

    it("keeps the viewer's conditions to itself where it caches", () => {
        const forwarded = names(forwardedHeaders(asked, cache, allExceptHost, true));
        assert.equal(forwarded["If-None-Match"], undefined);
    });
});

describe("policies", () => {
    it("are refused where nobody has defined them", () => {
        assert.throws(() => cachePolicyOf("x", new Map()), /cachePolicyId is "x"/);
        assert.throws(() => originRequestPolicyOf("x", new Map()), /originRequestPolicyId is "x"/);
    });
});
