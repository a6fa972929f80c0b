import assert from "node:assert/strict";
import type { SQSEvent } from "aws-lambda";
import type { FunctionRegistration, InvocationResult } from "../../../../infra/local/lambda";
import { failedMessages, pollQueue } from "../../../../infra/local/queues/event-source";
import { settle } from "../../../support/fake-clock";
import { send, testQueue } from "./test-queue";

interface Scene {
    readonly batchSize?: number;
    readonly maximumConcurrency?: number;
    readonly answer?: (event: SQSEvent, call: number) => Promise<InvocationResult>;
}

const allWell: InvocationResult = { kind: "ok", payload: null };
const throttled: InvocationResult = { kind: "throttled" };

/** A queue that a function works off, until the test ends. */
function worked({ batchSize = 10, maximumConcurrency = 2, answer = async () => allWell }: Scene) {
    const { queue, clock, ...rest } = testQueue();
    const events: SQSEvent[] = [];
    const stopped = new AbortController();
    const counts = { batches: 0, failedBatches: 0, deleted: 0, throttled: 0 };
    const polling = pollQueue(
        {
            queue,
            function: { arn: "function" } as FunctionRegistration,
            batchSize,
            maximumConcurrency,
            reportsBatchItemFailures: true,
        },
        {
            invoke(event) {
                events.push(event as SQSEvent);
                return answer(event as SQSEvent, events.length);
            },
            clock,
            signal: stopped.signal,
            counts,
        },
    );
    const bodies = () => events.map(({ Records }) => Records.map(({ body }) => body).join(""));
    return { queue, clock, events, counts, bodies, polling, stop: () => stopped.abort(), ...rest };
}

const empty = { visible: 0, inFlight: 0, delayed: 0 };

describe("a function behind a queue", () => {
    it("is given messages as they come, in batches, and they are deleted", async () => {
        const { queue, bodies, counts } = worked({ batchSize: 2 });
        send(queue, "a", "b", "c");
        await settle();
        assert.deepEqual(bodies(), ["ab", "c"]);
        send(queue, "d");
        await settle();
        assert.deepEqual(bodies(), ["ab", "c", "d"]);
        assert.deepEqual(queue.counts(), empty);
        assert.deepEqual(counts, { batches: 3, failedBatches: 0, deleted: 4, throttled: 0 });
    });

    it("is given records as AWS documents them", async () => {
        const { queue, events } = worked({});
        const attributes = { kind: { dataType: "String", stringValue: "order" } };
        const [sent] = queue.send([{ body: "a", attributes, senderId: "sender" }]);
        await settle();
        const [record] = events[0]?.Records ?? [];
        const { receiptHandle, md5OfMessageAttributes, ...rest } = record ?? {};
        assert.ok(receiptHandle && md5OfMessageAttributes);
        assert.deepEqual(rest, {
            messageId: sent?.messageId,
            body: "a",
            attributes: {
                ApproximateReceiveCount: "1",
                SentTimestamp: String(sent?.sentMilliseconds),
                SenderId: "sender",
                ApproximateFirstReceiveTimestamp: String(sent?.sentMilliseconds),
            },
            messageAttributes: {
                kind: {
                    dataType: "String",
                    stringValue: "order",
                    stringListValues: [],
                    binaryListValues: [],
                },
            },
            md5OfBody: "0cc175b9c0f1b6a831c399e269772661",
            eventSource: "aws:sqs",
            eventSourceARN: queue.settings.arn,
            awsRegion: queue.settings.region,
        });
    });

    it("works at as many batches at once as it may, and not at more", async () => {
        const { queue, bodies } = worked({ batchSize: 1, answer: () => new Promise(() => {}) });
        send(queue, "a", "b", "c");
        await settle();
        assert.deepEqual(bodies(), ["a", "b"]);
        assert.deepEqual(queue.counts(), { visible: 1, inFlight: 2, delayed: 0 });
    });

    for (const kind of ["error", "timeout"] as const) {
        it(`gets a batch again after its time-out, when it ended with "${kind}"`, async () => {
            const { queue, clock, bodies, counts } = worked({
                answer: async (_, call) => (call === 1 ? { kind, message: "no" } : allWell),
            });
            send(queue, "a", "b");
            await clock.pass(29_999);
            assert.deepEqual(bodies(), ["ab"]);
            await clock.pass(1);
            assert.deepEqual(bodies(), ["ab", "ab"]);
            assert.deepEqual(queue.counts(), empty);
            assert.equal(counts.failedBatches, 1);
        });
    }

    it("gets only those again that it named as failed", async () => {
        const { queue, clock, bodies } = worked({
            async answer({ Records }, call) {
                const failed = Records.filter(({ body }) => body === "b" && call === 1);
                const batchItemFailures = failed.map(({ messageId: itemIdentifier }) => ({
                    itemIdentifier,
                }));
                return { kind: "ok", payload: { batchItemFailures } };
            },
        });
        send(queue, "a", "b", "c");
        await clock.pass(30_000);
        assert.deepEqual(bodies(), ["abc", "b"]);
        assert.deepEqual(queue.counts(), empty);
    });

    it("is asked again a little later while it has no room", async () => {
        const { queue, clock, bodies, counts } = worked({
            answer: async (_, call) => (call <= 3 ? throttled : allWell),
        });
        send(queue, "a");
        await clock.pass(699);
        assert.deepEqual(bodies(), ["a", "a", "a"]);
        await clock.pass(1);
        assert.deepEqual(bodies(), ["a", "a", "a", "a"]);
        assert.deepEqual(counts, { batches: 1, failedBatches: 0, deleted: 1, throttled: 3 });
    });

    it("leaves messages in the queue when it never has room", async () => {
        const { queue, clock, deadLetters, counts } = worked({ answer: async () => throttled });
        send(queue, "a");
        await clock.pass(120_000);
        assert.equal(counts.failedBatches, 4);
        const { visible, inFlight } = queue.counts();
        assert.equal(visible + inFlight, 1);
        assert.deepEqual(deadLetters.counts(), empty);
    });

    it("costs no timer while its queue is empty", async () => {
        const { clock } = worked({});
        await settle();
        assert.equal(clock.timers, 0);
    });

    it("finishes its batch and takes no other when it is stopped", async () => {
        let finish: (answer: InvocationResult) => void = () => undefined;
        const { queue, bodies, polling, stop } = worked({
            batchSize: 1,
            answer: (_, call) =>
                call === 1
                    ? new Promise((resolve) => (finish = resolve))
                    : Promise.resolve(allWell),
        });
        send(queue, "a");
        await settle();
        stop();
        send(queue, "b");
        finish(allWell);
        await polling;
        assert.deepEqual(bodies(), ["a"]);
        assert.deepEqual(queue.counts(), { visible: 1, inFlight: 0, delayed: 0 });
    });

    it("stops while it waits for room", async () => {
        const { queue, clock, polling, stop } = worked({ answer: async () => throttled });
        send(queue, "a");
        await settle();
        stop();
        await polling;
        assert.equal(clock.timers, 0);
    });
});

describe("an answer to a batch", () => {
    const messages = [{ messageId: "one" }, { messageId: "two" }];
    const named = (...ids: unknown[]) => ({
        batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
    });
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
    const cases: [unknown, string[]][] = [
        [null, []],
        [undefined, []],
        [{}, []],
        [{ batchItemFailures: null }, []],
        [named(), []],
        [named("two"), ["two"]],
        [named("one", "two"), ["one", "two"]],
        ["text", ["one", "two"]],
        [{ batchItemFailures: "one" }, ["one", "two"]],
        [named(""), ["one", "two"]],
        [named(null), ["one", "two"]],
        [{ batchItemFailures: [{ id: "one" }] }, ["one", "two"]],
        [{ batchItemFailures: [null] }, ["one", "two"]],
        [named("three"), ["one", "two"]],
    ];
    for (const [payload, kept] of cases) {
        it(`${JSON.stringify(payload)} keeps ${kept.join(" and ") || "nothing"}`, () => {
            const answer = { kind: "ok", payload } as const;
            assert.deepEqual([...failedMessages(answer, messages, true)], kept);
        });
    }

    it("keeps nothing where failures are not reported", () => {
        const answer = { kind: "ok", payload: named("one") } as const;
        assert.deepEqual([...failedMessages(answer, messages, false)], []);
    });
});
