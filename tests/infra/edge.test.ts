import assert from "node:assert/strict";
import { type RegisteredProgram, registered } from "../support/registered-program";

interface Behavior {
    readonly cachePolicyId: string;
    readonly originRequestPolicyId: string;
    readonly responseHeadersPolicyId: string;
    readonly viewerProtocolPolicy: string;
    readonly allowedMethods: string[];
    readonly cachedMethods: string[];
    readonly functionAssociations: unknown;
    readonly pathPattern?: string;
}

describe("Edge", function () {
    this.timeout(30_000);
    let program: RegisteredProgram;
    let distribution: Record<string, unknown>;
    let behaviors: { standard: Behavior; products: Behavior };
    before(async () => {
        program = await registered("prod");
        distribution = program.named("edge").inputs;
        const ordered = distribution["orderedCacheBehaviors"] as Behavior[];
        assert.equal(ordered.length, 1);
        behaviors = {
            standard: distribution["defaultCacheBehavior"] as Behavior,
            products: ordered[0] as Behavior,
        };
    });

    it("stands before every API of every cell", () => {
        const origins = distribution["origins"] as Record<string, unknown>[];
        assert.deepEqual(
            origins.map(({ originId, originPath }) => [originId, originPath]),
            [
                "us-us-east-1",
                "us-us-east-2",
                "eu-eu-west-1",
                "eu-eu-west-2",
                "ap-ap-northeast-1",
                "ap-ap-northeast-3",
            ].flatMap((id) => [
                [id, "/live"],
                [`${id}-reads`, "/live"],
            ]),
        );
        for (const { originId, domainName, customOriginConfig } of origins) {
            const [cell, ...region] = String(originId)
                .replace(/-reads$/, "")
                .split("-");
            assert.equal(
                domainName,
                `${cell}-api-${region.join("-")}-id.execute-api.${region.join("-")}.amazonaws.com`,
            );
            const { originProtocolPolicy, originSslProtocols } = customOriginConfig as Record<
                string,
                unknown
            >;
            assert.equal(originProtocolPolicy, "https-only");
            assert.deepEqual(originSslProtocols, ["TLSv1.2"]);
        }
    });

    it("proves itself to every API with the stack's current secret", () => {
        const { length } = program.named("origin-secret-1").inputs;
        assert.equal(length, 48);
        for (const { customHeaders } of distribution["origins"] as Record<string, unknown>[]) {
            assert.deepEqual(customHeaders, [
                { name: "x-origin-verify", value: "origin-secret-1-result" },
            ]);
        }
    });

    it("gives up a Region in time for another one to answer", () => {
        for (const origin of distribution["origins"] as Record<string, unknown>[]) {
            const { originId, connectionAttempts, connectionTimeout, customOriginConfig } = origin;
            const { originReadTimeout } = customOriginConfig as Record<string, unknown>;
            const limits = [connectionAttempts, connectionTimeout, originReadTimeout];
            assert.deepEqual(limits, [1, 2, String(originId).endsWith("-reads") ? 2 : 10]);
        }
    });

    it("speaks HTTP/2 and HTTP/3, in the stack's price class", () => {
        assert.equal(distribution["httpVersion"], "http2and3");
        assert.equal(distribution["priceClass"], "PriceClass_All");
        assert.equal(distribution["isIpv6Enabled"], true);
    });

    it("redirects to https and accepts every method everywhere", () => {
        for (const behavior of Object.values(behaviors)) {
            assert.equal(behavior.viewerProtocolPolicy, "redirect-to-https");
            assert.deepEqual([...behavior.allowedMethods].sort(), [
                "DELETE",
                "GET",
                "HEAD",
                "OPTIONS",
                "PATCH",
                "POST",
                "PUT",
            ]);
            // What is not a cached method does not fail over.
            assert.deepEqual(behavior.cachedMethods, ["GET", "HEAD", "OPTIONS"]);
        }
    });

    it("caches product reads alone", () => {
        // The ids are those of the managed policies CachingDisabled and AllViewerExceptHostHeader.
        const { standard, products } = behaviors;
        assert.equal(products.pathPattern, "/products*");
        assert.equal(products.cachePolicyId, "edge-products-cache-id");
        assert.equal(standard.cachePolicyId, "4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
        for (const { originRequestPolicyId } of [standard, products]) {
            assert.equal(originRequestPolicyId, "b689b0a8-53d0-40ab-baf2-68738e2966ac");
        }
    });

    it("keeps the cells apart in the cache key, and keeps nothing for more than a minute", () => {
        const { comment, ...inputs } = program.named("edge-products-cache").inputs;
        assert.ok(comment);
        assert.deepEqual(inputs, {
            minTtl: 0,
            defaultTtl: 0,
            maxTtl: 60,
            parametersInCacheKeyAndForwardedToOrigin: {
                headersConfig: {
                    headerBehavior: "whitelist",
                    headers: { items: ["x-viewer-cell", "x-viewer-wrote"] },
                },
                queryStringsConfig: { queryStringBehavior: "all" },
                cookiesConfig: { cookieBehavior: "none" },
                enableAcceptEncodingGzip: true,
                enableAcceptEncodingBrotli: true,
            },
        });
    });

    it("routes every request through the router", () => {
        const router = program.named("edge-router");
        assert.equal(router.inputs["runtime"], "cloudfront-js-2.0");
        assert.equal(router.inputs["publish"], true);
        for (const { functionAssociations } of Object.values(behaviors)) {
            assert.deepEqual(functionAssociations, [
                {
                    eventType: "viewer-request",
                    functionArn: "arn:aws:cloudfront:global:123456789012:edge-router",
                },
            ]);
        }
    });

    it("lets the router read a store that the program puts no keys in", () => {
        const store = program.named("edge-flags");
        assert.equal(store.type, "aws:cloudfront/keyValueStore:KeyValueStore");
        const arn = "arn:aws:cloudfront:global:123456789012:edge-flags";
        const { keyValueStoreAssociations } = program.named("edge-router").inputs;
        assert.deepEqual(keyValueStoreAssociations, [arn]);
        const writers = program.resources.filter(({ type }) => /Keyvaluestore/.test(type));
        assert.deepEqual(writers, []);
    });

    it("adds security headers to every answer, HSTS for two years", () => {
        for (const { responseHeadersPolicyId } of Object.values(behaviors)) {
            assert.equal(responseHeadersPolicyId, "edge-security-headers-id");
        }
        const { securityHeadersConfig } = program.named("edge-security-headers").inputs;
        const headers = securityHeadersConfig as Record<string, Record<string, unknown>>;
        assert.deepEqual(headers["strictTransportSecurity"], {
            accessControlMaxAgeSec: 63_072_000,
            includeSubdomains: true,
            override: true,
        });
        assert.deepEqual(Object.keys(headers).sort(), [
            "contentSecurityPolicy",
            "contentTypeOptions",
            "frameOptions",
            "referrerPolicy",
            "strictTransportSecurity",
        ]);
    });

    it("caches no error", () => {
        const errors = distribution["customErrorResponses"] as Record<string, number>[];
        assert.deepEqual(
            errors.map(({ errorCode }) => errorCode),
            [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504],
        );
        for (const { errorCachingMinTtl } of errors) {
            assert.equal(errorCachingMinTtl, 0);
        }
    });
});
