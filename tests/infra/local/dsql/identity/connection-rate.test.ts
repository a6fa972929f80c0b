import assert from "node:assert/strict";
import { createConnectionRate } from "../../../../../infra/local/dsql/identity/connection-rate";

describe("a cluster's new connections", () => {
    let milliseconds = 0;
    const rate = () =>
        createConnectionRate({ perSecond: 100, burst: 1_000, now: () => milliseconds });
    const admitted = (bucket: ReturnType<typeof rate>, attempts: number): number =>
        Array.from({ length: attempts }, () => bucket.admit()).filter((isAdmitted) => isAdmitted)
            .length;

    it("are 1,000 at once, then 100 a second", () => {
        const bucket = rate();
        assert.equal(admitted(bucket, 1_100), 1_000);
        milliseconds += 1_000;
        assert.equal(admitted(bucket, 1_100), 100);
        milliseconds += 10;
        assert.equal(admitted(bucket, 10), 1);
    });

    it("are no more than 1,000 at once after a long rest", () => {
        const bucket = rate();
        milliseconds += 3_600_000;
        assert.equal(admitted(bucket, 1_100), 1_000);
    });
});
