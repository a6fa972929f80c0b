import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { waitForConvergence } from "./convergence";
import { readDrillCommand } from "./options";
import { planWindows } from "./plan";
import type { Summary } from "./summary";

const places = ["us", "eu", "ap"].map((name, index) => ({
    name,
    number: index + 1,
    home: `home-of-${name}`,
}));
const plan = (seed: string, milliseconds: number) => planWindows({ seed, places, milliseconds });

describe("the plan of a drill", () => {
    it("is the same for the same seed, and another for another", () => {
        assert.deepEqual(plan("a", 60_000), plan("a", 60_000));
        assert.notDeepEqual(plan("a", 60_000), plan("b", 60_000));
    });

    for (const seconds of [20, 60, 300]) {
        it(`of ${seconds} s breaks everything that can be broken`, () => {
            const windows = plan("any", seconds * 1_000);
            const kinds = new Set(windows.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
            assert.deepEqual([...kinds].sort(), [
                "cellDown",
                "cut",
                "database",
                "kill",
                "messages",
                "regionDown",
                "slow",
            ]);
        });

        it(`of ${seconds} s takes as long`, () => {
            const total = plan("any", seconds * 1_000).reduce(
                (sum, one) => sum + one.milliseconds + one.quietMilliseconds,
                0,
            );
            assert.ok(total <= seconds * 1_000 && total > (seconds - 3.001) * 1_000, `${total} ms`);
        });
    }

    it("needs two cells", () => {
        const alone = places.slice(0, 1);
        assert.throws(
            () => planWindows({ seed: "a", places: alone, milliseconds: 5_000 }),
            /at least two cells, the stack has 1/,
        );
    });
});

describe("waiting for convergence", () => {
    const summaries = (sum: number, outboxDepth = 0): readonly Summary[] =>
        [1, 2].map((number) => ({
            name: `cell ${number}`,
            number,
            outboxDepth,
            tallies: { "product 1": { count: 1, sum: number === 1 ? 5 : sum } },
        }));
    /** A world that is what each poll is told, and a clock that only pauses move. */
    const watch = async (
        polls: readonly (readonly Summary[] | Error)[],
        { hurryAfterMilliseconds = 1_000 } = {},
    ) => {
        let now = 0;
        let poll = 0;
        let hurries = 0;
        const convergence = await waitForConvergence({
            async readSummaries() {
                const read = polls[Math.min(poll++, polls.length - 1)] ?? [];
                if (read instanceof Error) {
                    throw read;
                }
                return read;
            },
            async hurry() {
                hurries += 1;
            },
            limitMilliseconds: 500,
            hurryAfterMilliseconds,
            now: () => now,
            async pause(milliseconds) {
                now += milliseconds;
                await wait(0);
            },
        });
        return { ...convergence, hurries };
    };

    it("ends when all cells hold the same, and tells how long it took and what had waited", async () => {
        assert.deepEqual(await watch([summaries(4, 3), summaries(4), summaries(5)]), {
            milliseconds: 200,
            wasHurried: false,
            differences: [],
            backlog: 6,
            hurries: 0,
        });
    });

    it("ends at the limit with what still differs", async () => {
        const { milliseconds, differences } = await watch([summaries(4)]);
        assert.equal(milliseconds, 500);
        assert.match(differences[0] ?? "", /^product 1: 1\/5 in cell 1, 1\/4 in cell 2$/);
    });

    it("survives a database that cannot be read yet", async () => {
        const { milliseconds, differences } = await watch([new Error("not yet"), summaries(5)]);
        assert.deepEqual([milliseconds, differences], [100, []]);
    });

    it("runs what runs by schedule when it takes long", async () => {
        const { hurries, wasHurried } = await watch([summaries(4)], {
            hurryAfterMilliseconds: 200,
        });
        assert.deepEqual([hurries, wasHurried], [2, true]);
    });
});

describe("the options of a drill", () => {
    it("have defaults", () => {
        assert.deepEqual(readDrillCommand([], "now"), {
            minutes: 5,
            seed: "now",
            isJson: false,
            isHelp: false,
            hasLatency: false,
        });
    });

    it("are read", () => {
        const line = "--minutes 0.5 --seed s-1 --latency --json --history h.jsonl".split(" ");
        assert.deepEqual(readDrillCommand(line, "now"), {
            minutes: 0.5,
            seed: "s-1",
            isJson: true,
            isHelp: false,
            hasLatency: true,
            historyFile: "h.jsonl",
        });
    });

    for (const [line, reason] of [
        ["--minutes 0", /--minutes is "0"; allowed: a number from 0\.1 to 600/],
        ["--minutes soon", /--minutes is "soon"/],
        ["--seed a/b", /--seed is "a\/b"; allowed: 1-40/],
        ["--history=", /--history is ""; allowed: a path/],
        ["--hours 3", /--hours/],
    ] as const) {
        it(`are refused when wrong: ${line}`, () => {
            assert.throws(() => readDrillCommand(line.split(" "), "now"), reason);
        });
    }
});
