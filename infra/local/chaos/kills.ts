import type { KillOrder } from "../kill-order";
import type { FunctionRegistration } from "../lambda";
import { createRandomStream } from "../random-stream";

/** Which invocations are to die, and when. */
export interface KillPlan {
    /** Part of a function's logical name: "orders", "eu-relay". Empty: any function. */
    readonly function: string;
    /** Only in this Region; left out: in any. */
    readonly region?: string;
    /** After how many events of sockets and timers: 0 to 10,000. */
    readonly afterAwaits?: number;
    /** After a random number of such events, at most so many: 0 to 10,000. */
    readonly withinAwaits?: number;
    /** After a random time, at most so long: 1 to 60,000. */
    readonly withinMilliseconds?: number;
    /** 0 to 4,294,967,295, default 0. Chooses what is random. */
    readonly seed?: number;
    /** How many invocations die: 1 to 1,000,000, default 1. */
    readonly count?: number;
}

/** An invocation that is to die; exactly one of the two must be called when it has ended. */
export interface Sentence {
    readonly order: KillOrder;
    /** It died. */
    carriedOut(): void;
    /** It ended before its time came, so that another one can die in its place. */
    escaped(): void;
}

/** Decides which invocations die. */
export interface Kills {
    /** @throws Error naming what is wrong and what is allowed */
    plan(plan: KillPlan): void;
    /** Asked for each invocation; undefined: it lives. */
    draw(registration: Pick<FunctionRegistration, "logicalName" | "region">): Sentence | undefined;
    heal(): void;
    /** Plans that are not carried out yet, and how many are to die of each. */
    list(): readonly (KillPlan & { readonly left: number })[];
    readonly killed: number;
    readonly escaped: number;
}

interface Execution {
    readonly plan: KillPlan;
    readonly random: () => number;
    left: number;
}

const maxPlans = 100;
const maxAwaits = 10_000;
const maxMilliseconds = 60_000;
const maxCount = 1_000_000;
const maxSeed = 0xffff_ffff;

/** Makes kills of which none is planned. */
export function createKills(): Kills {
    let executions: Execution[] = [];
    const totals = { killed: 0, escaped: 0 };
    return {
        plan(plan) {
            check(plan);
            executions = executions.filter(({ left }) => left > 0);
            if (executions.length >= maxPlans) {
                throw new Error(`${maxPlans} kills are planned already; heal them first.`);
            }
            const { seed = 0, count = 1 } = plan;
            executions.push({ plan, left: count, random: createRandomStream(`${seed}/kill`) });
        },
        draw(registration) {
            const execution = executions.find(
                ({ plan, left }) => left > 0 && matches(plan, registration),
            );
            if (execution === undefined) {
                return undefined;
            }
            execution.left -= 1;
            return {
                order: orderOf(execution),
                carriedOut() {
                    totals.killed += 1;
                },
                escaped() {
                    totals.escaped += 1;
                    execution.left += 1;
                },
            };
        },
        heal() {
            executions = [];
        },
        list: () => executions.flatMap(({ plan, left }) => (left > 0 ? [{ ...plan, left }] : [])),
        get killed() {
            return totals.killed;
        },
        get escaped() {
            return totals.escaped;
        },
    };
}

function matches(
    plan: KillPlan,
    { logicalName, region }: Pick<FunctionRegistration, "logicalName" | "region">,
): boolean {
    return (
        logicalName.includes(plan.function) && (plan.region === undefined || plan.region === region)
    );
}

function orderOf({ plan, random }: Execution): KillOrder {
    const { afterAwaits, withinAwaits, withinMilliseconds } = plan;
    if (withinMilliseconds !== undefined) {
        return { afterMilliseconds: Math.floor(random() * withinMilliseconds) };
    }
    return { afterAwaits: afterAwaits ?? Math.floor(random() * ((withinAwaits ?? 0) + 1)) };
}

function check(plan: KillPlan): void {
    const moments = ["afterAwaits", "withinAwaits", "withinMilliseconds"] as const;
    const given = moments.filter((moment) => plan[moment] !== undefined);
    if (given.length !== 1) {
        throw new Error(
            `A kill has ${given.join(" and ") || "no moment"}; allowed: one of ${moments.join(", ")}.`,
        );
    }
    checkNumber(plan, "afterAwaits", 0, maxAwaits);
    checkNumber(plan, "withinAwaits", 0, maxAwaits);
    checkNumber(plan, "withinMilliseconds", 1, maxMilliseconds);
    checkNumber(plan, "seed", 0, maxSeed);
    checkNumber(plan, "count", 1, maxCount);
    if (typeof plan.function !== "string") {
        throw new Error(
            "A kill's function is no text; allowed: part of a function's name, or \"\".",
        );
    }
}

function checkNumber(
    plan: KillPlan,
    name: "afterAwaits" | "withinAwaits" | "withinMilliseconds" | "seed" | "count",
    min: number,
    max: number,
): void {
    const value = plan[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= min && value <= max)) {
        throw new Error(
            `A kill's ${name} is ${JSON.stringify(value)}; allowed: a whole number from ${min} ` +
                `to ${max}.`,
        );
    }
}
