import type { Clock } from "./clock";
import type { Iam } from "./iam";
import type { FunctionService, InvocationResult } from "./lambda";

/** A schedule as it was registered. */
export interface ScheduleRegistration {
    readonly logicalName: string;
    readonly name: string;
    readonly region: string;
    /** `rate(5 minutes)` */
    readonly expression: string;
    /** A function's. */
    readonly targetArn: string;
    readonly roleArn: string;
    /** What the function is given. */
    readonly input: unknown;
    /** How often an invocation that found no room is tried again. */
    readonly maxRetryAttempts: number;
    readonly maxEventAgeSeconds: number;
    readonly isEnabled: boolean;
}

export interface ListedSchedule {
    readonly name: string;
    readonly logicalName: string;
    readonly region: string;
    readonly targetArn: string;
    readonly periodMilliseconds: number;
    /** Invocations so far, those asked for by `runNow` included, and how many of them failed. */
    readonly runs: number;
    readonly failures: number;
}

/** EventBridge Scheduler, for functions that run every so often. */
export interface ScheduleService {
    /** @throws Error for a schedule that the Scheduler would refuse */
    create(registration: ScheduleRegistration): void;
    /** Lets time have its way, once everything is registered. */
    open(): void;
    /**
     * Invokes a schedule's function now, whatever the time is.
     * @param name its name, or the one that the program gave it
     */
    runNow(name: string): Promise<InvocationResult>;
    list(): readonly ListedSchedule[];
    /** Takes back every timer; what runs is not waited for. */
    stop(): void;
}

export interface ScheduleServiceOptions {
    readonly functions: Pick<FunctionService, "describe" | "invoke">;
    readonly iam: Iam;
    readonly clock: Clock;
    /** Told of what a policy does not allow, and of runs that failed. */
    readonly warn: (message: string) => void;
}

interface Schedule {
    readonly registration: ScheduleRegistration;
    readonly periodMilliseconds: number;
    runs: number;
    failures: number;
    isStopped: boolean;
    /** Takes the next run back, and the next attempt at the last one. */
    cancelRun: () => void;
    cancelAttempt: () => void;
}

// The Scheduler begins at once; here the first requests go first, and one schedule after another.
const firstRunMilliseconds = 2_000;
const spreadMilliseconds = 500;
// The function may still have to start.
const startMilliseconds = 10_000;
const firstBackoffMilliseconds = 1_000;
const longestBackoffMilliseconds = 60_000;

/** Makes a scheduler whose time stands still until it is opened. */
export function createScheduleService(options: ScheduleServiceOptions): ScheduleService {
    const schedules: Schedule[] = [];
    const { clock } = options;

    const runEvery = (schedule: Schedule, delayMilliseconds: number): void => {
        schedule.cancelRun = clock.after(delayMilliseconds, () => {
            runEvery(schedule, schedule.periodMilliseconds);
            // A later run takes the place of an earlier one that never found room.
            schedule.cancelAttempt();
            void attempt(schedule, options, 0, clock.nowMilliseconds());
        });
    };
    return {
        create(registration) {
            const periodMilliseconds = readRate(registration.expression);
            options.functions.describe(registration.targetArn);
            if (!options.iam.isAssumableBy(registration.roleArn, "scheduler.amazonaws.com")) {
                throw new Error(
                    "ValidationException: The execution role you provide must allow AWS " +
                        `EventBridge Scheduler to assume the role: ${registration.roleArn}.`,
                );
            }
            schedules.push({
                registration,
                periodMilliseconds,
                runs: 0,
                failures: 0,
                isStopped: false,
                cancelRun: () => undefined,
                cancelAttempt: () => undefined,
            });
        },
        open() {
            const enabled = schedules.filter(({ registration }) => registration.isEnabled);
            for (const [index, schedule] of enabled.entries()) {
                runEvery(schedule, firstRunMilliseconds + index * spreadMilliseconds);
            }
        },
        runNow: async (name) => invoke(find(name, schedules), options),
        list: () => schedules.map(describe),
        stop() {
            for (const schedule of schedules) {
                schedule.isStopped = true;
                schedule.cancelRun();
                schedule.cancelAttempt();
            }
        },
    };
}

/**
 * Milliseconds between two runs.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based
 */
export function readRate(expression: string): number {
    const [, count = "0", unit = ""] =
        /^rate\((\d{1,6}) (minute|hour|day)s?\)$/.exec(expression) ?? [];
    const minutes = { minute: 1, hour: 60, day: 1_440 }[unit] ?? 0;
    const milliseconds = Number(count) * minutes * 60_000;
    if (milliseconds === 0) {
        throw new Error(
            `ValidationException: Invalid Schedule Expression ${expression}; the local Scheduler ` +
                "knows rate(<number> minutes), rate(<number> hours) and rate(<number> days).",
        );
    }
    return milliseconds;
}

/** Runs a schedule, and again as long as its function has no room and its retry policy allows it. */
async function attempt(
    schedule: Schedule,
    options: ScheduleServiceOptions,
    earlier: number,
    dueMilliseconds: number,
): Promise<void> {
    const { clock } = options;
    const { maxRetryAttempts, maxEventAgeSeconds } = schedule.registration;
    const answer = await invoke(schedule, options);
    const backoff = Math.min(firstBackoffMilliseconds * 2 ** earlier, longestBackoffMilliseconds);
    const isLate = clock.nowMilliseconds() + backoff > dueMilliseconds + maxEventAgeSeconds * 1_000;
    if (
        answer.kind === "throttled" &&
        earlier < maxRetryAttempts &&
        !isLate &&
        !schedule.isStopped
    ) {
        schedule.cancelAttempt();
        schedule.cancelAttempt = clock.after(
            backoff,
            () => void attempt(schedule, options, earlier + 1, dueMilliseconds),
        );
    }
}

async function invoke(
    schedule: Schedule,
    { functions, iam, warn }: ScheduleServiceOptions,
): Promise<InvocationResult> {
    const { name, roleArn, targetArn, input } = schedule.registration;
    schedule.runs += 1;
    const result: InvocationResult = iam.isAllowed(roleArn, "lambda:InvokeFunction", targetArn)
        ? await functions.invoke(targetArn, input, patienceMilliseconds(targetArn, functions))
        : {
              kind: "error",
              message: `AccessDenied: ${roleArn} does not allow lambda:InvokeFunction on ${targetArn}`,
          };
    if (result.kind !== "ok") {
        schedule.failures += 1;
    }
    // What the end of the local cloud ended has not failed.
    if (result.kind === "error" && !schedule.isStopped) {
        warn(`Schedule ${name}: ${result.message}`);
    }
    return result;
}

function patienceMilliseconds(
    targetArn: string,
    functions: ScheduleServiceOptions["functions"],
): number {
    return functions.describe(targetArn).timeoutSeconds * 1_000 + startMilliseconds;
}

function find(name: string, schedules: readonly Schedule[]): Schedule {
    const found = schedules.filter(
        ({ registration }) => registration.name === name || registration.logicalName === name,
    );
    const [schedule] = found;
    if (schedule === undefined || found.length > 1) {
        const names = schedules.map(({ registration }) => registration.logicalName).join(", ");
        throw new Error(
            `${found.length} schedules are called "${name}"; there are ${names || "none"}.`,
        );
    }
    return schedule;
}

function describe({ registration, ...schedule }: Schedule): ListedSchedule {
    const { name, logicalName, region, targetArn } = registration;
    const { periodMilliseconds, runs, failures } = schedule;
    return { name, logicalName, region, targetArn, periodMilliseconds, runs, failures };
}
