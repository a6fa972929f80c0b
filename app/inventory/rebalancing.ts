/** What is known of a product's stock in one cell. */
export interface CellGauge {
    readonly cell: number;
    /** In its pools, and on its way to it. */
    readonly available: number;
    readonly demandPerSecond: number;
}

/** Units to ask of a donor. */
export interface Transfer {
    readonly donor: number;
    readonly units: number;
    /** Units the donor may keep: its own share. */
    readonly kept: number;
}

/** A cell that sells nothing at the moment still gets this part of the stock. */
const leastShare = 0.05;
/** A cell asks for more when it has less than this part of its share: not at every order. */
const refillBelow = 0.5;
/** And when it has less than so many seconds of its own demand. */
const lowWaterSeconds = 3;
/** Where there are fewer units per cell than this, moving them about loses sales. */
const leastUnitsPerCell = 4;

/**
 * Decides what a cell asks of the others, so that each has what its customers are going to order:
 * shares follow the demand, and the units come from the cells that have most beyond their own share.
 * Nothing moves while nobody orders.
 * @param gauges of all cells, this one included, each once
 */
export function planTransfers(cell: number, gauges: readonly CellGauge[]): readonly Transfer[] {
    const own = gauges.find((gauge) => gauge.cell === cell);
    const total = gauges.reduce((sum, { available }) => sum + available, 0);
    const demand = gauges.reduce((sum, { demandPerSecond }) => sum + demandPerSecond, 0);
    if (own === undefined || demand === 0 || total < leastUnitsPerCell * gauges.length) {
        return [];
    }
    const shareOf = (gauge: CellGauge) => {
        const evenly = leastShare;
        const byDemand = (1 - leastShare * gauges.length) * (gauge.demandPerSecond / demand);
        return Math.floor(total * (evenly + byDemand));
    };
    const ownShare = shareOf(own);
    const lowWater = Math.max(
        refillBelow * ownShare,
        Math.min(ownShare, lowWaterSeconds * own.demandPerSecond),
    );
    if (own.available >= lowWater) {
        return [];
    }
    let wanted = ownShare - own.available;
    const transfers: Transfer[] = [];
    const donors = gauges
        .filter((gauge) => gauge.cell !== cell)
        .map((gauge) => ({ ...gauge, kept: shareOf(gauge) }))
        .sort(
            (one, other) =>
                other.available - other.kept - (one.available - one.kept) || one.cell - other.cell,
        );
    for (const { cell: donor, available, kept } of donors) {
        const units = Math.min(wanted, available - kept);
        if (units > 0) {
            transfers.push({ donor, units, kept });
            wanted -= units;
        }
    }
    return transfers;
}

/** How much of the past is in a demand: half of what it was one sample ago. */
const smoothing = 0.5;

/**
 * The demand for a product, from how many units orders have ever taken at two moments.
 * @param before undefined at the first sample
 */
export function nextDemand(
    taken: number,
    now: Date,
    before:
        | { readonly taken: number; readonly at: Date; readonly demandPerSecond: number }
        | undefined,
): number {
    const seconds = before === undefined ? 0 : (now.getTime() - before.at.getTime()) / 1_000;
    // A clock that has gone back tells nothing.
    if (before === undefined || seconds <= 0) {
        return before?.demandPerSecond ?? 0;
    }
    const measured = Math.max(0, taken - before.taken) / seconds;
    const smoothed = smoothing * before.demandPerSecond + (1 - smoothing) * measured;
    // What has almost stopped has stopped: otherwise it would be told for ever.
    return smoothed < 0.001 ? 0 : smoothed;
}
