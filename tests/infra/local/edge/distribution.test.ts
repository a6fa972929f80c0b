import assert from "node:assert/strict";
import {
    type BehaviorInputs,
    behaviorOf,
    checkDistribution,
    type DistributionInputs,
    errorCachingSeconds,
    matchesPathPattern,
} from "../../../../infra/local/edge/distribution";

const behavior: BehaviorInputs = { targetOriginId: "us", allowedMethods: ["GET"] };
const distribution: DistributionInputs = {
    origins: [{ originId: "us", domainName: "us.example.com" }],
    defaultCacheBehavior: behavior,
    orderedCacheBehaviors: [
        { ...behavior, pathPattern: "/products*" },
        { ...behavior, pathPattern: "/products/special" },
    ],
    customErrorResponses: [{ errorCode: 404, errorCachingMinTtl: 0 }],
};

describe("matchesPathPattern", () => {
    const cases: [pattern: string, path: string, matches: boolean][] = [
        ["/products*", "/products", true],
        ["/products*", "/products/7/stock", true],
        ["products*", "/products", true],
        ["/products*", "/Products", false],
        ["/products*", "/api/products", false],
        ["*.jpg", "/a/b.jpg", true],
        ["*.jpg", "/a/bxjpg", false],
        ["/a?c", "/abc", true],
        ["/a?c", "/ac", false],
    ];
    for (const [pattern, path, matches] of cases) {
        it(`says that ${pattern} ${matches ? "matches" : "does not match"} ${path}`, () => {
            assert.equal(matchesPathPattern(pattern, path), matches);
        });
    }
});

describe("behaviorOf", () => {
    it("takes the first ordered behavior that matches, or the default", () => {
        const [first] = distribution.orderedCacheBehaviors ?? [];
        assert.equal(behaviorOf(distribution, "/products/special"), first);
        assert.equal(behaviorOf(distribution, "/orders"), behavior);
    });
});

describe("errorCachingSeconds", () => {
    it("is what the distribution says of a status, and 10 seconds otherwise", () => {
        assert.equal(errorCachingSeconds(distribution, 404), 0);
        assert.equal(errorCachingSeconds(distribution, 503), 10);
    });
});

describe("checkDistribution", () => {
    it("accepts what the local CloudFront imitates", () => {
        checkDistribution(distribution);
    });

    const refused: [what: string, changes: object, message: RegExp][] = [
        ["Lambda@Edge", { lambdaFunctionAssociations: [{}] }, /lambdaFunctionAssociations/],
        ["legacy forwarding", { forwardedValues: {} }, /forwardedValues/],
        ["an unknown origin", { targetOriginId: "mars" }, /"mars"; it may be one of us/],
        [
            "a viewer-response function",
            { functionAssociations: [{ eventType: "viewer-response", functionArn: "a" }] },
            /viewer-response function of the behavior "default"/,
        ],
    ];
    for (const [what, changes, message] of refused) {
        it(`refuses ${what}`, () => {
            const changed = { ...distribution, defaultCacheBehavior: { ...behavior, ...changes } };
            assert.throws(() => checkDistribution(changed), message);
        });
    }

    it("refuses custom error pages", () => {
        const customErrorResponses = [{ errorCode: 404, responsePagePath: "/404.html" }];
        assert.throws(() => checkDistribution({ ...distribution, customErrorResponses }), /404/);
    });
});
