import { createRandomStream } from "../random-stream";

/**
 * What can go wrong between a queue and its users. An accepted message is never lost: SQS keeps
 * it, and delivers it again.
 */
export interface QueueFaults {
    /** The same seed and rates strike the same occasions. */
    readonly seed: number;
    /** How often a delivery, or the answer to a sender, is lost on its way: 0 to 1, default 0. */
    readonly lossRate?: number;
    /** How often a message is delivered once more: 0 to 1, default 0. */
    readonly duplicationRate?: number;
    /** How often a message overtakes others: 0 to 1, default 0. */
    readonly reorderRate?: number;
    /** How long a message takes at most to become visible: 0 to 600,000, default 0. */
    readonly delayMilliseconds?: number;
}

export type QueueFaultKind = "lostDelivery" | "lostAnswer" | "duplicate" | "reordering" | "delay";

/** Decides which fault strikes when. */
export interface QueueFaultSource {
    /**
     * Replaces the former plan; undefined: nothing goes wrong any more.
     * @throws Error naming what is wrong and what is allowed; then the former plan stays
     */
    set(faults: QueueFaults | undefined): void;
    losesDelivery(): boolean;
    losesAnswer(): boolean;
    duplicates(): boolean;
    /** Which of so many messages is delivered next; 0: the oldest. */
    choose(count: number): number;
    delayMilliseconds(): number;
    /** How often each kind has struck, whatever the plan was. */
    counts(): Readonly<Record<QueueFaultKind, number>>;
}

const maxDelayMilliseconds = 600_000;
/** How many messages one can overtake. */
const overtaken = 100;

/** Makes faults of which none strikes until they are set. */
export function createQueueFaults(): QueueFaultSource {
    const counts = { lostDelivery: 0, lostAnswer: 0, duplicate: 0, reordering: 0, delay: 0 };
    let plan: QueueFaults | undefined;
    let streams = streamsOf(0);
    const strikes = (kind: QueueFaultKind, rate: number | undefined): boolean => {
        const isStruck = rate !== undefined && rate > 0 && streams[kind]() < rate;
        counts[kind] += Number(isStruck);
        return isStruck;
    };
    return {
        set(faults) {
            if (faults !== undefined) {
                check(faults);
            }
            plan = faults;
            streams = streamsOf(faults?.seed ?? 0);
        },
        losesDelivery: () => strikes("lostDelivery", plan?.lossRate),
        losesAnswer: () => strikes("lostAnswer", plan?.lossRate),
        duplicates: () => strikes("duplicate", plan?.duplicationRate),
        choose: (count) =>
            strikes("reordering", plan?.reorderRate)
                ? Math.floor(streams.reordering() * Math.min(count, overtaken))
                : 0,
        delayMilliseconds() {
            const longest = plan?.delayMilliseconds ?? 0;
            counts.delay += Number(longest > 0);
            return longest === 0 ? 0 : Math.floor(streams.delay() * (longest + 1));
        },
        counts: () => ({ ...counts }),
    };
}

function streamsOf(seed: number): Readonly<Record<QueueFaultKind, () => number>> {
    return {
        lostDelivery: createRandomStream(`${seed}/lostDelivery`),
        lostAnswer: createRandomStream(`${seed}/lostAnswer`),
        duplicate: createRandomStream(`${seed}/duplicate`),
        reordering: createRandomStream(`${seed}/reordering`),
        delay: createRandomStream(`${seed}/delay`),
    };
}

function check({ seed, delayMilliseconds = 0, ...rates }: QueueFaults): void {
    demand(Number.isInteger(seed), "seed", seed, "a whole number");
    for (const name of ["lossRate", "duplicationRate", "reorderRate"] as const) {
        const rate = rates[name] ?? 0;
        demand(rate >= 0 && rate <= 1, name, rate, "a number from 0 to 1");
    }
    demand(
        Number.isInteger(delayMilliseconds) &&
            delayMilliseconds >= 0 &&
            delayMilliseconds <= maxDelayMilliseconds,
        "delayMilliseconds",
        delayMilliseconds,
        `a whole number from 0 to ${maxDelayMilliseconds}`,
    );
}

function demand(holds: boolean, name: string, value: unknown, allowed: string): void {
    if (!holds) {
        throw new Error(`The queues' faults have ${name} ${value}; allowed: ${allowed}.`);
    }
}
