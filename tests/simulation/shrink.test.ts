import assert from "node:assert/strict";
import { shrink } from "./shrink";

describe("simulation: shrinking a schedule", () => {
    const faults = Array.from({ length: 40 }, (_, index) => index);
    const guilty = [
        { name: "one", needed: [17] },
        { name: "two far apart", needed: [0, 39] },
        { name: "three", needed: [3, 4, 30] },
        { name: "none: the world breaks by itself", needed: [] },
    ];
    for (const { name, needed } of guilty) {
        it(`finds what is guilty: ${name}`, async () => {
            const few = await shrink(faults, async (some) =>
                needed.every((fault) => some.includes(fault)),
            );
            assert.deepEqual(few, needed);
        });
    }

    it("gives up after so many tries, with what still fails", async () => {
        let tries = 0;
        const few = await shrink(
            faults,
            async (some) => {
                tries++;
                return some.includes(1) && some.includes(2);
            },
            3,
        );
        assert.ok(few.includes(1) && few.includes(2));
        assert.ok(tries <= 4, `${tries} tries`);
    });
});
