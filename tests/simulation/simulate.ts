import type { Fault, FaultKind } from "./faults";
import { add, type Counters } from "./reached";
import { shrink } from "./shrink";
import { runWorld, type WorldResult } from "./world";

/** A world in which a rule was broken, and what it takes to see it again. */
export interface Schedule {
    readonly seed: string;
    readonly faults: readonly Fault[];
    readonly violation: string;
}

/** A test waits for the result, and a schedule need not be the very smallest. */
const shrinkNanoseconds = 30_000_000_000n;

/** What a simulation has come to. Plain data: it travels between processes. */
export interface Summary {
    readonly steps: number;
    readonly worlds: number;
    readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
    readonly reached: Readonly<Record<string, number>>;
    /** Of each world, milliseconds from healing until all cells agreed. */
    readonly convergedAfter: readonly number[];
    readonly failure: Schedule | undefined;
}

export interface SimulationOptions {
    readonly seed: string;
    readonly steps: number;
    /** Of how many processes this is which: each takes every so manieth world. */
    readonly processes: number;
    readonly process: number;
    readonly onProgress: (steps: number) => void;
}

/** Lets worlds live, one after the other, until there were enough steps or a rule was broken. */
export async function simulate(options: SimulationOptions): Promise<Summary> {
    const faults: Counters = new Map();
    const reached: Counters = new Map();
    const convergedAfter: number[] = [];
    let steps = 0;
    let failure: Schedule | undefined;
    let number = options.process;
    for (; steps < options.steps && failure === undefined; number += options.processes) {
        const world = await runWorld(`${options.seed}.${number}`);
        steps += world.steps;
        for (const { kind } of world.faults) {
            add(faults, kind);
        }
        for (const [name, count] of world.counters) {
            add(reached, name, count);
        }
        convergedAfter.push(Math.round(world.convergedAfter));
        failure = await scheduleOf(world);
        options.onProgress(steps);
    }
    return {
        steps,
        worlds: convergedAfter.length,
        faults: Object.fromEntries(faults),
        reached: Object.fromEntries(reached),
        convergedAfter,
        failure,
    };
}

/** The smallest schedule that was found to break a rule in this world. */
async function scheduleOf({ seed, faults, violation }: WorldResult): Promise<Schedule | undefined> {
    if (violation === undefined) {
        return undefined;
    }
    const endsAt = process.hrtime.bigint() + shrinkNanoseconds;
    const few = await shrink(
        faults,
        async (candidate) =>
            process.hrtime.bigint() < endsAt &&
            (await runWorld(seed, candidate)).violation !== undefined,
    );
    const again = await runWorld(seed, few);
    return { seed, faults: few, violation: again.violation ?? violation };
}

/** Adds up what several processes have found. */
export function addUp(summaries: readonly Summary[]): Summary {
    const added = (pick: (summary: Summary) => Readonly<Record<string, number>>) => {
        const total: Counters = new Map();
        for (const [name, count] of summaries.flatMap((one) => Object.entries(pick(one)))) {
            add(total, name, count);
        }
        return Object.fromEntries(total);
    };
    const sum = (pick: (summary: Summary) => number) =>
        summaries.reduce((total, one) => total + pick(one), 0);
    return {
        steps: sum(({ steps }) => steps),
        worlds: sum(({ worlds }) => worlds),
        faults: added(({ faults }) => faults as Record<string, number>),
        reached: added(({ reached }) => reached),
        convergedAfter: summaries.flatMap(({ convergedAfter }) => convergedAfter),
        failure: summaries.find(({ failure }) => failure !== undefined)?.failure,
    };
}
