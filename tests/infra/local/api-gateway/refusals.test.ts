import assert from "node:assert/strict";
import type { RestApiOptions } from "../../../../infra/local/api-gateway/server";
import { createStageStarter } from "./stage-starter";

describe("startRestApi refuses", () => {
    const starter = createStageStarter();
    afterEach(() => starter.closeAll());

    const refusals: [
        what: string,
        request: [method: string, path: string, body?: string],
        changes: Partial<RestApiOptions>,
        status: number,
        message: string,
    ][] = [
        ["an unknown path", ["GET", "/live/x"], {}, 403, "Missing Authentication Token"],
        ["another stage", ["GET", "/test/products"], {}, 403, "Forbidden"],
        [
            "a missing parameter",
            ["GET", "/live/products?category="],
            {},
            400,
            "Missing required request parameters: [category]",
        ],
        [
            "a body that does not fit",
            ["POST", "/live/products", "{}"],
            {},
            400,
            "Invalid request body",
        ],
        [
            "a function without a permission",
            ["PUT", "/live/products"],
            { isPermitted: () => false },
            500,
            "Internal server error",
        ],
        [
            "a function that fails",
            ["PUT", "/live/products"],
            { invoke: async () => ({ kind: "error", message: "secret" }) },
            502,
            "Internal server error",
        ],
        [
            "a malformed answer",
            ["PUT", "/live/products"],
            { invoke: async () => ({ kind: "ok", payload: { status: 200 } }) },
            502,
            "Internal server error",
        ],
        [
            "a function that Lambda throttles",
            ["PUT", "/live/products"],
            { invoke: async () => ({ kind: "throttled" }) },
            500,
            "Internal server error",
        ],
        [
            "a function that never answers",
            ["PUT", "/live/products"],
            { invoke: () => new Promise(() => undefined) },
            504,
            "Endpoint request timed out",
        ],
        [
            "a body above 10 MB",
            ["PUT", "/live/products", "x".repeat(10_485_761)],
            {},
            413,
            "HTTP content length exceeded 10485760 bytes.",
        ],
        [
            "an event above Lambda's 6 MB",
            ["PUT", "/live/products", "x".repeat(6_291_556)],
            {},
            413,
            "Request Too Long",
        ],
    ];
    for (const [what, [method, path, body], changes, status, message] of refusals) {
        it(`answers ${status} for ${what}`, async () => {
            const { url, events } = await starter.start(changes);
            const response = await fetch(`${url}${path}`, {
                method,
                ...(body === undefined
                    ? {}
                    : { body, headers: { "content-type": "application/json" } }),
            });
            assert.equal(response.status, status);
            assert.deepEqual(await response.json(), { message });
            assert.deepEqual(events, []);
        });
    }

    it("answers 413 for headers above 10,240 bytes", async () => {
        const { url } = await starter.start();
        const headers = { "x-long": "x".repeat(10_240) };
        const response = await fetch(`${url}/live/products`, { method: "PUT", headers });
        assert.equal(response.status, 413);
    });
});
