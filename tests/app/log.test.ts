import assert from "node:assert/strict";
import { logLine } from "../../app/log";

const time = new Date("2026-11-22T09:30:00.000Z");

describe("log lines", () => {
    it("are one line of JSON each", () => {
        const line = logLine("info", "two\nlines", { version: 7n, nothing: undefined }, time);
        assert.equal(
            line,
            '{"time":"2026-11-22T09:30:00.000Z","level":"info","message":"two\\nlines","version":"7"}',
        );
    });

    it("tell errors with their code, their stack and their causes", () => {
        const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
        const { error } = JSON.parse(
            logLine("error", "m", { error: new Error("e", { cause }) }, time),
        );
        assert.equal(error.message, "e");
        assert.match(error.stack, /log\.test/);
        assert.deepEqual([error.cause.message, error.cause.code], ["refused", "ECONNREFUSED"]);
    });

    it("keep back what a driver adds to its errors, which may be a customer's data", () => {
        const error = Object.assign(new Error("duplicate key"), {
            code: "23505",
            detail: "Key (email_key)=(ada@example.com) already exists.",
            parameters: ["ada@example.com"],
        });
        assert.doesNotMatch(logLine("error", "m", { error }, time), /ada/);
    });

    it("end for an error that causes itself", () => {
        const error = new Error("loop");
        error.cause = error;
        assert.equal(logLine("error", "m", { error }, time).split('"cause"').length, 6);
    });
});
