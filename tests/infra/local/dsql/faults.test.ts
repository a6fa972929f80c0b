import assert from "node:assert/strict";
import {
    createFaults,
    type FaultKind,
    type FaultPlan,
    faultKinds,
} from "../../../../infra/local/dsql/faults";

function draws(plan: FaultPlan, kind: FaultKind, count: number): string {
    const faults = createFaults();
    faults.plan(plan);
    return Array.from({ length: count }, () => (faults.strikes(kind) ? "x" : ".")).join("");
}

describe("faults", () => {
    it("strike never without a plan", () => {
        const faults = createFaults();
        for (const kind of faultKinds) {
            assert.equal(faults.strikes(kind), false);
        }
        assert.equal(faults.countMessage(), false);
        assert.deepEqual(Object.values(faults.counts()), [0, 0, 0, 0, 0, 0]);
    });

    it("strike the same occasions for the same seed, others for another", () => {
        const plan = { seed: 7, rates: { stall: 0.3 } };
        assert.equal(draws(plan, "stall", 500), draws(plan, "stall", 500));
        assert.notEqual(draws(plan, "stall", 500), draws({ ...plan, seed: 8 }, "stall", 500));
    });

    it("start anew with each plan", () => {
        const faults = createFaults();
        const plan = { seed: 3, rates: { conflictAtCommit: 0.5 } };
        const round = (): readonly boolean[] => {
            faults.plan(plan);
            return Array.from({ length: 100 }, () => faults.strikes("conflictAtCommit"));
        };
        assert.deepEqual(round(), round());
        faults.plan({});
        assert.equal(faults.strikes("conflictAtCommit"), false);
    });

    for (const rate of [0, 0.01, 0.3, 0.5, 0.99, 1]) {
        it(`strike about ${rate * 10_000} of 10,000 occasions at a rate of ${rate}`, () => {
            // Five standard deviations: a fair stream leaves them once in a million.
            const tolerance = 5 * Math.sqrt(10_000 * rate * (1 - rate));
            for (const kind of faultKinds) {
                for (const seed of [0, 1, 4_294_967_295]) {
                    const marks = draws({ seed, rates: { [kind]: rate } }, kind, 10_000);
                    const struck = marks.replaceAll(".", "").length;
                    assert.ok(Math.abs(struck - rate * 10_000) <= tolerance, `${kind}: ${struck}`);
                }
            }
        });
    }

    it("of one kind do not change when another one is planned and asked for", () => {
        const alone = draws({ seed: 5, rates: { catalogConflict: 0.4 } }, "catalogConflict", 200);
        const faults = createFaults();
        faults.plan({ seed: 5, rates: { catalogConflict: 0.4, stall: 0.5 }, next: { stall: 3 } });
        const together = Array.from({ length: 200 }, (_, index) => {
            for (let others = 0; others < index % 3; others += 1) {
                faults.strikes("stall");
            }
            return faults.strikes("catalogConflict") ? "x" : ".";
        });
        assert.equal(together.join(""), alone);
    });

    it("of two kinds have nothing to do with each other", () => {
        const [first = "", ...others] = faultKinds.map((kind) =>
            draws({ seed: 1, rates: { [kind]: 0.5 } }, kind, 10_000),
        );
        for (const other of others) {
            const equal = [...first].filter((mark, index) => mark === other[index]).length;
            assert.ok(Math.abs(equal - 5_000) <= 250, String(equal));
        }
    });

    it("strike the next occasions for certain and leave the rest as it was", () => {
        assert.equal(draws({ next: { dropAfterCommit: 2 } }, "dropAfterCommit", 5), "xx...");
        const plan = { seed: 2, rates: { stall: 0.2 } };
        const usual = draws(plan, "stall", 300);
        const certain = draws({ ...plan, next: { stall: 3 } }, "stall", 300);
        assert.equal(certain, `xxx${usual.slice(3)}`);
    });

    it("are counted across plans", () => {
        const faults = createFaults();
        for (const count of [2, 3]) {
            faults.plan({ next: { refuseConnection: count } });
            Array.from({ length: 10 }, () => faults.strikes("refuseConnection"));
        }
        assert.equal(faults.counts().refuseConnection, 5);
        assert.equal(faults.counts().stall, 0);
    });

    for (const count of [0, 1, 4]) {
        it(`lose one message after ${count} others, once`, () => {
            const faults = createFaults();
            faults.plan({ dropAfterMessages: count });
            const lost = Array.from({ length: 20 }, () => faults.countMessage());
            assert.deepEqual(
                lost.flatMap((isLost, index) => (isLost ? [index] : [])),
                [count],
            );
        });
    }

    it("stall for a second unless the plan says otherwise", () => {
        const faults = createFaults();
        assert.equal(faults.stallMilliseconds, 1_000);
        faults.plan({ stallMilliseconds: 20 });
        assert.equal(faults.stallMilliseconds, 20);
        faults.plan({});
        assert.equal(faults.stallMilliseconds, 1_000);
    });

    const refused: readonly [unknown, RegExp][] = [
        [{ rates: { stall: 1.1 } }, /rates\.stall is 1\.1; allowed: a number from 0 to 1\.$/],
        [{ rates: { stall: -0.1 } }, /rates\.stall is -0\.1/],
        [{ rates: { stall: "1" } }, /rates\.stall is "1"/],
        [{ rates: { stall: Number.NaN } }, /rates\.stall is /],
        [{ rates: { flood: 0.1 } }, /rates has "flood"; allowed: conflictAtCommit, .*, stall\.$/],
        [{ rates: { toString: 0.1 } }, /rates has "toString"/],
        [{ rates: null }, /rates is null/],
        [{ next: { stall: 1.5 } }, /next\.stall is 1\.5; allowed: a whole number from 0 to/],
        [{ next: { stall: 1_000_001 } }, /next\.stall is 1000001/],
        [{ seed: -1 }, /seed is -1; allowed: a whole number from 0 to 4294967295\.$/],
        [{ seed: 0.5 }, /seed is 0\.5/],
        [{ stallMilliseconds: 600_001 }, /stallMilliseconds is 600001/],
        [{ dropAfterMessages: -1 }, /dropAfterMessages is -1/],
        [{ rate: {} }, /plan has "rate"; allowed: seed, rates, next, stall.*dropAfterMessages\.$/],
        [undefined, /plan is undefined/],
    ];
    for (const [plan, expected] of refused) {
        it(`refuse the plan ${JSON.stringify(plan)} and keep the former one`, () => {
            const faults = createFaults();
            faults.plan({ next: { stall: 1 } });
            assert.throws(() => faults.plan(plan as FaultPlan), expected);
            assert.equal(faults.strikes("stall"), true);
        });
    }
});
