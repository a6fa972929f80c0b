/** Units of a product that the cell can sell, in one of the rows they are spread over. */
export interface Pool {
    readonly shard: number;
    /** Units, never negative. */
    readonly available: number;
}

/** A change of a pool by a number of units: a difference, so that no concurrent one is lost. */
export interface PoolChange {
    readonly shard: number;
    /** Units, negative to take away. */
    readonly units: number;
}

/** Units of all pools together. */
export function totalAvailable(pools: readonly Pool[]): number {
    return pools.reduce((total, { available }) => total + available, 0);
}

/**
 * How a receipt or a correction changes the pools of a product.
 * @param quantity units, negative to take away
 * @param shards spreads all units evenly over so many pools; without it the units stay where they
 * are, receipts fill the lowest pools and corrections drain the fullest
 * @returns changes that add up to the quantity. When there are too few units to take away, one of
 * them leaves its pool below zero, so that the database refuses them all.
 */
export function planChange(
    pools: readonly Pool[],
    quantity: number,
    shards?: number,
): readonly PoolChange[] {
    const units = totalAvailable(pools) + quantity;
    if (units < 0) {
        return [{ shard: fullest(pools)[0]?.shard ?? 0, units: quantity }];
    }
    if (shards !== undefined) {
        return respread(pools, units, shards);
    }
    return quantity < 0
        ? takeUnits(pools, -quantity).map(({ shard, units: taken }) => ({ shard, units: -taken }))
        : fillLowest(pools, quantity);
}

/**
 * Takes units from as few pools as possible, the fullest first.
 * @returns how many units to take from which pool, together less than wanted when there are fewer
 */
export function takeUnits(pools: readonly Pool[], wanted: number): readonly PoolChange[] {
    const taken: PoolChange[] = [];
    let missing = wanted;
    for (const { shard, available } of fullest(pools)) {
        const units = Math.min(available, missing);
        if (units > 0) {
            taken.push({ shard, units });
            missing -= units;
        }
    }
    return taken;
}

function fullest(pools: readonly Pool[]): readonly Pool[] {
    return [...pools].sort((a, b) => b.available - a.available || a.shard - b.shard);
}

/** Raises the lowest pools to a common level, as water would. */
function fillLowest(pools: readonly Pool[], units: number): readonly PoolChange[] {
    const lowest = pools.length === 0 ? [{ shard: 0, available: 0 }] : fullest(pools).toReversed();
    let held = units;
    let count = 0;
    for (const { available } of lowest) {
        if (available * count >= held) {
            break;
        }
        held += available;
        count++;
    }
    return lowest
        .slice(0, count)
        .map(({ shard, available }, position) => ({
            shard,
            units: shareOf(held, count, position) - available,
        }))
        .filter((change) => change.units !== 0);
}

function respread(pools: readonly Pool[], units: number, shards: number): readonly PoolChange[] {
    const held = new Map(pools.map(({ shard, available }) => [shard, available]));
    // Pools that are no longer wanted are emptied but stay, so that an order under way finds them.
    for (let shard = 0; shard < shards; shard++) {
        held.set(shard, held.get(shard) ?? 0);
    }
    return [...held].map(([shard, available]) => ({
        shard,
        units: (shard < shards ? shareOf(units, shards, shard) : 0) - available,
    }));
}

/** The share of the one at a position (from 0) when units are divided as evenly as possible. */
function shareOf(units: number, count: number, position: number): number {
    return Math.floor(units / count) + (position < units % count ? 1 : 0);
}
