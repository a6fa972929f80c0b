import assert from "node:assert/strict";
import { ids, operation, unanswered } from "./checkers/example";
import { createHistory, outcomeOf } from "./history";
import { countOutcomes, countProblems, measureService, quantile } from "./measures";
import { createRandom } from "./random";

const read = { kind: "readStock", productId: ids.lamp } as const;
const at = (from: number, to: number, cell = "us") => ({
    cell,
    invokedAtMilliseconds: from,
    endedAtMilliseconds: to,
});

describe("the history of a drill", () => {
    it("keeps the time, the outcome and the answer of each operation", () => {
        let now = 1_000;
        const history = createHistory({ now: () => now });
        const end = history.begin({ process: 3, cell: "eu", key: "k", action: read });
        assert.equal(history.operations()[0]?.outcome, "unknown");
        now = 1_250;
        end({ status: 200 });
        assert.deepEqual(history.operations(), [
            {
                number: 0,
                process: 3,
                cell: "eu",
                key: "k",
                action: read,
                invokedAtMilliseconds: 1_000,
                endedAtMilliseconds: 1_250,
                outcome: "ok",
                answer: { status: 200 },
            },
        ]);
    });

    it("writes a line when an operation begins and one when it ends, in the order of time", () => {
        let now = 0;
        const history = createHistory({ now: () => now++ });
        const first = history.begin({ process: 1, cell: "us", action: read });
        history.begin({ process: 2, cell: "eu", action: read });
        first({ failure: "No answer." });
        const lines = history.lines().map((line) => JSON.parse(line) as Record<string, unknown>);
        assert.deepEqual(
            lines.map(({ at, type, number }) => [at, type, number]),
            [
                [0, "invoked", 0],
                [1, "invoked", 1],
                [2, "unknown", 0],
            ],
        );
        assert.equal(lines[2]?.["failure"], "No answer.");
    });

    it("says so when it is full", () => {
        const history = createHistory({ capacity: 1 });
        history.begin({ process: 1, cell: "us", action: read });
        assert.throws(
            () => history.begin({ process: 1, cell: "us", action: read }),
            /holds 1 operations/,
        );
    });

    for (const [status, outcome] of [
        [201, "ok"],
        [304, "ok"],
        [404, "failed"],
        [429, "failed"],
        [500, "unknown"],
        [503, "unknown"],
    ] as const) {
        it(`takes ${status} as ${outcome}`, () => {
            assert.equal(outcomeOf({ status }), outcome);
        });
    }
});

describe("the measures of a drill", () => {
    const cut = { name: "cut", cellsDown: ["eu"], fromMilliseconds: 100, toMilliseconds: 200 };

    it("tell each cell's service in and out of a fault", () => {
        const operations = [
            operation(read, {}, at(0, 10)),
            operation(read, {}, at(110, 130)),
            operation(read, { status: 409, code: "conflict" }, at(120, 150)),
            unanswered(read, at(110, 190, "eu")),
        ];
        assert.deepEqual(measureService(operations, [cut]), [
            {
                cell: "us",
                during: "healthy",
                isExpected: true,
                operations: 1,
                answered: 1,
                p50Milliseconds: 10,
                p99Milliseconds: 10,
            },
            {
                cell: "us",
                during: "cut",
                isExpected: true,
                operations: 2,
                answered: 1,
                p50Milliseconds: 20,
                p99Milliseconds: 30,
            },
            {
                cell: "eu",
                during: "cut",
                isExpected: false,
                operations: 1,
                answered: 0,
                p50Milliseconds: 0,
                p99Milliseconds: 0,
            },
        ]);
    });

    it("leave out what ran partly inside a fault", () => {
        const operations = [operation(read, {}, at(90, 110)), operation(read, {}, at(190, 210))];
        assert.deepEqual(measureService(operations, [cut]), []);
    });

    it("count outcomes and problems", () => {
        const operations = [
            operation(read),
            operation(read, { status: 409, code: "conflict" }),
            operation(read, { status: 502 }),
            unanswered(read),
        ];
        assert.deepEqual(countOutcomes(operations), { ok: 1, failed: 1, unknown: 2 });
        assert.deepEqual(countProblems(operations), [
            ["409 conflict", 1],
            ["502 (edge)", 1],
            ["no answer", 1],
        ]);
    });

    it("know the quantiles of numbers, of one and of none", () => {
        const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);
        assert.equal(quantile(numbers, 0.5), 50);
        assert.equal(quantile(numbers, 0.99), 99);
        assert.equal(quantile([7], 0.99), 7);
        assert.equal(quantile([], 0.5), 0);
    });
});

describe("the random numbers of a drill", () => {
    const draw = (seed: string) => {
        const random = createRandom(seed);
        return Array.from({ length: 20 }, () => random.between(1, 6));
    };

    it("are the same for the same seed, and others for another", () => {
        assert.deepEqual(draw("a"), draw("a"));
        assert.notDeepEqual(draw("a"), draw("b"));
    });

    it("stay within their bounds and reach both", () => {
        const random = createRandom("bounds");
        const numbers = Array.from({ length: 500 }, () => random.between(1, 6));
        assert.equal(Math.min(...numbers), 1);
        assert.equal(Math.max(...numbers), 6);
    });

    it("shuffle without losing anything", () => {
        const shuffled = createRandom("cards").shuffle([1, 2, 3, 4, 5, 6, 7, 8]);
        assert.notDeepEqual(shuffled, [1, 2, 3, 4, 5, 6, 7, 8]);
        assert.deepEqual(shuffled.sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it("of a fork do not depend on what else is drawn", () => {
        const random = createRandom("tree");
        const before = random.fork("leaf").next();
        random.next();
        assert.equal(random.fork("leaf").next(), before);
    });
});
