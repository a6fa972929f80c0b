import assert from "node:assert/strict";
import {
    createEdgeCache,
    type EdgeCache,
    type ObjectRequest,
} from "../../../../infra/local/edge/edge-cache";
import type { OriginAnswer } from "../../../../infra/local/edge/origin-client";

type Conditions = Parameters<ObjectRequest["ask"]>[0];

function answer(status: number, body: string, headers: Record<string, string> = {}): OriginAnswer {
    return {
        status,
        headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
        body: Buffer.from(body),
        originId: "eu",
    };
}

describe("createEdgeCache", () => {
    let nowMilliseconds: number;
    let cache: EdgeCache;
    let asked: Conditions[];

    beforeEach(() => {
        nowMilliseconds = 0;
        cache = createEdgeCache(1_000_000, () => nowMilliseconds);
        asked = [];
    });

    function request(
        origin: OriginAnswer | (() => Promise<OriginAnswer>),
        changes: Partial<ObjectRequest> = {},
    ): ObjectRequest {
        return {
            key: "/products",
            method: "GET",
            limits: { minSeconds: 0, defaultSeconds: 0, maxSeconds: 60 },
            errorCachingSeconds: () => 0,
            ask: async (conditions) => {
                asked.push(conditions);
                return typeof origin === "function" ? await origin() : origin;
            },
            ...changes,
        };
    }

    async function told(...parameters: Parameters<typeof request>): Promise<string> {
        const { cache: status, answer: got, ageSeconds } = await cache(request(...parameters));
        return `${status} ${got.status} ${got.body}${ageSeconds === undefined ? "" : ` ${ageSeconds}`}`;
    }

    const fresh = answer(200, "one", { "cache-control": "max-age=5", etag: '"1"' });

    it("answers from the cache while an object is fresh, with its age", async () => {
        assert.equal(await told(fresh), "miss 200 one");
        nowMilliseconds = 4_999;
        assert.equal(await told(answer(200, "two")), "hit 200 one 4");
        assert.equal(asked.length, 1);
    });

    it("answers HEAD from an object and keeps nothing of HEAD", async () => {
        assert.equal(await told(answer(200, ""), { method: "HEAD" }), "pass 200 ");
        assert.equal(await told(fresh), "miss 200 one");
        assert.equal(await told(fresh, { method: "HEAD" }), "hit 200 one 0");
    });

    it("asks again with the entity tag, and renews the object on 304", async () => {
        await told(fresh);
        nowMilliseconds = 5_000;
        const notModified = answer(304, "", { "cache-control": "max-age=7" });
        assert.equal(await told(notModified), "refresh 200 one 0");
        assert.deepEqual(asked[1], [["If-None-Match", '"1"']]);
        nowMilliseconds = 11_999;
        assert.equal(await told(answer(200, "two")), "hit 200 one 6");
    });

    it("uses a stale object while it asks again in the background", async () => {
        const stale = answer(200, "one", {
            "cache-control": "max-age=5, stale-while-revalidate=9",
        });
        await told(stale);
        nowMilliseconds = 6_000;
        assert.equal(
            await told(answer(200, "two", { "cache-control": "max-age=5" })),
            "hit 200 one 6",
        );
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(await told(answer(200, "three")), "hit 200 two 0");
        assert.equal(asked.length, 2);
    });

    it("asks only once in the background", async () => {
        await told(answer(200, "one", { "cache-control": "max-age=5, stale-while-revalidate=9" }));
        nowMilliseconds = 6_000;
        const never = () => new Promise<OriginAnswer>(() => undefined);
        assert.equal(await told(never), "hit 200 one 6");
        assert.equal(await told(never), "hit 200 one 6");
        assert.equal(asked.length, 2);
    });

    it("uses a stale object where the origin fails, unless it says not to", async () => {
        const failing = answer(503, "down");
        await told(fresh);
        nowMilliseconds = 3_600_000;
        assert.equal(await told(failing), "hit 200 one 3600");

        const strict = answer(200, "one", { "cache-control": "max-age=5, stale-if-error=10" });
        await told(strict, { key: "/strict" });
        nowMilliseconds += 14_000;
        assert.equal(await told(failing, { key: "/strict" }), "hit 200 one 14");
        nowMilliseconds += 2_000;
        assert.equal(await told(failing, { key: "/strict" }), "error 503 down");
    });

    it("waits before it asks a failing origin again", async () => {
        await told(fresh);
        nowMilliseconds = 6_000;
        await told(answer(503, "down"), { errorCachingSeconds: () => 10 });
        nowMilliseconds = 15_000;
        await told(fresh);
        assert.equal(asked.length, 2);
    });

    it("does not use a stale object in the place of a 404", async () => {
        await told(fresh);
        nowMilliseconds = 6_000;
        assert.equal(await told(answer(404, "gone")), "error 404 gone");
        assert.equal(await told(fresh), "miss 200 one");
    });

    it("repeats an error for as long as the distribution says, even where it caches nothing", async () => {
        const limits = { minSeconds: 0, defaultSeconds: 0, maxSeconds: 0 };
        const changes = { limits, errorCachingSeconds: () => 10 };
        assert.equal(await told(answer(404, "gone"), changes), "error 404 gone");
        nowMilliseconds = 9_999;
        assert.equal(await told(fresh, changes), "error 404 gone 9");
        nowMilliseconds = 10_000;
        assert.equal(await told(fresh, changes), "pass 200 one");
        assert.equal(await told(fresh, changes), "pass 200 one");
    });

    it("lets requests wait for an object that is being fetched, and share it", async () => {
        const slow = async () => {
            await new Promise((resolve) => setImmediate(resolve));
            return fresh;
        };
        const all = await Promise.all([told(slow), told(slow), told(slow)]);
        assert.deepEqual(all, ["miss 200 one", "hit 200 one 0", "hit 200 one 0"]);
        assert.equal(asked.length, 1);
    });

    it("shares nothing that is private", async () => {
        let count = 0;
        const secret = async () => {
            await new Promise((resolve) => setImmediate(resolve));
            count += 1;
            return answer(200, `for ${count}`, { "cache-control": "private, max-age=5" });
        };
        const all = await Promise.all([told(secret), told(secret), told(secret)]);
        assert.deepEqual(new Set(all).size, 3);
    });
});
