import { createQueue, type Queue, type QueueSettings } from "../../../../infra/local/queues/queue";
import { createQueueFaults } from "../../../../infra/local/queues/queue-faults";
import { createFakeClock } from "../../../support/fake-clock";

export const region = "eu-west-1";

/** Settings as SQS has them where nothing is said. */
export function settingsOf(name: string, changes: Partial<QueueSettings> = {}): QueueSettings {
    return {
        name,
        region,
        arn: `arn:aws:sqs:${region}:000000000000:${name}`,
        url: `https://sqs.${region}.amazonaws.com/000000000000/${name}`,
        visibilityTimeoutSeconds: 30,
        retentionSeconds: 345_600,
        delaySeconds: 0,
        receiveWaitSeconds: 0,
        maxMessageBytes: 262_144,
        redrive: undefined,
        ...changes,
    };
}

/** A queue whose time stands still, with a queue for its dead messages. */
export function testQueue(changes: Partial<QueueSettings> = {}) {
    const clock = createFakeClock();
    const faults = createQueueFaults();
    const options = { clock, faults, bury: () => undefined };
    const deadLetters = createQueue(settingsOf("dead"), options);
    const queue = createQueue(settingsOf("inbound", changes), {
        ...options,
        bury: (message) => deadLetters.bury(message),
    });
    return { clock, faults, queue, deadLetters };
}

/** Sends texts, one message each, together. */
export function send(queue: Queue, ...bodies: readonly string[]): void {
    queue.send(bodies.map((body) => ({ body, attributes: {}, senderId: "sender" })));
}

/** What is visible now. */
export async function receive(queue: Queue, max = 10, waitMilliseconds = 0) {
    return queue.receive({ max, waitMilliseconds });
}

/** The bodies of what is visible now. */
export async function receiveBodies(queue: Queue, max = 10): Promise<readonly string[]> {
    return (await receive(queue, max)).map(({ body }) => body);
}
