import assert from "node:assert/strict";
import { type RetryOptions, retryConflicts, staleRead } from "../../../app/database/retry";
import { fault } from "../../../app/fault";

function failure(code: string, cause?: unknown): Error {
    return Object.assign(new Error(`failed with ${code}`, { cause }), { code });
}

/** A clock that only moves while the loop sleeps, and a record of its sleeps. */
function fakeTime(random: number, stepMilliseconds = 0) {
    let now = 0;
    const sleeps: number[] = [];
    const options: RetryOptions = {
        clock: () => {
            now += stepMilliseconds;
            return now;
        },
        random: () => random,
        sleep: async (milliseconds) => {
            sleeps.push(milliseconds);
            now += milliseconds;
        },
    };
    return { options, sleeps };
}

describe("retryConflicts", () => {
    it("gives the result of the first attempt that succeeds", async () => {
        const { options, sleeps } = fakeTime(0.5);
        const outcomes = [failure("40001"), failure("40001"), failure("40001"), "done"];
        const result = await retryConflicts(async () => {
            const outcome = outcomes.shift();
            if (outcome instanceof Error) {
                throw outcome;
            }
            return outcome;
        }, options);
        assert.equal(result, "done");
        assert.deepEqual(sleeps, [5, 10, 20]);
    });

    it("doubles the ceiling of the pause up to 500 ms", async () => {
        const { options, sleeps } = fakeTime(0.999_999_9);
        await assert.rejects(
            retryConflicts(() => Promise.reject(failure("40001")), {
                ...options,
                budgetMilliseconds: 100_000,
                maxAttempts: 9,
            }),
        );
        assert.deepEqual(sleeps.map(Math.ceil), [10, 20, 40, 80, 160, 320, 500, 500]);
    });

    const exhausted = [
        { code: "40001", fault: "conflict" },
        { code: "53300", fault: "overloaded" },
        { code: "53400", fault: "overloaded" },
        { code: "ECONNREFUSED", fault: "database_unavailable" },
        { code: "57P01", fault: "database_unavailable" },
        { code: "28000", fault: "database_unavailable" },
    ];
    for (const { code, fault: expected } of exhausted) {
        it(`ends in ${expected} with the cause when ${code} stays`, async () => {
            const { options } = fakeTime(0.5);
            const cause = failure(code);
            await assert.rejects(
                retryConflicts(() => Promise.reject(cause), options),
                { code: expected, cause },
            );
        });
    }

    it("stops at the number of attempts, without a pause after the last", async () => {
        const { options, sleeps } = fakeTime(0);
        let attempts = 0;
        const attempt = () => {
            attempts++;
            return Promise.reject(failure("40001"));
        };
        await assert.rejects(retryConflicts(attempt, { ...options, maxAttempts: 7 }));
        assert.equal(attempts, 7);
        assert.equal(sleeps.length, 6);
    });

    it("starts no attempt after the budget, and does not wait for its end either", async () => {
        const { options, sleeps } = fakeTime(0.5);
        await assert.rejects(
            retryConflicts(() => Promise.reject(failure("40001")), {
                ...options,
                budgetMilliseconds: 100,
            }),
        );
        const slept = sleeps.reduce((total, pause) => total + pause, 0);
        assert.deepEqual(sleeps, [5, 10, 20, 40]);
        assert.ok(slept < 100);
    });

    it("counts the time of the attempts themselves", async () => {
        const { options, sleeps } = fakeTime(0, 60);
        await assert.rejects(
            retryConflicts(() => Promise.reject(failure("40001")), {
                ...options,
                budgetMilliseconds: 100,
            }),
        );
        assert.equal(sleeps.length, 1);
    });

    it("looks for the reason in the causes of an error", async () => {
        const { options, sleeps } = fakeTime(0.5);
        const wrapped = new Error("outer", {
            cause: new Error("middle", { cause: failure("40001") }),
        });
        await assert.rejects(
            retryConflicts(() => Promise.reject(wrapped), options),
            {
                code: "conflict",
            },
        );
        assert.ok(sleeps.length > 3);
    });

    const final = [
        { fact: "a violated check", error: failure("23514") },
        { fact: "an error that is no database's", error: new TypeError("a bug") },
        {
            fact: "a fault, even when a conflict caused it",
            error: fault("conflict", "", { cause: failure("40001") }),
        },
    ];
    for (const { fact, error } of final) {
        it(`passes on ${fact} at once`, async () => {
            const { options, sleeps } = fakeTime(0.5);
            await assert.rejects(
                retryConflicts(() => Promise.reject(error), options),
                (thrown) => thrown === error,
            );
            assert.deepEqual(sleeps, []);
        });
    }

    it("repeats an attempt that found its reads to be stale", async () => {
        const { options, sleeps } = fakeTime(0.5);
        const stale = staleRead("changed", failure("23514"));
        await assert.rejects(
            retryConflicts(() => Promise.reject(stale), options),
            {
                code: "conflict",
            },
        );
        assert.ok(sleeps.length > 3);
    });
});
