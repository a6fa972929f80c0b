import { randomUUID } from "node:crypto";
import type { Clock } from "../clock";
import type { AcceptedMessage, NewMessage, ReceivedMessage } from "./message";
import type { QueueFaultSource } from "./queue-faults";
import { createQueueState, type QueueCounts, type QueueState } from "./queue-state";

/** A queue as it was registered. */
export interface QueueSettings {
    readonly name: string;
    readonly arn: string;
    readonly url: string;
    readonly region: string;
    readonly visibilityTimeoutSeconds: number;
    readonly retentionSeconds: number;
    readonly delaySeconds: number;
    readonly receiveWaitSeconds: number;
    readonly maxMessageBytes: number;
    /** Where messages go that were received too often. */
    readonly redrive:
        | { readonly deadLetterArn: string; readonly maxReceiveCount: number }
        | undefined;
}

export interface ReceiveOptions {
    readonly max: number;
    /** How long to wait for a message; Infinity: until there is one. */
    readonly waitMilliseconds: number;
    /** Default: the queue's. */
    readonly visibilityTimeoutSeconds?: number | undefined;
    /** Ends the waiting; then nothing is received. */
    readonly signal?: AbortSignal;
}

/** A standard queue: at least once, in no particular order. */
export interface Queue {
    readonly settings: QueueSettings;
    /** Accepts all of them, or as many as the queue can hold and throws. */
    send(messages: readonly NewMessage[]): readonly AcceptedMessage[];
    receive(options: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
    delete(receiptHandle: string): void;
    changeVisibility(receiptHandle: string, seconds: number): void;
    counts(): QueueCounts;
    purge(): void;
    /** Delivers again what is in flight, as if its time-out were over. */
    redeliver(): void;
    /** Takes in a message that another queue gave up; it keeps its id and age. */
    bury(message: AcceptedMessage): void;
    /** Answers everybody who waits, and takes back every timer. */
    close(): void;
}

export interface QueueOptions {
    readonly clock: Clock;
    readonly faults: QueueFaultSource;
    /** Given each message that was received too often. */
    readonly bury: (message: AcceptedMessage) => void;
}

/** Makes an empty queue. */
export function createQueue(settings: QueueSettings, options: QueueOptions): Queue {
    const { clock, faults } = options;
    const { redrive, ...rules } = settings;
    const state = createQueueState(
        { ...rules, maxReceiveCount: redrive?.maxReceiveCount },
        randomUUID(),
    );
    const waiting = createWaiting(clock, state, (wanted) => take(wanted));
    const take = (wanted: ReceiveOptions): readonly ReceivedMessage[] => {
        const terms = { ...wanted, nowMilliseconds: clock.nowMilliseconds() };
        for (;;) {
            const { delivered, dead } = state.take(terms, faults.choose);
            for (const message of dead) {
                options.bury({ ...message, deadLetterSourceArn: settings.arn });
            }
            const arrived = delivered.filter(() => !faults.losesDelivery());
            // Where every one was lost, there may be others.
            if (arrived.length > 0 || delivered.length === 0) {
                return arrived;
            }
        }
    };
    return {
        settings,
        send(messages) {
            try {
                return messages.map((message) => accept(message, settings, state, options));
            } finally {
                waiting.serve();
            }
        },
        async receive(wanted) {
            const messages = wanted.signal?.aborted ? [] : take(wanted);
            return messages.length > 0 || wanted.waitMilliseconds <= 0 || wanted.signal?.aborted
                ? messages
                : waiting.join(wanted);
        },
        delete: (receiptHandle) => state.delete(receiptHandle),
        changeVisibility(receiptHandle, seconds) {
            state.changeVisibility(receiptHandle, seconds, clock.nowMilliseconds());
            waiting.serve();
        },
        counts: () => state.counts(clock.nowMilliseconds()),
        purge: () => state.purge(),
        redeliver() {
            state.showInFlight(clock.nowMilliseconds());
            waiting.serve();
        },
        bury(message) {
            state.add(message, clock.nowMilliseconds());
            waiting.serve();
        },
        close: () => waiting.close(),
    };
}

function accept(
    message: NewMessage,
    settings: QueueSettings,
    state: QueueState,
    { clock, faults }: QueueOptions,
): AcceptedMessage {
    const now = clock.nowMilliseconds();
    const delaySeconds = message.delaySeconds ?? settings.delaySeconds;
    const accepted: AcceptedMessage = {
        ...message,
        messageId: randomUUID(),
        sentMilliseconds: now,
    };
    const visibleAt = now + delaySeconds * 1_000;
    state.add(accepted, visibleAt + faults.delayMilliseconds());
    if (faults.duplicates()) {
        state.add(accepted, visibleAt + faults.delayMilliseconds());
    }
    return accepted;
}

/** Those who wait for a message, served in the order in which they came. */
interface Waiting {
    join(wanted: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
    /** Gives whatever is visible to whoever waits. */
    serve(): void;
    close(): void;
}

interface Waiter {
    readonly wanted: ReceiveOptions;
    readonly answer: (messages: readonly ReceivedMessage[]) => void;
}

function createWaiting(
    clock: Clock,
    state: QueueState,
    take: (wanted: ReceiveOptions) => readonly ReceivedMessage[],
): Waiting {
    const waiters = new Set<Waiter>();
    let stopTimer: () => void = () => undefined;

    /** Wakes when the next hidden message becomes visible, if anybody waits for it. */
    const arm = (): void => {
        stopTimer();
        const next = state.nextVisibleMilliseconds();
        if (waiters.size > 0 && next !== undefined) {
            stopTimer = clock.after(Math.max(0, next - clock.nowMilliseconds()), serve);
        }
    };
    const serve = (): void => {
        for (const waiter of waiters) {
            const messages = take(waiter.wanted);
            if (messages.length === 0) {
                break;
            }
            waiter.answer(messages);
        }
        arm();
    };
    return {
        join: ({ signal, ...wanted }) =>
            new Promise((resolve) => {
                let stopPatience: () => void = () => undefined;
                const giveUp = (): void => waiter.answer([]);
                const waiter: Waiter = {
                    wanted,
                    answer(messages) {
                        waiters.delete(waiter);
                        stopPatience();
                        signal?.removeEventListener("abort", giveUp);
                        resolve(messages);
                        if (waiters.size === 0) {
                            stopTimer();
                        }
                    },
                };
                waiters.add(waiter);
                signal?.addEventListener("abort", giveUp);
                if (Number.isFinite(wanted.waitMilliseconds)) {
                    stopPatience = clock.after(wanted.waitMilliseconds, giveUp);
                }
                arm();
            }),
        serve,
        close() {
            for (const waiter of waiters) {
                waiter.answer([]);
            }
            stopTimer();
        },
    };
}
