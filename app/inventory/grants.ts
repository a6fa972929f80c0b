import { type Pool, type PoolChange, takeUnits, totalAvailable } from "./stock";

/** A donor's decision: what it has given a taker by then, and the pools it comes from. */
export interface Gift {
    /** Units ever given to the taker, this gift included. */
    readonly given: number;
    /** All negative; none when nothing is given. */
    readonly changes: readonly PoolChange[];
}

/**
 * Raises what was ever given to a taker towards a target, as far as the pools reach. A request
 * names what shall have been given in the end and not how much to give, so one that is repeated
 * gives nothing a second time.
 * @param given units ever given to the taker so far
 * @param target units that shall have been given
 * @param kept units that the donor does not part with
 */
export function planGift(pools: readonly Pool[], given: number, target: number, kept = 0): Gift {
    const spare = Math.max(0, totalAvailable(pools) - kept);
    const units = Math.max(0, Math.min(target - given, spare));
    const changes = takeUnits(pools, units).map((taken) => ({
        shard: taken.shard,
        units: -taken.units,
    }));
    return { given: given + units, changes };
}

/**
 * Units of a donor's gifts that are not in the taker's pools yet. Both numbers only ever rise, so
 * whichever news of a gift comes first, comes twice or comes late, each unit is added once.
 */
export function unitsToApply(given: number, applied: number): number {
    return Math.max(0, given - applied);
}

/**
 * Divides units by weights; what does not divide evenly goes to the largest remainders, the first
 * of equals first.
 * @param weights at least one above 0
 */
export function splitUnits(quantity: number, weights: readonly number[]): readonly number[] {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const exact = weights.map((weight) => (quantity * weight) / total);
    const shares = exact.map(Math.floor);
    const byRemainder = exact
        .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
        .sort((one, other) => other.remainder - one.remainder || one.index - other.index);
    let left = quantity - shares.reduce((sum, share) => sum + share, 0);
    for (const { index } of byRemainder) {
        if (left === 0) {
            break;
        }
        shares[index] = (shares[index] ?? 0) + 1;
        left--;
    }
    return shares;
}
