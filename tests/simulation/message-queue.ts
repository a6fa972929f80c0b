import type { Random } from "../chaos/random";
import type { Kernel, Task } from "./kernel";

/** A message in a queue, until it is deleted. */
export interface QueuedMessage {
    readonly id: string;
    readonly text: string;
    visibleAt: number;
}

/** An SQS queue with a function behind it: at least once, in any order. */
export interface MessageQueue {
    readonly messages: Map<string, QueuedMessage>;
    send(text: string): void;
    /** Loses what it has with the likelihood: as messages that end in a dead-letter queue. */
    lose(likelihood: number): number;
    /** Starts the function, if there is something for it and it is not busy enough. */
    poll(): void;
}

const batchSize = 10;
const maxConcurrency = 5;
const visibilityMilliseconds = 6_000;
const invocationMilliseconds = 5_000;
/** A closed function is looked for again after this. */
const closedMilliseconds = 1_000;

/**
 * @param isClosed whether the function is stopped; the messages wait
 * @param receive what the function does with a batch; resolves to the ids that it did not take
 */
export function createMessageQueue(
    kernel: Kernel,
    random: Random,
    cell: number,
    isClosed: () => boolean,
    receive: (batch: readonly QueuedMessage[]) => Promise<ReadonlySet<string>>,
): MessageQueue {
    const messages = new Map<string, QueuedMessage>();
    let running: Task[] = [];
    let nextId = 0;
    let nextPollAt = Number.POSITIVE_INFINITY;

    const pollAt = (time: number): void => {
        if (time < nextPollAt) {
            nextPollAt = time;
            kernel.after(Math.max(0, time - kernel.now()), undefined, () => {
                nextPollAt = Number.POSITIVE_INFINITY;
                poll();
            });
        }
    };
    const poll = (): void => {
        if (isClosed()) {
            pollAt(kernel.now() + closedMilliseconds);
            return;
        }
        running = running.filter((task) => task.isAlive);
        const batch = choose(messages, kernel.now(), random);
        if (batch.length > 0 && running.length < maxConcurrency) {
            for (const message of batch) {
                message.visibleAt = kernel.now() + visibilityMilliseconds;
            }
            running.push(invoke(batch));
        }
        if (messages.size > 0) {
            pollAt(Math.max(nextVisible(messages, kernel.now()), kernel.now() + 20));
        }
    };
    const invoke = (batch: readonly QueuedMessage[]): Task => {
        const task = kernel.spawn(cell, "apply", async () => {
            const refused = await receive(batch);
            for (const { id } of batch.filter((message) => !refused.has(message.id))) {
                messages.delete(id);
            }
        });
        kernel.expire(task, invocationMilliseconds);
        return task;
    };
    return {
        messages,
        send(text) {
            const id = `${nextId++}`;
            messages.set(id, { id, text, visibleAt: kernel.now() + random.next() * 20 });
            pollAt(kernel.now() + 20);
        },
        lose(likelihood) {
            const lost = [...messages.keys()].filter(() => random.chance(likelihood));
            for (const id of lost) {
                messages.delete(id);
            }
            return lost.length;
        },
        poll,
    };
}

/** When the next one can be received; any time before now where one can be already. */
function nextVisible(messages: ReadonlyMap<string, QueuedMessage>, now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of messages.values()) {
        next = Math.min(next, visibleAt);
        if (next <= now) {
            break;
        }
    }
    return next;
}

/** Up to ten of the visible ones, in no particular order. */
function choose(
    messages: ReadonlyMap<string, QueuedMessage>,
    now: number,
    random: Random,
): readonly QueuedMessage[] {
    const visible: QueuedMessage[] = [];
    for (const message of messages.values()) {
        if (message.visibleAt <= now) {
            visible.push(message);
            if (visible.length === 3 * batchSize) {
                break;
            }
        }
    }
    return visible.length > 1 ? random.shuffle(visible).slice(0, batchSize) : visible;
}
