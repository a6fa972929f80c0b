import type { Clock } from "../clock";
import type { FunctionRegistration, InvocationResult } from "../lambda";
import { digestAttributes, digestBody, type ReceivedMessage } from "./message";
import { systemAttributes } from "./operations";
import type { Queue } from "./queue";

/** A queue that a function works off. */
export interface EventSource {
    readonly queue: Queue;
    readonly function: FunctionRegistration;
    readonly batchSize: number;
    /** How many batches are at work at once. */
    readonly maximumConcurrency: number;
    /** Whether the function names the messages that it could not handle. */
    readonly reportsBatchItemFailures: boolean;
}

/** What has come of the batches so far. */
export interface EventSourceCounts {
    batches: number;
    /** Batches that stayed in the queue as a whole. */
    failedBatches: number;
    deleted: number;
    throttled: number;
}

export interface PollingOptions {
    readonly invoke: (event: unknown) => Promise<InvocationResult>;
    readonly clock: Clock;
    /** Ends the polling; batches at work are finished. */
    readonly signal: AbortSignal;
    readonly counts: EventSourceCounts;
}

const firstBackoffMilliseconds = 100;
const longestBackoffMilliseconds = 5_000;

/**
 * Works a queue off until it is told to stop. Waiting for messages costs nothing: no timer runs
 * as long as the queue is empty.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export async function pollQueue(source: EventSource, options: PollingOptions): Promise<void> {
    const pollers = Array.from({ length: source.maximumConcurrency }, () => poll(source, options));
    await Promise.all(pollers);
}

async function poll(source: EventSource, options: PollingOptions): Promise<void> {
    const { queue, batchSize } = source;
    while (!options.signal.aborted) {
        const messages = await queue.receive({
            max: batchSize,
            waitMilliseconds: Number.POSITIVE_INFINITY,
            signal: options.signal,
        });
        if (messages.length === 0) {
            // Only an end of the queue or of the polling ends this waiting.
            return;
        }
        await handle(messages, source, options);
    }
}

async function handle(
    messages: readonly ReceivedMessage[],
    source: EventSource,
    options: PollingOptions,
): Promise<void> {
    const { counts } = options;
    counts.batches += 1;
    const answer = await invokeUntilTaken(messages, source, options);
    const kept = failedMessages(answer, messages, source.reportsBatchItemFailures);
    counts.failedBatches += Number(kept.size === messages.length);
    for (const { messageId, receiptHandle } of messages) {
        if (!kept.has(messageId)) {
            source.queue.delete(receiptHandle);
            counts.deleted += 1;
        }
    }
}

/** A function that has no room is asked again, until the messages are visible to others. */
async function invokeUntilTaken(
    messages: readonly ReceivedMessage[],
    { queue, function: { arn } }: EventSource,
    { invoke, clock, signal, counts }: PollingOptions,
): Promise<InvocationResult> {
    const event = { Records: messages.map((message) => writeRecord(message, queue)) };
    const { visibilityTimeoutSeconds } = queue.settings;
    const end = clock.nowMilliseconds() + visibilityTimeoutSeconds * 1_000;
    for (let backoff = firstBackoffMilliseconds; ; backoff *= 2) {
        const answer = await invoke(event);
        const wait = Math.min(backoff, longestBackoffMilliseconds);
        if (answer.kind !== "throttled") {
            return answer;
        }
        counts.throttled += 1;
        if (signal.aborted || clock.nowMilliseconds() + wait >= end) {
            return { kind: "error", message: `${arn} had no room for a batch.` };
        }
        await pause(wait, clock, signal);
    }
}

function pause(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        const done = (): void => {
            takeBack();
            signal.removeEventListener("abort", done);
            resolve();
        };
        const takeBack = clock.after(milliseconds, done);
        signal.addEventListener("abort", done);
    });
}

/**
 * The ids of the messages that stay in the queue: all of them when the function failed or its
 * answer names what was not in the batch, none when it answers nothing.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedMessages(
    answer: InvocationResult,
    messages: readonly { readonly messageId: string }[],
    reportsBatchItemFailures: boolean,
): ReadonlySet<string> {
    const all = new Set(messages.map(({ messageId }) => messageId));
    if (answer.kind !== "ok") {
        return all;
    }
    const { payload } = answer;
    if (!reportsBatchItemFailures || payload === null || payload === undefined) {
        return new Set();
    }
    if (typeof payload !== "object") {
        return all;
    }
    const failures = (payload as { batchItemFailures?: unknown }).batchItemFailures ?? [];
    if (!Array.isArray(failures)) {
        return all;
    }
    const ids = failures.map((failure: { itemIdentifier?: unknown } | null) =>
        String(failure?.itemIdentifier ?? ""),
    );
    return ids.every((id) => all.has(id)) ? new Set(ids) : all;
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
function writeRecord(message: ReceivedMessage, { settings }: Queue): object {
    return {
        messageId: message.messageId,
        receiptHandle: message.receiptHandle,
        body: message.body,
        attributes: systemAttributes(message),
        messageAttributes: Object.fromEntries(
            Object.entries(message.attributes).map(([name, attribute]) => [
                name,
                { ...attribute, stringListValues: [], binaryListValues: [] },
            ]),
        ),
        md5OfBody: digestBody(message.body),
        md5OfMessageAttributes: digestAttributes(message.attributes),
        eventSource: "aws:sqs",
        eventSourceARN: settings.arn,
        awsRegion: settings.region,
    };
}
