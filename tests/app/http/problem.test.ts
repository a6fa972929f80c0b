import assert from "node:assert/strict";
import { fault } from "../../../app/fault";
import { problemKinds, problemReply } from "../../../app/http/problem";

const statuses: Readonly<Record<keyof typeof problemKinds, number>> = {
    malformed_json: 400,
    invalid_request: 400,
    invalid_cursor: 400,
    route_not_found: 404,
    forbidden: 403,
    not_found: 404,
    method_not_allowed: 405,
    email_taken: 409,
    out_of_stock: 409,
    stock_in_transit: 409,
    cell_unreachable: 503,
    stock_below_zero: 409,
    order_not_cancellable: 409,
    request_in_progress: 409,
    conflict: 409,
    precondition_failed: 412,
    body_too_large: 413,
    unsupported_media_type: 415,
    unknown_customer: 422,
    unknown_product: 422,
    mixed_currencies: 422,
    idempotency_key_reused: 422,
    precondition_required: 428,
    throttled: 429,
    internal: 500,
    overloaded: 503,
    database_unavailable: 503,
};

describe("problems", () => {
    it("have one status for each code", () => {
        const actual = Object.entries(problemKinds).map(([code, { status }]) => [code, status]);
        assert.deepEqual(Object.fromEntries(actual), statuses);
    });

    it("say to wait with 429, 503 and what ends by itself, and may then be repeated", () => {
        for (const [code, kind] of Object.entries(problemKinds)) {
            const endsByItself = ["request_in_progress", "stock_in_transit"].includes(code);
            const waits = [429, 503].includes(kind.status) || endsByItself;
            assert.equal(kind.retryAfterSeconds !== undefined, waits, code);
            assert.equal(kind.retryable, waits || code === "conflict", code);
        }
    });

    it("carry everything that RFC 9457 and the contract name", () => {
        const products = [{ product_id: "p", wanted: 2, available: 1 }];
        const errors = [{ pointer: "/items/0", detail: "is short" }];
        const members = { products, status: 200 };
        const error = fault("out_of_stock", "Too few.", { errors, members });
        assert.deepEqual(problemReply(error, "r-1"), {
            status: 409,
            headers: { "Content-Type": "application/problem+json" },
            body: {
                type: "urn:shop:problem:out_of_stock",
                title: "Out of stock",
                status: 409,
                detail: "Too few.",
                code: "out_of_stock",
                request_id: "r-1",
                retryable: false,
                errors,
                products,
            },
        });
    });

    it("carry the headers of the fault", () => {
        const error = fault("overloaded", "Busy.", { headers: { "Retry-After": "7" } });
        assert.equal(problemReply(error, "r-1").headers?.["Retry-After"], "7");
        assert.equal(problemReply(fault("overloaded", "."), "r").headers?.["Retry-After"], "1");
    });

    for (const error of [new Error("password=secret"), "secret", undefined, { code: "secret" }]) {
        it(`tell nothing of ${String(error)}`, () => {
            const reply = problemReply(error, "r-1");
            assert.equal(reply.status, 500);
            assert.doesNotMatch(JSON.stringify(reply), /secret/);
        });
    }
});
