import assert from "node:assert/strict";
import { type Answer, behavior, createEdgeStage, type EdgeStage, origin } from "./edge-stage";

describe("startEdge, where something fails,", () => {
    let stage: EdgeStage;
    before(async () => {
        stage = await createEdgeStage();
    });
    afterEach(() => stage.reset());
    after(() => stage.close());

    const failures: [what: string, answer: Answer, status: number, xCache: string][] = [
        ["an origin that never answers", () => undefined, 504, "Error from cloudfront"],
        [
            "an origin that hangs up",
            (request) => request.socket.destroy(),
            502,
            "Error from cloudfront",
        ],
        [
            "an origin's own error",
            (_, response) => {
                response.statusCode = 503;
                response.end();
            },
            503,
            "Error from cloudfront",
        ],
    ];
    for (const [what, failing, status, xCache] of failures) {
        it(`answers ${status} for ${what}`, async () => {
            const [us] = await stage.start();
            stage.answer = failing;
            const response = await fetch(`${us}/orders`, { method: "POST", body: "{}" });
            await response.text();
            assert.equal(response.status, status);
            assert.equal(response.headers.get("x-cache"), xCache);
            assert.equal(stage.seen.length, 1);
        });
    }

    it("waits twice at each of two origins for an answer to GET, where two attempts are allowed", async () => {
        const [us] = await stage.start();
        stage.answer = () => undefined;
        assert.equal((await fetch(`${us}/orders`)).status, 504);
        assert.equal(stage.seen.length, 4);
    });

    it("answers 502 where an origin has no address or refuses connections", async () => {
        const [us] = await stage.start({ resolveOrigin: () => undefined });
        assert.equal((await fetch(`${us}/orders`)).status, 502);
        const [again] = await stage.start({
            resolveOrigin: () => ({ host: "127.0.0.1", port: 1 }),
        });
        assert.equal((await fetch(`${again}/orders`)).status, 502);
    });

    it("answers 403 for a method that the behavior does not allow", async () => {
        const [us] = await stage.start({
            distribution: {
                origins: ["us-1", "us-1-reads", "eu-1", "eu-1-reads"].map(origin),
                defaultCacheBehavior: {
                    ...behavior,
                    allowedMethods: ["GET", "HEAD"],
                    cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
                },
            },
        });
        const response = await fetch(`${us}/orders`, { method: "POST", body: "{}" });
        assert.equal(response.status, 403);
        assert.match(await response.text(), /not configured to allow the HTTP request method/);
        assert.equal(stage.seen.length, 0);
    });

    const functions: [what: string, body: string, status: number, xCache: string][] = [
        [
            "answers what the function answers",
            "return { statusCode: 418, headers: { 'x-a': { value: '1' } }, body: 'tea' };",
            418,
            "FunctionGeneratedResponse from cloudfront",
        ],
        [
            "answers 503 where the function fails",
            "throw new Error('no');",
            503,
            "FunctionExecutionError from cloudfront",
        ],
        [
            "answers 502 where the function returns nonsense",
            "return 7;",
            502,
            "FunctionExecutionError from cloudfront",
        ],
    ];
    for (const [what, body, status, xCache] of functions) {
        it(what, async () => {
            const code = `function handler(event) { ${body} }`;
            const [us] = await stage.start({
                viewerFunctions: new Map([["arn:router", { code }]]),
            });
            const response = await fetch(`${us}/orders`);
            await response.text();
            assert.equal(response.status, status);
            assert.equal(response.headers.get("x-cache"), xCache);
        });
    }
});
