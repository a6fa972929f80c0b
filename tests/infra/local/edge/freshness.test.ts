import assert from "node:assert/strict";
import {
    answerLifetime,
    errorSeconds,
    type TtlLimits,
} from "../../../../infra/local/edge/freshness";

const now = Date.parse("2026-11-22T12:00:00Z");
const shop: TtlLimits = { minSeconds: 0, defaultSeconds: 0, maxSeconds: 60 };
const kept: TtlLimits = { minSeconds: 10, defaultSeconds: 30, maxSeconds: 60 };
const ever = Number.POSITIVE_INFINITY;

function headers(text: string): Map<string, string[]> {
    return new Map(
        text
            .split("|")
            .filter((line) => line !== "")
            .map((line) => line.split(/: (.*)/) as [string, string])
            .map(([name, value]) => [name, [value]]),
    );
}

describe("answerLifetime", () => {
    const cases: [
        text: string,
        limits: TtlLimits,
        lifetime: [fresh: number, revalidate: number, error: number] | undefined,
    ][] = [
        ["", shop, [0, 0, ever]],
        ["", kept, [30, 0, ever]],
        ["cache-control: max-age=5", shop, [5, 0, ever]],
        ["cache-control: public, MAX-AGE=5", shop, [5, 0, ever]],
        ["cache-control: max-age=5, s-maxage=20", shop, [20, 0, ever]],
        ["cache-control: max-age=500", shop, [60, 0, ever]],
        ["cache-control: max-age=5", kept, [10, 0, ever]],
        ["cache-control: max-age=5, stale-while-revalidate=10", shop, [5, 10, ever]],
        ["cache-control: max-age=50, stale-while-revalidate=100", shop, [50, 10, ever]],
        ["cache-control: max-age=5, stale-if-error=30", shop, [5, 0, 30]],
        ["cache-control: max-age=5, stale-if-error=0", shop, [5, 0, 0]],
        ["cache-control: max-age=5, stale-if-error=600", shop, [5, 0, 55]],
        ["cache-control: no-store", shop, undefined],
        ["cache-control: private, max-age=5", shop, undefined],
        ["cache-control: no-cache", shop, undefined],
        ["cache-control: no-store", kept, [10, 0, 0]],
        ["expires: Sun, 22 Nov 2026 12:00:20 GMT", shop, [20, 0, ever]],
        ["expires: 0", shop, [0, 0, ever]],
        ["cache-control: max-age=5|expires: Sun, 22 Nov 2026 12:00:20 GMT", shop, [5, 0, ever]],
        ["cache-control: max-age=5", { ...shop, maxSeconds: 0 }, undefined],
    ];
    for (const [text, limits, expected] of cases) {
        it(`keeps "${text}" within ${limits.minSeconds}-${limits.maxSeconds} s`, () => {
            const lifetime = answerLifetime(headers(text), limits, now);
            assert.deepEqual(
                lifetime && [
                    lifetime.freshSeconds,
                    lifetime.staleWhileRevalidateSeconds,
                    lifetime.staleIfErrorSeconds,
                ],
                expected,
            );
        });
    }
});

describe("errorSeconds", () => {
    const cases: [status: number, text: string, minimumSeconds: number, seconds: number][] = [
        [404, "", 10, 10],
        [404, "", 0, 0],
        [404, "cache-control: no-store", 10, 10],
        [503, "cache-control: max-age=30", 10, 30],
        [503, "cache-control: max-age=3", 10, 10],
        [400, "", 10, 0],
        [400, "cache-control: max-age=3", 0, 3],
        [409, "cache-control: max-age=3", 10, 0],
        [422, "", 10, 0],
    ];
    for (const [status, text, minimumSeconds, seconds] of cases) {
        it(`repeats ${status} "${text}" for ${seconds} s where ${minimumSeconds} are set`, () => {
            assert.equal(errorSeconds(status, headers(text), minimumSeconds), seconds);
        });
    }
});
