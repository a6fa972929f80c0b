import { createRandomStream } from "../random-stream";

/** What the front door can do to its clients, as a network or the service does now and then. */
export const faultKinds = [
    /** A COMMIT of changes fails with 40001 OC000. */
    "conflictAtCommit",
    /** A statement fails with 40001 OC001. */
    "catalogConflict",
    /** The connection breaks before a COMMIT takes effect. */
    "dropBeforeCommit",
    /** The connection breaks after a COMMIT took effect and before it is answered. */
    "dropAfterCommit",
    /** A new connection is closed without an answer. */
    "refuseConnection",
    /** A COMMIT takes longer. */
    "stall",
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface FaultPlan {
    /** 0 to 4,294,967,295, default 0. The same seed and rates strike the same occasions. */
    readonly seed?: number;
    /** How likely each kind strikes on an occasion, 0 to 1. */
    readonly rates?: Partial<Record<FaultKind, number>>;
    /** On how many of the next occasions a kind strikes for certain, 0 to 1,000,000. */
    readonly next?: Partial<Record<FaultKind, number>>;
    /** How long a "stall" is: 0 to 600,000, default 1,000. */
    readonly stallMilliseconds?: number;
    /**
     * So many more messages pass, in either direction, before one is lost together with its
     * connection: 0 to 1,000,000. Happens once.
     */
    readonly dropAfterMessages?: number;
}

/** Decides which fault strikes when. */
export interface Faults {
    /**
     * Replaces the former plan.
     * @throws Error naming what is wrong and what is allowed; then the former plan stays
     */
    plan(plan: FaultPlan): void;
    /** Asked once for each occasion on which the kind could strike. */
    strikes(kind: FaultKind): boolean;
    /** Asked for each message before it is passed on. True: it is lost, and its connection. */
    countMessage(): boolean;
    readonly stallMilliseconds: number;
    /** No kind can strike as long as the plan stays as it is. */
    readonly isQuiet: boolean;
    /** How often each kind has struck, whatever the plan was. */
    counts(): Readonly<Record<FaultKind, number>>;
}

const maxSeed = 0xffff_ffff;
const maxOccasions = 1_000_000;
const maxStallMilliseconds = 600_000;
const defaultStallMilliseconds = 1_000;

/** Makes faults of which none strikes until there is a plan. */
export function createFaults(): Faults {
    const counts = eachKind(() => 0);
    let chances = chancesOf({});
    let stallMilliseconds = defaultStallMilliseconds;
    let messagesLeft = Number.POSITIVE_INFINITY;
    return {
        plan(plan) {
            check(plan);
            chances = chancesOf(plan);
            stallMilliseconds = plan.stallMilliseconds ?? defaultStallMilliseconds;
            messagesLeft = plan.dropAfterMessages ?? Number.POSITIVE_INFINITY;
        },
        strikes(kind) {
            const chance = chances[kind];
            // Drawn also for a certain strike, so that "next" does not shift what follows.
            const isStruck = chance.rate > 0 && chance.draw() < chance.rate;
            if (!isStruck && chance.certain === 0) {
                return false;
            }
            chance.certain = Math.max(0, chance.certain - 1);
            counts[kind] += 1;
            return true;
        },
        get isQuiet() {
            return Object.values(chances).every(({ rate, certain }) => rate === 0 && certain === 0);
        },
        countMessage() {
            if (messagesLeft > 0) {
                messagesLeft -= 1;
                return false;
            }
            messagesLeft = Number.POSITIVE_INFINITY;
            return true;
        },
        get stallMilliseconds() {
            return stallMilliseconds;
        },
        counts: () => ({ ...counts }),
    };
}

interface Chance {
    readonly rate: number;
    /** Strikes that are still certain. */
    certain: number;
    /** The next number of the kind's own stream, 0 to 1 without 1. */
    readonly draw: () => number;
}

function chancesOf({ seed = 0, rates = {}, next = {} }: FaultPlan): Record<FaultKind, Chance> {
    return eachKind((kind) => ({
        rate: rates[kind] ?? 0,
        certain: next[kind] ?? 0,
        // Of its own, so that one kind does not change when another one is added.
        draw: createRandomStream(`${seed}/${kind}`),
    }));
}

function eachKind<Value>(value: (kind: FaultKind) => Value): Record<FaultKind, Value> {
    return {
        conflictAtCommit: value("conflictAtCommit"),
        catalogConflict: value("catalogConflict"),
        dropBeforeCommit: value("dropBeforeCommit"),
        dropAfterCommit: value("dropAfterCommit"),
        refuseConnection: value("refuseConnection"),
        stall: value("stall"),
    };
}

function check(plan: FaultPlan): void {
    const checks: Readonly<Record<string, (value: unknown, name: string) => void>> = {
        seed: wholeNumber(maxSeed),
        rates: ofKinds((value, name) => {
            if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
                throw refusal(name, value, "a number from 0 to 1");
            }
        }),
        next: ofKinds(wholeNumber(maxOccasions)),
        stallMilliseconds: wholeNumber(maxStallMilliseconds),
        dropAfterMessages: wholeNumber(maxOccasions),
    };
    checkEach(plan, "plan", checks);
}

function ofKinds(checkOne: (value: unknown, name: string) => void) {
    return (value: unknown, name: string): void =>
        checkEach(
            value,
            name,
            eachKind(() => checkOne),
        );
}

function checkEach(
    value: unknown,
    name: string,
    checks: Readonly<Record<string, (value: unknown, name: string) => void>>,
): void {
    if (typeof value !== "object" || value === null) {
        throw refusal(name, value, `an object with ${Object.keys(checks).join(", ")}`);
    }
    for (const [key, one] of Object.entries(value)) {
        const checkOne = Object.hasOwn(checks, key) ? checks[key] : undefined;
        if (checkOne === undefined) {
            throw new Error(
                `The faults' ${name} has "${key}"; allowed: ${Object.keys(checks).join(", ")}.`,
            );
        }
        if (one !== undefined) {
            checkOne(one, name === "plan" ? key : `${name}.${key}`);
        }
    }
}

function wholeNumber(max: number) {
    return (value: unknown, name: string): void => {
        if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > max) {
            throw refusal(name, value, `a whole number from 0 to ${max}`);
        }
    };
}

function refusal(name: string, value: unknown, allowed: string): Error {
    return new Error(`The faults' ${name} is ${JSON.stringify(value)}; allowed: ${allowed}.`);
}
