import assert from "node:assert/strict";
import * as fc from "fast-check";
import { createTimeline } from "../../../../infra/local/queues/timeline";

describe("a timeline", () => {
    it("gives its items in the order of their times, and then of their arrival", () => {
        void fc.assert(
            fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (times) => {
                const timeline = createTimeline<readonly [number, number]>();
                const items = times.map((time, index) => [time, index] as const);
                for (const item of items) {
                    timeline.add(item[0], item);
                }
                assert.deepEqual(
                    [...timeline.takeUntil(4), ...timeline.takeUntil(9)],
                    items.toSorted((left, right) => left[0] - right[0] || left[1] - right[1]),
                );
            }),
        );
    });

    it("keeps what is still to come", () => {
        const timeline = createTimeline<string>();
        timeline.add(2, "two");
        timeline.add(1, "one");
        assert.deepEqual(timeline.takeUntil(1), ["one"]);
        assert.equal(timeline.earliest(), 2);
        assert.deepEqual(timeline.takeUntil(1), []);
    });
});
