/** Numbers that are the same for the same seed. */
export interface Random {
    /** 0 to 1 without 1. */
    next(): number;
    /** A whole number from the first to the last, both included. */
    between(first: number, last: number): number;
    /** True with the given likelihood. */
    chance(likelihood: number): boolean;
    /** One of them; undefined when there is none. */
    pick<Value>(values: readonly Value[]): Value | undefined;
    /** All of them in another order. */
    shuffle<Value>(values: readonly Value[]): Value[];
    /** Numbers of its own, so that what one consumer draws does not shift what another one gets. */
    fork(name: string): Random;
}

/** Makes numbers from a seed, which may be any text. */
export function createRandom(seed: string): Random {
    let state = hash(seed);
    // Mulberry32. Source: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
    const next = (): number => {
        state = (state + 0x6d2b_79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
    };
    const between = (first: number, last: number): number =>
        first + Math.floor(next() * (last - first + 1));
    return {
        next,
        between,
        chance: (likelihood) => next() < likelihood,
        pick: (values) => values[between(0, values.length - 1)],
        shuffle(values) {
            const shuffled = [...values];
            for (let last = shuffled.length - 1; last > 0; last--) {
                const other = between(0, last);
                const moved = shuffled[last] as (typeof shuffled)[number];
                shuffled[last] = shuffled[other] as (typeof shuffled)[number];
                shuffled[other] = moved;
            }
            return shuffled;
        },
        fork: (name) => createRandom(`${seed}/${name}`),
    };
}

/** FNV-1a. Source: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
function hash(text: string): number {
    return [...Buffer.from(text)].reduce(
        (value, byte) => Math.imul(value ^ byte, 0x0100_0193) >>> 0,
        0x811c_9dc5,
    );
}
