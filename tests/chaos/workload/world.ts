import type { Random } from "../random";
import { homeOf } from "../state";

/** What the clients have heard of; they tell each other. */
export interface World {
    readonly products: Known;
    readonly customers: Known;
    readonly orders: Known;
}

/** The newest of some ids. */
export interface Known {
    add(id: string): void;
    /** One of the newest, or with luck one of all; undefined while there is none. */
    pick(random: Random): string | undefined;
    /** One whose home is the cell of that number, if there is one among the newest. */
    pickOf(random: Random, cellNumber: number): string | undefined;
}

const capacity = 400;

/** Makes a world in which nothing is known yet. */
export function createWorld(): World {
    return { products: createKnown(10), customers: createKnown(30), orders: createKnown(60) };
}

/** @param popular how many of the newest are what most clients want */
function createKnown(popular: number): Known {
    const ids: string[] = [];
    return {
        add(id) {
            if (!ids.includes(id)) {
                ids.push(id);
            }
            ids.splice(0, ids.length - capacity);
        },
        pick: (random) => random.pick(random.chance(0.8) ? ids.slice(-popular) : ids),
        pickOf(random, cellNumber) {
            const some = ids.slice(-4 * popular).filter((id) => homeOf(id) === cellNumber);
            return random.pick(some);
        },
    };
}
