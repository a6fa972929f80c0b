import assert from "node:assert/strict";
import { createOriginClient, type Origin } from "../../../../infra/local/edge/origin-client";

const origin: Origin = {
    originId: "us",
    domainName: "us.example.com",
    hostHeader: "us.example.com",
    path: "/live",
    customHeaders: [],
    connectionAttempts: 2,
    connectionTimeoutSeconds: 0.05,
    readTimeoutSeconds: 5,
    keepAliveTimeoutSeconds: 5,
};

describe("an origin whose Region is lost", () => {
    it("makes each attempt to connect wait for its time-out", async () => {
        const client = createOriginClient(() => ({ host: "127.0.0.1", port: 1, isLost: true }));
        const startedAt = performance.now();
        const outcome = await client.send(origin, {
            method: "GET",
            path: "/products",
            headers: [],
            body: Buffer.alloc(0),
        });
        client.close();
        assert.deepEqual(outcome, { cause: "connect-timeout", originId: "us" });
        assert.ok(performance.now() - startedAt >= 95);
    });
});
