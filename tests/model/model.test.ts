import assert from "node:assert/strict";
import { checkoutModel } from "./checkout-model";
import { copyModel } from "./copy-model";
import { explore } from "./explore";
import { stockModel } from "./stock-model";

describe("model: stock, in every order of events", () => {
    const bothWays = [
        [0, 1],
        [1, 0],
    ] as const;
    const circle = [
        [0, 1],
        [1, 2],
        [2, 0],
    ] as const;
    const oneWay = [[0, 1]] as const;
    const worlds = [
        {
            name: "one way, 4 units, 3 messages",
            weights: [1, 0],
            units: 4,
            maxMessages: 3,
            maxGiven: 4,
            pairs: oneWay,
        },
        {
            name: "both ways, 2 units, 2 messages",
            weights: [1, 1],
            units: 2,
            maxMessages: 2,
            maxGiven: 2,
            pairs: bothWays,
        },
        {
            name: "a circle of 3 cells, 3 units, 1 message",
            weights: [1, 1, 0],
            units: 3,
            maxMessages: 1,
            maxGiven: 1,
            pairs: circle,
        },
    ];
    for (const { name, ...world } of worlds) {
        it(`no unit is lost or sold twice: ${name}`, function () {
            const states = explore(stockModel(world), 2_000_000);
            assert.ok(states > 1_000, `only ${states} states`);
            (this.test ?? assert.fail()).title += ` (${states} states)`;
        });
    }
});

describe("model: copies, in every order of events", () => {
    const worlds = [
        { name: "one copy, three versions", copyHolders: 1, maxVersion: 3, maxMessages: 3 },
        { name: "two copies, two versions", copyHolders: 2, maxVersion: 2, maxMessages: 2 },
    ];
    for (const { name, ...world } of worlds) {
        it(`no copy is ahead of its home, and each catches up: ${name}`, function () {
            const states = explore(copyModel(world), 2_000_000);
            assert.ok(states > 100, `only ${states} states`);
            (this.test ?? assert.fail()).title += ` (${states} states)`;
        });
    }
});

describe("model: a checkout that is repeated in other cells, in every order of events", () => {
    const worlds = [
        { name: "once", cells: 2, clocks: [1, 2], keepsAcknowledged: true },
        { name: "once, of three cells", cells: 3, clocks: [1, 2], keepsAcknowledged: true },
        { name: "once, clocks apart", cells: 2, clocks: [2, 1], keepsAcknowledged: false },
        { name: "at once", cells: 3, clocks: [1, 1, 1], keepsAcknowledged: false },
        { name: "twice", cells: 3, clocks: [1, 2, 3], keepsAcknowledged: false },
        {
            name: "twice, clocks apart",
            cells: 3,
            clocks: [2, 3, 1],
            keepsAcknowledged: false,
        },
    ];
    for (const { name, ...world } of worlds) {
        it(`ends with one order that every cell answers with: ${name}`, function () {
            const states = explore(checkoutModel(world), 2_000_000);
            assert.ok(states > 20, `only ${states} states`);
            (this.test ?? assert.fail()).title += ` (${states} states)`;
        });
    }

    it("may answer with an order that gives way, when a client repeats twice", () => {
        const world = { cells: 3, clocks: [1, 2, 3], keepsAcknowledged: true };
        assert.throws(() => explore(checkoutModel(world), 2_000_000), /breaks a rule/);
    });
});
