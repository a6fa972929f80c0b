import assert from "node:assert/strict";
import { createTokenBucket } from "../../../../infra/local/api-gateway/token-bucket";

describe("createTokenBucket", () => {
    it("gives the burst at once and then the rate", () => {
        let now = 0;
        const take = createTokenBucket({ ratePerSecond: 10, burst: 3 }, () => now);
        const taken = (count: number) => Array.from({ length: count }, take);
        assert.deepEqual(taken(4), [true, true, true, false]);
        now += 99;
        assert.deepEqual(taken(1), [false]);
        now += 1;
        assert.deepEqual(taken(2), [true, false]);
        now += 60_000;
        assert.deepEqual(taken(4), [true, true, true, false]);
    });
});
