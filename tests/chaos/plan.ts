import type { Fault, Place } from "./faults";
import { createRandom, type Random } from "./random";

/** A time of faults, and the quiet after it. */
export interface PlannedWindow {
    /** For people: `eu and ap cut apart, databases unsteady`. */
    readonly name: string;
    readonly faults: readonly Fault[];
    readonly milliseconds: number;
    /** How long clients go on after everything is healed, before it is waited for convergence. */
    readonly quietMilliseconds: number;
    /** How long clients go on after the repair, at most; without it they pause at once. */
    readonly recoveryMilliseconds?: number;
}

export interface PlanOptions {
    readonly seed: string;
    readonly places: readonly Place[];
    /** Of all windows and quiets together; what waiting for convergence takes is not in it. */
    readonly milliseconds: number;
    /** Whether there is an edge whose ways can be broken, too. */
    readonly hasEdge?: boolean;
}

/** Shorter ones end before anything has noticed. */
const shortestMilliseconds = 3_000;
const longestMilliseconds = 12_000;

/**
 * Plans what is broken when. Each window breaks something between cells or a whole cell, and
 * something inside; every kind comes once before any comes twice, so that a short drill sees as
 * many as it can.
 */
export function planWindows({
    seed,
    places,
    milliseconds,
    hasEdge = false,
}: PlanOptions): readonly PlannedWindow[] {
    const random = createRandom(`${seed}/plan`);
    const makers = hasEdge ? [...outerFaults, ...edgeFaults] : outerFaults;
    const outer = bagOf(makers, random.fork("outer"));
    const inner = bagOf(innerFaults, random.fork("inner"));
    const windows: PlannedWindow[] = [];
    for (let left = milliseconds; left >= shortestMilliseconds; ) {
        const longest = Math.min(
            longestMilliseconds,
            Math.max(shortestMilliseconds, milliseconds / 8),
        );
        const length = Math.min(left, random.between(shortestMilliseconds, longest));
        const quietMilliseconds = Math.min(1_000, length / 4);
        const [between, inside] = [outer()(places, random), inner()(places, random)];
        windows.push({
            name: `${between.name}, ${inside.name}`,
            faults: [...between.faults, ...inside.faults],
            milliseconds: length - quietMilliseconds,
            quietMilliseconds,
        });
        left -= length;
    }
    return windows;
}

/** Faults that belong together. */
interface Trouble {
    readonly name: string;
    readonly faults: readonly Fault[];
}

type Maker = (places: readonly Place[], random: Random) => Trouble;

/** The first ones are those without which a drill proves little. */
const outerFaults: readonly Maker[] = [
    cutBothWays,
    takeCellDown,
    cutOneWay,
    slowDown,
    takeRegionDown,
];
const edgeFaults: readonly Maker[] = [
    loseRegion,
    letRegionRefuse,
    letHealthFlap,
    cutOffStores,
    slowRegionDown,
];
const innerFaults: readonly Maker[] = [disturbDatabases, disturbMessages, killFunctions];

/** Gives each maker once in a round: first in the given order, then shuffled. */
function bagOf(makers: readonly Maker[], random: Random): () => Maker {
    let round = [...makers];
    return () => {
        if (round.length === 0) {
            round = random.shuffle(makers);
        }
        return round.shift() ?? cutBothWays;
    };
}

function twoOf(places: readonly Place[], random: Random): readonly [Place, Place] {
    const [one, other] = random.shuffle(places);
    if (one === undefined || other === undefined) {
        throw new Error(`The drill needs at least two cells, the stack has ${places.length}.`);
    }
    return [one, other];
}

function cutBothWays(places: readonly Place[], random: Random): Trouble {
    const [one, other] = twoOf(places, random);
    return {
        name: `${one.name} and ${other.name} cut apart`,
        faults: [
            { kind: "cut", from: one, to: other },
            { kind: "cut", from: other, to: one },
        ],
    };
}

function cutOneWay(places: readonly Place[], random: Random): Trouble {
    const [from, to] = twoOf(places, random);
    return { name: `${from.name} to ${to.name} cut`, faults: [{ kind: "cut", from, to }] };
}

function slowDown(places: readonly Place[], random: Random): Trouble {
    const [one, other] = twoOf(places, random);
    const milliseconds = random.between(100, 600);
    return {
        name: `${one.name} and ${other.name} far apart`,
        faults: [
            { kind: "slow", from: one, to: other, milliseconds },
            { kind: "slow", from: other, to: one, milliseconds },
        ],
    };
}

function takeCellDown(places: readonly Place[], random: Random): Trouble {
    const [{ name }] = twoOf(places, random);
    return { name: `${name} down`, faults: [{ kind: "cellDown", cell: name }] };
}

function takeRegionDown(places: readonly Place[], random: Random): Trouble {
    const [{ name, home }] = twoOf(places, random);
    return {
        name: `home Region of ${name} down`,
        faults: [{ kind: "regionDown", region: home, cell: name }],
    };
}

function loseRegion(places: readonly Place[], random: Random): Trouble {
    const [{ name, home }] = twoOf(places, random);
    return {
        name: `home Region of ${name} lost`,
        faults: [{ kind: "regionLost", region: home, cell: name }],
    };
}

function letRegionRefuse(places: readonly Place[], random: Random): Trouble {
    const [{ name, home }] = twoOf(places, random);
    return {
        name: `home Region of ${name} answers 503`,
        faults: [{ kind: "regionUnavailable", region: home }],
    };
}

function letHealthFlap(places: readonly Place[], random: Random): Trouble {
    const [{ name, home }] = twoOf(places, random);
    return {
        name: `health of ${name} flaps`,
        faults: [{ kind: "healthFlaps", region: home }],
    };
}

function cutOffStores(): Trouble {
    return { name: "KeyValueStore unreachable", faults: [{ kind: "storesUnreachable" }] };
}

function slowRegionDown(places: readonly Place[], random: Random): Trouble {
    const [{ name, home }] = twoOf(places, random);
    const milliseconds = random.between(500, 3_000);
    return {
        name: `home Region of ${name} slow`,
        faults: [{ kind: "regionSlow", region: home, milliseconds }],
    };
}

function disturbDatabases(places: readonly Place[], random: Random): Trouble {
    const rates = {
        conflictAtCommit: 0.1,
        catalogConflict: 0.02,
        dropBeforeCommit: 0.03,
        dropAfterCommit: 0.05,
        refuseConnection: 0.05,
        stall: 0.02,
    };
    return {
        name: "databases unsteady",
        faults: places.map(({ name }) => {
            const seed = random.between(0, 0xffff_ffff);
            return { kind: "database", cell: name, plan: { seed, rates, stallMilliseconds: 300 } };
        }),
    };
}

function disturbMessages(_: readonly Place[], random: Random): Trouble {
    const faults = {
        lossRate: random.between(10, 30) / 100,
        duplicationRate: random.between(20, 50) / 100,
        reorderRate: random.between(20, 50) / 100,
        delayMilliseconds: random.between(0, 500),
    };
    return { name: "messages lost and repeated", faults: [{ kind: "messages", faults }] };
}

function killFunctions(_: readonly Place[], random: Random): Trouble {
    return {
        name: "functions killed",
        faults: ["relay", "apply", "orders", "exchange"].map((functionName) => ({
            kind: "kill",
            functionName,
            afterAwaits: random.between(1, 6),
            count: random.between(1, 3),
        })),
    };
}
