import { setMaxListeners } from "node:events";
import type { Clock } from "../clock";
import type { Iam } from "../iam";
import type { FunctionRegistration, FunctionService } from "../lambda";
import { type EventSourceCounts, pollQueue } from "./event-source";
import type { Queue } from "./queue";
import type { QueueService } from "./queue-service";

/** An event source mapping as it was registered. */
export interface EventSourceRegistration {
    readonly id: string;
    readonly region: string;
    readonly queueArn: string;
    /** The function's name or ARN. */
    readonly functionName: string;
    readonly batchSize: number;
    /** Undefined: as many as Lambda begins with. */
    readonly maximumConcurrency: number | undefined;
    readonly reportsBatchItemFailures: boolean;
    readonly isEnabled: boolean;
}

export interface ListedEventSource extends EventSourceCounts {
    readonly functionArn: string;
    readonly queueArn: string;
}

/** Lambda's event source mappings. */
export interface EventSourceService {
    /**
     * @returns the function's ARN
     * @throws Error for a mapping that Lambda would refuse
     */
    create(registration: EventSourceRegistration): string;
    /** Lets the functions work off their queues, once everything is registered. */
    open(): void;
    list(): readonly ListedEventSource[];
    /** Ends the polling, and waits a while for batches at work. */
    stop(): Promise<void>;
}

export interface EventSourceServiceOptions {
    readonly queues: QueueService;
    readonly functions: Pick<FunctionService, "describe" | "invoke">;
    readonly iam: Iam;
    readonly clock: Clock;
    /** Told when a function no longer works off its queue. */
    readonly warn: (message: string) => void;
}

interface Mapping {
    readonly registration: EventSourceRegistration;
    readonly queue: Queue;
    readonly function: FunctionRegistration;
    readonly counts: EventSourceCounts;
}

// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
const initialConcurrency = 5;
// The function may still have to start.
const startMilliseconds = 10_000;
// Whoever stops the functions next ends what is still at work then.
const stopMilliseconds = 500;

/** Makes mappings of which none polls before they are opened. */
export function createEventSourceService(options: EventSourceServiceOptions): EventSourceService {
    const mappings: Mapping[] = [];
    const stopped = new AbortController();
    // Each poller listens; there are as many as the program wants.
    setMaxListeners(0, stopped.signal);
    let polling: Promise<unknown> = Promise.resolve();
    return {
        create(registration) {
            const queue = options.queues.find(registration.queueArn);
            const { functionName: name, region } = registration;
            const called = options.functions.describe({ name, region });
            check(registration, queue, called, options.iam);
            const counts = { batches: 0, failedBatches: 0, deleted: 0, throttled: 0 };
            mappings.push({ registration, queue, function: called, counts });
            return called.arn;
        },
        open() {
            const enabled = mappings.filter(({ registration }) => registration.isEnabled);
            polling = Promise.all(
                enabled.map((mapping) =>
                    poll(mapping, options, stopped.signal).catch((error: Error) =>
                        options.warn(`${mapping.function.name} left its queue: ${error.message}`),
                    ),
                ),
            );
        },
        list: () =>
            mappings.map(({ registration, function: { arn }, counts }) => ({
                functionArn: arn,
                queueArn: registration.queueArn,
                ...counts,
            })),
        async stop() {
            stopped.abort();
            let giveUp: () => void = () => undefined;
            const patience = new Promise<void>((resolve) => {
                const timer = setTimeout(resolve, stopMilliseconds);
                giveUp = () => clearTimeout(timer);
            });
            await Promise.race([polling, patience]).finally(giveUp);
        },
    };
}

function poll(
    mapping: Mapping,
    { functions, clock }: EventSourceServiceOptions,
    signal: AbortSignal,
): Promise<void> {
    const { registration, queue, counts } = mapping;
    const { arn, timeoutSeconds } = mapping.function;
    const limit = timeoutSeconds * 1_000 + startMilliseconds;
    return pollQueue(
        {
            queue,
            function: mapping.function,
            batchSize: registration.batchSize,
            maximumConcurrency: registration.maximumConcurrency ?? initialConcurrency,
            reportsBatchItemFailures: registration.reportsBatchItemFailures,
        },
        { invoke: (event) => functions.invoke(arn, event, limit), clock, signal, counts },
    );
}

/**
 * Refuses what Lambda would refuse.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
function check(
    registration: EventSourceRegistration,
    queue: Queue | undefined,
    called: FunctionRegistration,
    iam: Iam,
): asserts queue is Queue {
    const { queueArn, region, batchSize, maximumConcurrency = initialConcurrency } = registration;
    demand(
        queue?.settings.region === region,
        `Error occurred while ReceiveMessage. ${queueArn} is no queue of ${region}, where the ` +
            "function is.",
    );
    const hidden = queue.settings.visibilityTimeoutSeconds;
    demand(
        hidden >= called.timeoutSeconds,
        `Queue visibility timeout: ${hidden} seconds is less than Function timeout: ` +
            `${called.timeoutSeconds} seconds`,
    );
    for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
        demand(
            iam.isAllowed(called.roleArn, `sqs:${action}`, queueArn),
            `The function execution role does not have permissions to call ${action} on SQS: ` +
                `${called.roleArn}, ${queueArn}`,
        );
    }
    demand(
        Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 10,
        `batchSize is ${batchSize}; allowed: 1 to 10, and more only with a batching window, ` +
            "which the local Lambda does not have.",
    );
    demand(
        Number.isInteger(maximumConcurrency) &&
            maximumConcurrency >= 2 &&
            maximumConcurrency <= 1_000,
        `maximumConcurrency is ${maximumConcurrency}; allowed: 2 to 1000.`,
    );
}

function demand(holds: boolean, reason: string): asserts holds {
    if (!holds) {
        throw new Error(`InvalidParameterValueException: ${reason}`);
    }
}
