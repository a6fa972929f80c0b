import { type Clock, realClock } from "./clock";
import type { CredentialStore } from "./credentials";
import type { Iam } from "./iam";
import type { FunctionService } from "./lambda";
import type { Links } from "./links";
import { createEventSourceService, type EventSourceService } from "./queues/event-source-service";
import { createQueueEndpoints } from "./queues/queue-endpoints";
import { createQueueService, type QueueService } from "./queues/queue-service";
import { createScheduleService, type ScheduleService } from "./schedules";

/** SQS, and where functions find it. */
export interface Messaging {
    readonly queues: QueueService;
    /** @param region the Region that whoever asks is in */
    endpointUrl(region: string): Promise<string>;
    stop(): Promise<void>;
}

export interface MessagingOptions {
    readonly isAllowed: (principalArn: string, action: string, resource: string) => boolean;
    readonly credentials: CredentialStore;
    readonly links: Links;
    readonly clock?: Clock;
}

/** Makes queues that are reached over the links between Regions. */
export function createMessaging(options: MessagingOptions): Messaging {
    const { isAllowed, credentials, links, clock = realClock } = options;
    const queues = createQueueService(clock);
    const endpoints = createQueueEndpoints({
        queues,
        isAllowed,
        credentials,
        cross: (from, to, signal) => links.cross(from, to, signal),
    });
    return {
        queues,
        endpointUrl: (region) => endpoints.endpointUrl(region),
        async stop() {
            queues.stop();
            await endpoints.stop();
        },
    };
}

/** What invokes functions without being asked by a viewer. */
export interface Background {
    readonly eventSources: EventSourceService;
    readonly schedules: ScheduleService;
    /** Begins, once everything is registered. */
    open(): void;
    /** Ends before the functions do. */
    stop(): Promise<void>;
}

export interface BackgroundOptions {
    readonly queues: QueueService;
    readonly functions: FunctionService;
    readonly iam: Iam;
    /** Whether schedules run by themselves; `runNow` always works. */
    readonly runsSchedules: boolean;
    readonly warn: (message: string) => void;
    /** Resolves as soon as a Region is not down; left out: at once. */
    readonly whenUp?: (region: string) => Promise<void>;
    readonly clock?: Clock;
}

/** Makes event source mappings and schedules. */
export function createBackground(options: BackgroundOptions): Background {
    const { clock = realClock, runsSchedules, whenUp, ...services } = options;
    const { functions } = services;
    const eventSources = createEventSourceService({
        ...services,
        clock,
        functions: {
            describe: (target) => functions.describe(target),
            async invoke(target, event, timeoutMilliseconds) {
                // What was received stays with the Region, and counts as received once.
                await whenUp?.(functions.describe(target).region);
                return functions.invoke(target, event, timeoutMilliseconds);
            },
        },
    });
    const schedules = createScheduleService({ ...services, clock });
    return {
        eventSources,
        schedules,
        open() {
            eventSources.open();
            if (runsSchedules) {
                schedules.open();
            }
        },
        async stop() {
            schedules.stop();
            await eventSources.stop();
        },
    };
}
