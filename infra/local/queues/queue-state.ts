import { createHeldMessages, type Held, type HeldMessages } from "./held-messages";
import type { AcceptedMessage, ReceivedMessage } from "./message";
import { queueError } from "./queue-error";

/** How long messages are kept and hidden. */
export interface QueueRules {
    readonly visibilityTimeoutSeconds: number;
    readonly retentionSeconds: number;
    /** How often a message is received before it is dead; undefined: as often as it takes. */
    readonly maxReceiveCount: number | undefined;
}

/** How many messages a queue holds, roughly, in SQS's words. */
export interface QueueCounts {
    readonly visible: number;
    readonly inFlight: number;
    readonly delayed: number;
}

export interface Taken {
    readonly delivered: readonly ReceivedMessage[];
    /** Received too often; no longer in this queue. */
    readonly dead: readonly AcceptedMessage[];
}

/** The messages of a standard queue. It has no clock: whoever asks says what time it is. */
export interface QueueState {
    /** @throws QueueError when the queue holds as much as this computer keeps */
    add(message: AcceptedMessage, visibleAtMilliseconds: number): void;
    /** @param choose which of so many visible messages comes next; left out: the oldest */
    take(terms: TakeTerms, choose?: (count: number) => number): Taken;
    /** An old receipt deletes nothing, which SQS does not tell either. */
    delete(receiptHandle: string): void;
    changeVisibility(receiptHandle: string, seconds: number, nowMilliseconds: number): void;
    /** Ends the time-out of every message in flight. */
    showInFlight(nowMilliseconds: number): void;
    /** When the next hidden message may become visible. */
    nextVisibleMilliseconds(): number | undefined;
    counts(nowMilliseconds: number): QueueCounts;
    purge(): void;
}

export interface TakeTerms {
    readonly max: number;
    readonly nowMilliseconds: number;
    /** Default: the queue's. */
    readonly visibilityTimeoutSeconds?: number | undefined;
}

// Bounds of this computer; SQS has none for what is not in flight.
const maxMessages = 200_000;
const maxBytes = 512 * 1024 * 1024;
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
const maxInFlight = 120_000;

/**
 * Makes an empty queue.
 * @param run tells the receipts of this run from those of an earlier one
 */
export function createQueueState(rules: QueueRules, run: string): QueueState {
    const messages = createHeldMessages(rules.retentionSeconds);
    const find = (receiptHandle: string) => findByReceipt(messages, receiptHandle, run);
    return {
        add(message, visibleAtMilliseconds) {
            const { all, bytes } = messages.totals();
            if (all >= maxMessages || bytes >= maxBytes) {
                throw queueError(
                    "OverLimit",
                    `The local queue holds ${all} messages of ${bytes} bytes; its bounds are ` +
                        `${maxMessages} and ${maxBytes}. SQS has none.`,
                );
            }
            messages.add(message, visibleAtMilliseconds);
        },
        take(terms, choose = () => 0) {
            messages.settle(terms.nowMilliseconds);
            const visibilityTimeoutSeconds =
                terms.visibilityTimeoutSeconds ?? rules.visibilityTimeoutSeconds;
            const maxReceiveCount = rules.maxReceiveCount ?? Number.POSITIVE_INFINITY;
            const whole = { ...terms, visibilityTimeoutSeconds, maxReceiveCount };
            return take(messages, whole, run, choose);
        },
        delete(receiptHandle) {
            const { held, isLatest } = find(receiptHandle);
            if (held !== undefined && isLatest) {
                messages.remove(held);
            }
        },
        changeVisibility(receiptHandle, seconds, nowMilliseconds) {
            messages.settle(nowMilliseconds);
            const { held, isLatest } = find(receiptHandle);
            if (held === undefined || !isLatest || !held.isInFlight) {
                throw queueError("MessageNotInflight", "The message referred to isn't in flight.");
            }
            messages.hide(held, nowMilliseconds + seconds * 1_000, true);
        },
        showInFlight(nowMilliseconds) {
            for (const held of messages.all()) {
                if (held.isInFlight) {
                    messages.hide(held, nowMilliseconds, true);
                }
            }
        },
        nextVisibleMilliseconds: () => messages.nextVisibleMilliseconds(),
        counts(nowMilliseconds) {
            messages.settle(nowMilliseconds);
            const { visible, inFlight, all } = messages.totals();
            return { visible, inFlight, delayed: all - visible - inFlight };
        },
        purge: () => messages.clear(),
    };
}

/** Takes as many as asked for; what was received too often is taken out instead. */
function take(
    messages: HeldMessages,
    terms: TakeTerms & { readonly maxReceiveCount: number },
    run: string,
    choose: (count: number) => number,
): Taken {
    const delivered: ReceivedMessage[] = [];
    const dead: AcceptedMessage[] = [];
    while (delivered.length < terms.max) {
        const { visible, inFlight } = messages.totals();
        if (visible === 0 || inFlight >= maxInFlight) {
            break;
        }
        const held = messages.visibleAt(choose(visible));
        if (held.receiveCount >= terms.maxReceiveCount) {
            messages.remove(held);
            dead.push(held.message);
        } else {
            const firstReceivedMilliseconds =
                held.firstReceivedMilliseconds ?? terms.nowMilliseconds;
            held.firstReceivedMilliseconds = firstReceivedMilliseconds;
            held.receiveCount += 1;
            const { receiveCount } = held;
            const hiddenSeconds = terms.visibilityTimeoutSeconds ?? 0;
            messages.hide(held, terms.nowMilliseconds + hiddenSeconds * 1_000, true);
            const receiptHandle = writeReceipt(run, held);
            delivered.push({
                ...held.message,
                receiptHandle,
                receiveCount,
                firstReceivedMilliseconds,
            });
        }
    }
    return { delivered, dead };
}

/** The message that a receipt is for, and whether it is the receipt of the last delivery. */
function findByReceipt(
    messages: HeldMessages,
    receiptHandle: string,
    run: string,
): { held: Held | undefined; isLatest: boolean } {
    const [ofRun, sequence, count] = readReceipt(receiptHandle);
    if (ofRun !== run) {
        throw queueError(
            "ReceiptHandleIsInvalid",
            `The input receipt handle "${receiptHandle.slice(0, 200)}" is not a valid receipt handle.`,
        );
    }
    const held = messages.find(Number(sequence));
    return { held, isLatest: held?.receiveCount === Number(count) };
}

function writeReceipt(run: string, { sequence, receiveCount }: Held): string {
    return Buffer.from(`${run}.${sequence}.${receiveCount}`).toString("base64url");
}

function readReceipt(receiptHandle: string): readonly string[] {
    return Buffer.from(receiptHandle, "base64url").toString().split(".");
}
