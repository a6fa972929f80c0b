import assert from "node:assert/strict";
import { receive, receiveBodies, send, testQueue } from "./test-queue";

describe("a queue", () => {
    it("delivers what it accepted, oldest first, at most as many as asked for", async () => {
        const { queue } = testQueue();
        send(queue, "a", "b", "c");
        assert.deepEqual(await receiveBodies(queue, 2), ["a", "b"]);
        assert.deepEqual(await receiveBodies(queue, 2), ["c"]);
        assert.deepEqual(queue.counts(), { visible: 0, inFlight: 3, delayed: 0 });
    });

    it("hides a received message until its time-out, and then delivers it again", async () => {
        const { queue, clock } = testQueue();
        send(queue, "a");
        const [first] = await receive(queue);
        await clock.pass(29_999);
        assert.deepEqual(await receive(queue), []);
        await clock.pass(1);
        const [second] = await receive(queue);
        assert.equal(second?.messageId, first?.messageId);
        assert.deepEqual([first?.receiveCount, second?.receiveCount], [1, 2]);
        assert.equal(second?.firstReceivedMilliseconds, first?.firstReceivedMilliseconds);
        assert.notEqual(second?.receiptHandle, first?.receiptHandle);
    });

    it("forgets a deleted message, and does not mind a second deletion", async () => {
        const { queue, clock } = testQueue();
        send(queue, "a");
        const [message] = await receive(queue);
        queue.delete(message?.receiptHandle ?? "");
        queue.delete(message?.receiptHandle ?? "");
        await clock.pass(60_000);
        assert.deepEqual(await receive(queue), []);
        assert.deepEqual(queue.counts(), { visible: 0, inFlight: 0, delayed: 0 });
    });

    it("deletes by the latest receipt alone", async () => {
        const { queue, clock } = testQueue();
        send(queue, "a");
        const [first] = await receive(queue);
        await clock.pass(30_000);
        const [second] = await receive(queue);
        queue.delete(first?.receiptHandle ?? "");
        assert.equal(queue.counts().inFlight, 1);
        queue.delete(second?.receiptHandle ?? "");
        assert.equal(queue.counts().inFlight, 0);
    });

    it("refuses a receipt that it never gave", () => {
        const { queue } = testQueue();
        const ofOtherRun = Buffer.from("other.1.1").toString("base64url");
        for (const receipt of ["nonsense", ofOtherRun]) {
            assert.throws(() => queue.delete(receipt), /not a valid receipt handle/);
        }
    });

    it("shows a message at once when its time-out is set to nothing", async () => {
        const { queue } = testQueue();
        send(queue, "a");
        const [message] = await receive(queue);
        queue.changeVisibility(message?.receiptHandle ?? "", 0);
        assert.deepEqual(await receiveBodies(queue), ["a"]);
    });

    it("delivers again what is in flight when it is told to", async () => {
        const { queue } = testQueue();
        send(queue, "a", "b", "c");
        const [first] = await receive(queue, 2);
        queue.delete(first?.receiptHandle ?? "");
        queue.redeliver();
        assert.deepEqual((await receiveBodies(queue)).toSorted(), ["b", "c"]);
    });

    it("hides a message longer when its time-out is raised", async () => {
        const { queue, clock } = testQueue();
        send(queue, "a");
        const [message] = await receive(queue);
        queue.changeVisibility(message?.receiptHandle ?? "", 100);
        await clock.pass(99_999);
        assert.deepEqual(await receiveBodies(queue), []);
        await clock.pass(1);
        assert.deepEqual(await receiveBodies(queue), ["a"]);
    });

    it("changes the time-out of messages in flight only", async () => {
        const { queue, clock } = testQueue();
        send(queue, "a");
        const [message] = await receive(queue);
        await clock.pass(30_000);
        assert.throws(
            () => queue.changeVisibility(message?.receiptHandle ?? "", 10),
            /isn't in flight/,
        );
    });

    it("shows a delayed message when its delay is over", async () => {
        const { queue, clock } = testQueue({ delaySeconds: 5 });
        send(queue, "a");
        assert.deepEqual(queue.counts(), { visible: 0, inFlight: 0, delayed: 1 });
        await clock.pass(4_999);
        assert.deepEqual(await receiveBodies(queue), []);
        await clock.pass(1);
        assert.deepEqual(await receiveBodies(queue), ["a"]);
    });

    it("forgets a message after its retention", async () => {
        const { queue, clock } = testQueue({ retentionSeconds: 60 });
        send(queue, "a");
        await clock.pass(59_999);
        assert.equal(queue.counts().visible, 1);
        await clock.pass(1);
        assert.equal(queue.counts().visible, 0);
    });

    it("gives a message that was received too often to its dead-letter queue", async () => {
        const { queue, deadLetters, clock } = testQueue({
            redrive: { deadLetterArn: "dead", maxReceiveCount: 2 },
        });
        send(queue, "a");
        const [sent] = await receive(queue);
        await clock.pass(30_000);
        assert.equal((await receive(queue)).length, 1);
        await clock.pass(30_000);
        assert.deepEqual(await receive(queue), []);
        const [dead] = await receive(deadLetters);
        assert.equal(dead?.messageId, sent?.messageId);
        assert.equal(dead?.sentMilliseconds, sent?.sentMilliseconds);
        assert.equal(dead?.deadLetterSourceArn, queue.settings.arn);
    });

    it("is empty once it is purged", async () => {
        const { queue, clock } = testQueue();
        send(queue, "a", "b");
        await receive(queue, 1);
        queue.purge();
        await clock.pass(60_000);
        assert.deepEqual(queue.counts(), { visible: 0, inFlight: 0, delayed: 0 });
    });

    it("refuses more than this computer keeps", () => {
        const { queue } = testQueue();
        const large = { body: "x".repeat(1024 * 1024), attributes: {}, senderId: "" };
        assert.throws(() => queue.send(Array(513).fill(large)), /bounds are 200000 and 536870912/);
    });
});

describe("whoever waits for a message", () => {
    it("gets it when it is sent", async () => {
        const { queue, clock } = testQueue();
        const waiting = receive(queue, 10, 20_000);
        await clock.pass(10_000);
        send(queue, "a", "b");
        assert.deepEqual(
            (await waiting).map(({ body }) => body),
            ["a", "b"],
        );
        assert.equal(clock.timers, 0);
    });

    it("gets nothing when the time is over", async () => {
        const { queue, clock } = testQueue();
        const waiting = receive(queue, 1, 20_000);
        await clock.pass(20_000);
        assert.deepEqual(await waiting, []);
        assert.equal(clock.timers, 0);
    });

    it("gets a hidden message when its time-out ends", async () => {
        const { queue, clock } = testQueue();
        send(queue, "a");
        await receive(queue);
        const waiting = receive(queue, 1, Number.POSITIVE_INFINITY);
        await clock.pass(30_000);
        assert.deepEqual(
            (await waiting).map(({ body }) => body),
            ["a"],
        );
    });

    it("costs no timer while the queue is empty", () => {
        const { queue, clock } = testQueue();
        void receive(queue, 1, Number.POSITIVE_INFINITY);
        assert.equal(clock.timers, 0);
        queue.close();
    });

    it("is served in turn", async () => {
        const { queue } = testQueue();
        const both = [receive(queue, 1, 1_000), receive(queue, 1, 1_000)];
        send(queue, "a", "b");
        const received = await Promise.all(both);
        assert.deepEqual(
            received.map(([message]) => message?.body),
            ["a", "b"],
        );
    });

    it("gets nothing after giving up, and nobody's message is lost by it", async () => {
        const { queue, clock } = testQueue();
        const gone = new AbortController();
        const waiting = queue.receive({ max: 1, waitMilliseconds: 20_000, signal: gone.signal });
        gone.abort();
        assert.deepEqual(await waiting, []);
        send(queue, "a");
        assert.deepEqual(await receiveBodies(queue), ["a"]);
        assert.equal(clock.timers, 0);
    });

    it("gets nothing when the queue closes", async () => {
        const { queue, clock } = testQueue();
        const waiting = receive(queue, 1, 20_000);
        queue.close();
        assert.deepEqual(await waiting, []);
        assert.equal(clock.timers, 0);
    });
});
