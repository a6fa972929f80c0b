import assert from "node:assert/strict";
import { readChaosRequest } from "../../../../infra/local/chaos/command-line";
import type { ChaosCommand } from "../../../../infra/local/chaos/commands";

describe("npm run chaos", () => {
    const read: [line: string, command: ChaosCommand | undefined][] = [
        ["", undefined],
        ["down eu --help", undefined],
        ["down eu", { kind: "down", place: "eu" }],
        ["up eu-west-1", { kind: "up", place: "eu-west-1" }],
        ["lost us", { kind: "lost", place: "us" }],
        [
            "lag us --milliseconds 90",
            { kind: "ail", place: "us", ailment: { kind: "slow", milliseconds: 90 } },
        ],
        ["unavailable us", { kind: "ail", place: "us", ailment: { kind: "unavailable" } }],
        ["flap us", { kind: "ail", place: "us", ailment: { kind: "flapping" } }],
        ["well us", { kind: "ail", place: "us", ailment: null }],
        ["stores readers", { kind: "stores", unreachableFor: "readers" }],
        ["cut us eu", { kind: "link", from: "us", to: "eu", state: { kind: "cut" } }],
        [
            "slow us eu --milliseconds 90",
            { kind: "link", from: "us", to: "eu", state: { kind: "slow", milliseconds: 90 } },
        ],
        ["open us eu", { kind: "link", from: "us", to: "eu", state: { kind: "open" } }],
        [
            "queue --loss 0.3 --delay 200 --seed 7",
            {
                kind: "queue",
                faults: {
                    seed: 7,
                    lossRate: 0.3,
                    duplicationRate: 0,
                    reorderRate: 0,
                    delayMilliseconds: 200,
                },
            },
        ],
        [
            'database eu --faults {"rates":{"stall":1}}',
            { kind: "database", cell: "eu", plan: { rates: { stall: 1 } } },
        ],
        [
            "kill orders",
            {
                kind: "kill",
                plan: { function: "orders", seed: 0, count: 1, withinMilliseconds: 50 },
            },
        ],
        [
            "kill orders --after-awaits 3 --count 9",
            { kind: "kill", plan: { function: "orders", seed: 0, count: 9, afterAwaits: 3 } },
        ],
        ["heal", { kind: "heal" }],
        ["status --json", { kind: "status" }],
    ];
    for (const [line, command] of read) {
        it(`reads "${line}"`, () => {
            assert.deepEqual(readChaosRequest(line.split(" ").filter(Boolean)).command, command);
        });
    }

    const wrong: [line: string, message: RegExp][] = [
        ["burn eu", /"burn" is no command; allowed: down, up, lost/],
        ["down", /"down" is followed by 0 names; allowed: PLACE/],
        ["cut us", /allowed: FROM TO/],
        ["heal eu", /allowed: none/],
        ["slow us eu --milliseconds x", /--milliseconds is "x"; allowed: a number/],
        ["database eu --faults x", /--faults is x; allowed: a JSON object/],
        ["heal --now", /Unknown option '--now'/],
        ["heal --stack ..", /--stack is ".."; allowed/],
    ];
    for (const [line, message] of wrong) {
        it(`refuses "${line}"`, () => {
            assert.throws(() => readChaosRequest(line.split(" ")), message);
        });
    }
});
