import type { Clock } from "../clock";
import { createQueue, type Queue, type QueueSettings } from "./queue";
import { queueError } from "./queue-error";
import { createQueueFaults, type QueueFaultKind, type QueueFaults } from "./queue-faults";
import type { QueueCounts } from "./queue-state";

/** A queue, and how much is in it. */
export interface ListedQueue extends QueueCounts {
    readonly name: string;
    readonly region: string;
    readonly arn: string;
    readonly url: string;
}

/** SQS's queues of all Regions. */
export interface QueueService {
    /** @throws Error for a queue that SQS would refuse */
    createQueue(settings: QueueSettings): void;
    /** @param arnOrUrl names the queue; undefined where it does not exist */
    find(arnOrUrl: string): Queue | undefined;
    list(): readonly ListedQueue[];
    /** Lets things go wrong in every queue; undefined: no more. */
    setFaults(faults: QueueFaults | undefined): void;
    /** Whether the answer to a request that took effect is to be lost. */
    losesAnswer(): boolean;
    /** Delivers again, in every queue, what is in flight: time-outs are minutes, tests are not. */
    redeliver(): void;
    faultCounts(): Readonly<Record<QueueFaultKind, number>>;
    /** Answers everybody who waits for a message. */
    stop(): void;
}

/** Makes an account without queues. What they hold is in memory and ends with it. */
export function createQueueService(clock: Clock): QueueService {
    const queues = new Map<string, Queue>();
    const byUrl = new Map<string, Queue>();
    const faults = createQueueFaults();
    return {
        createQueue(settings) {
            const { arn, url, redrive } = settings;
            const deadLetters = redrive && queues.get(redrive.deadLetterArn);
            checkRedrive(settings, deadLetters);
            const queue = createQueue(settings, {
                clock,
                faults,
                bury: (message) => deadLetters?.bury(message),
            });
            queues.get(arn)?.close();
            queues.set(arn, queue);
            byUrl.set(url, queue);
        },
        find: (arnOrUrl) => queues.get(arnOrUrl) ?? byUrl.get(arnOrUrl),
        list: () =>
            [...queues.values()].map((queue) => {
                const { name, region, arn, url } = queue.settings;
                return { name, region, arn, url, ...queue.counts() };
            }),
        setFaults: (plan) => faults.set(plan),
        losesAnswer: () => faults.losesAnswer(),
        redeliver() {
            for (const queue of queues.values()) {
                queue.redeliver();
            }
        },
        faultCounts: () => faults.counts(),
        stop() {
            for (const queue of queues.values()) {
                queue.close();
            }
        },
    };
}

/** Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
function checkRedrive({ redrive, region }: QueueSettings, deadLetters: Queue | undefined): void {
    if (redrive === undefined) {
        return;
    }
    const { deadLetterArn, maxReceiveCount } = redrive;
    const refuse = (reason: string): Error =>
        queueError(
            "InvalidParameterValue",
            `InvalidParameterValue: Value ${JSON.stringify(redrive)} for parameter RedrivePolicy ` +
                `is invalid. Reason: ${reason}`,
        );
    if (deadLetters === undefined) {
        throw refuse(`Dead letter target does not exist: ${deadLetterArn}.`);
    }
    if (deadLetters.settings.region !== region) {
        throw refuse(
            `Dead letter target owner should be in the same Region, ${region}, not in ` +
                `${deadLetters.settings.region}.`,
        );
    }
    if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > 1_000) {
        throw refuse("Invalid value for maxReceiveCount; allowed: 1 to 1000.");
    }
}
