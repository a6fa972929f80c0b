import assert from "node:assert/strict";
import {
    isRefusal,
    sqlFailure,
    sqlState,
    violatedConstraint,
} from "../../../app/database/sqlstate";

const failure = (fields: object) =>
    Object.assign(new Error("message" in fields ? String(fields.message) : ""), fields);

describe("the table of SQLSTATEs", () => {
    const failures: readonly [object, string | undefined][] = [
        [
            { code: "40001", message: "change conflicts with another transaction (OC000)" },
            "conflict",
        ],
        [{ code: "40001", message: "schema has been updated (OC001)" }, "conflict"],
        [{ code: "28000" }, "access_denied"],
        [{ code: "28P01" }, "access_denied"],
        [{ code: "08006", message: "unable to accept connection, access denied" }, "access_denied"],
        [{ code: "53300" }, "connection_limit"],
        [{ code: "53400" }, "connection_limit"],
        [{ message: "timeout exceeded when trying to connect" }, "connection_limit"],
        [{ code: "ECONNRESET" }, "lost_connection"],
        [{ code: "EPIPE" }, "lost_connection"],
        [{ code: "57P01" }, "lost_connection"],
        [{ code: "08006" }, "lost_connection"],
        [{ message: "Connection terminated unexpectedly" }, "lost_connection"],
        [{ message: "Query read timeout" }, "lost_connection"],
        [{ code: "23505" }, "constraint"],
        [{ code: "22012" }, "assertion"],
        [{ code: "54000" }, "transaction_limit"],
        [{ code: "42710" }, "duplicate_object"],
        [{ code: "42601" }, undefined],
        [{ code: "ERR_INVALID_ARG_TYPE" }, undefined],
        [{ message: "a bug" }, undefined],
    ];
    for (const [fields, expected] of failures) {
        it(`reads ${JSON.stringify(fields)} as ${expected}`, () => {
            assert.equal(sqlFailure(failure(fields)), expected);
            assert.equal(sqlFailure(new Error("outer", { cause: failure(fields) })), expected);
        });
    }

    it("takes the nearest SQLSTATE, and none from what is no error", () => {
        const inner = failure({ code: "23505" });
        assert.equal(sqlState(failure({ code: "40001", cause: inner })), "40001");
        assert.equal(sqlState(failure({ code: "ECONNRESET", cause: inner })), "23505");
        for (const value of [undefined, null, "40001", 40001, {}]) {
            assert.equal(sqlState(value), undefined);
        }
    });

    it("does not follow causes in a circle", () => {
        const error: Error & { cause?: unknown } = new Error("circle");
        error.cause = error;
        assert.equal(sqlFailure(error), undefined);
    });

    for (const code of ["23514", "23502", "23503", "22012"]) {
        it(`takes ${code} for a refusal`, () => assert.ok(isRefusal(failure({ code }))));
    }

    for (const code of ["40001", "57P01", "23505"]) {
        it(`takes ${code} for none`, () => assert.ok(!isRefusal(failure({ code }))));
    }

    it("names the violated constraint, from the field or else from the message", () => {
        const message = 'duplicate key value violates unique constraint "orders_pkey"';
        assert.equal(
            violatedConstraint(failure({ code: "23505", constraint: "a_pkey" })),
            "a_pkey",
        );
        assert.equal(violatedConstraint(failure({ code: "23505", message })), "orders_pkey");
        assert.equal(violatedConstraint(failure({ code: "40001", message })), undefined);
        assert.equal(violatedConstraint(new Error(message)), undefined);
    });
});
