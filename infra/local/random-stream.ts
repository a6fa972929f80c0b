/**
 * Numbers from 0 to 1 without 1, as random as faults need them and the same for the same seed.
 * Each kind of fault has a stream of its own, so that one does not shift another.
 */
export function createRandomStream(seed: string): () => number {
    let counter = hash(seed);
    return () => {
        // A counter, mixed as MurmurHash3 ends. Source: https://github.com/aappleby/smhasher/wiki/MurmurHash3
        counter = (counter + 0x9e37_79b9) >>> 0;
        let mixed = Math.imul(counter ^ (counter >>> 16), 0x85eb_ca6b);
        mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
        return ((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_0000_0000;
    };
}

/** FNV-1a. Source: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
function hash(text: string): number {
    return [...Buffer.from(text)].reduce(
        (value, byte) => Math.imul(value ^ byte, 0x0100_0193) >>> 0,
        0x811c_9dc5,
    );
}
