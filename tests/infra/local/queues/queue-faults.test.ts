import assert from "node:assert/strict";
import { createQueueFaults, type QueueFaults } from "../../../../infra/local/queues/queue-faults";
import { receive, receiveBodies, send, testQueue } from "./test-queue";

const letters = [..."abcdefghijklmnopqrstuvwxyz"];

/** Works off a queue of 26 messages in which things go wrong. */
async function workOff(faults: QueueFaults) {
    const { queue, clock, ...rest } = testQueue();
    rest.faults.set(faults);
    send(queue, ...letters);
    const received: string[] = [];
    for (let round = 0; round < 100; round += 1) {
        for (const { body, receiptHandle } of await receive(queue)) {
            received.push(body);
            queue.delete(receiptHandle);
        }
        await clock.pass(5_000);
    }
    return { received, counts: rest.faults.counts(), left: queue.counts() };
}

describe("a queue with faults", () => {
    it("delivers again what was lost on its way", async () => {
        const { received, counts, left } = await workOff({ seed: 1, lossRate: 0.5 });
        assert.deepEqual(received.toSorted(), letters);
        assert.notDeepEqual(received, letters);
        assert.ok(counts.lostDelivery > 5);
        assert.deepEqual(left, { visible: 0, inFlight: 0, delayed: 0 });
    });

    it("delivers some messages twice, also after they were deleted", async () => {
        const { received, counts } = await workOff({ seed: 1, duplicationRate: 0.5 });
        assert.ok(counts.duplicate > 5);
        assert.equal(received.length, letters.length + counts.duplicate);
        assert.deepEqual([...new Set(received)].toSorted(), letters);
    });

    it("lets messages overtake each other", async () => {
        const { received, counts } = await workOff({ seed: 1, reorderRate: 0.5 });
        assert.ok(counts.reordering > 5);
        assert.notDeepEqual(received, letters);
        assert.deepEqual(received.toSorted(), letters);
    });

    it("delays messages", async () => {
        const { queue, clock, faults } = testQueue();
        faults.set({ seed: 1, delayMilliseconds: 1_000 });
        send(queue, ...letters);
        const atOnce = await receiveBodies(queue, 26);
        await clock.pass(1_000);
        const later = await receiveBodies(queue, 26);
        assert.ok(atOnce.length < 5);
        assert.deepEqual([...atOnce, ...later].toSorted(), letters);
    });

    it("does the same for the same seed, and something else for another", async () => {
        const plan = { lossRate: 0.3, duplicationRate: 0.3, reorderRate: 0.3 };
        const [one, same, other] = await Promise.all(
            [1, 1, 2].map(async (seed) => (await workOff({ seed, ...plan })).received.join("")),
        );
        assert.equal(one, same);
        assert.notEqual(one, other);
    });

    it("wakes whoever waits with the first message that is not lost", async () => {
        const { queue, faults } = testQueue();
        faults.set({ seed: 3, lossRate: 0.9 });
        const waiting = receive(queue, 1, Number.POSITIVE_INFINITY);
        send(queue, ...Array(200).fill("a"));
        assert.equal((await waiting).length, 1);
        assert.ok(faults.counts().lostDelivery > 0);
    });

    it("is itself again once the faults are taken back", async () => {
        const { queue, faults } = testQueue();
        faults.set({ seed: 1, lossRate: 1 });
        faults.set(undefined);
        send(queue, ...letters);
        assert.deepEqual(await receiveBodies(queue, 26), letters);
    });
});

describe("faults of queues refuse", () => {
    const wrong: [QueueFaults, RegExp][] = [
        [{ seed: 0.5 }, /seed 0.5; allowed: a whole number/],
        [{ seed: 1, lossRate: 1.1 }, /lossRate 1.1; allowed: a number from 0 to 1/],
        [{ seed: 1, duplicationRate: -1 }, /duplicationRate -1/],
        [{ seed: 1, reorderRate: Number.NaN }, /reorderRate NaN/],
        [{ seed: 1, delayMilliseconds: 600_001 }, /from 0 to 600000/],
    ];
    for (const [faults, expected] of wrong) {
        it(JSON.stringify(faults), () => {
            assert.throws(() => createQueueFaults().set(faults), expected);
        });
    }
});
