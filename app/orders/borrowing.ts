import type { Services } from "../http/operation";
import { type Gift, takeIn } from "../inventory/receipt-store";
import { askForGifts } from "../replication/exchange-calls";
import type { KnownStock } from "../replication/gauge-store";
import type { GiftAnswer } from "../replication/ports";

/** Units of a product that an order needs and this cell has not. */
export interface Shortage {
    readonly productId: string;
    readonly missing: number;
    readonly known: KnownStock;
}

/** What other cells are believed to have of a product. */
export interface Elsewhere {
    readonly units: number;
    /** False when a cell neither answers nor was ever heard of the product. */
    readonly isCertain: boolean;
}

export interface Borrowed {
    /** Units that were put into this cell's pools. */
    readonly units: number;
    /** What is left elsewhere of each product. */
    readonly elsewhere: ReadonlyMap<string, Elsewhere>;
}

/** What a cell may have, best first. */
export interface Donor {
    readonly cell: number;
    readonly available: number;
}

/** A gauge that says "none" is believed so long; then the cell is asked again. */
const trustSeconds = 15;

/**
 * Fetches exactly what an order lacks from the cells that have most, and puts it into this cell's
 * pools. What arrives too late to be used is not lost: the gift is in the
 * donor's outbox.
 * @param deadline milliseconds of `performance.now()`
 */
export async function borrowMissing(
    services: Services,
    tenantId: string,
    shortages: readonly Shortage[],
    deadline: number,
): Promise<Borrowed> {
    const results = await Promise.all(
        shortages.map(async (shortage) => ({
            productId: shortage.productId,
            ...(await borrowProduct(services, tenantId, shortage, deadline)),
        })),
    );
    return {
        units: results.reduce((sum, { taken }) => sum + taken, 0),
        elsewhere: new Map(results.map(({ productId, left }) => [productId, left])),
    };
}

/** Asks one donor after the other, until nothing is missing or the time is over. */
async function borrowProduct(
    services: Services,
    tenantId: string,
    { productId, missing, known }: Shortage,
    deadline: number,
): Promise<{ readonly taken: number; readonly left: Elsewhere }> {
    const { session, cell, neighbours } = services;
    const donors = chooseDonors(
        known,
        neighbours.cells.map(({ number }) => number),
        new Date(),
    );
    let stillMissing = missing;
    let taken = 0;
    const answered = new Map<number, number>();
    for (const donor of donors) {
        const timeoutMilliseconds = deadline - performance.now();
        if (stillMissing <= 0 || timeoutMilliseconds <= 0) {
            break;
        }
        const applied = known.applied.get(donor.cell) ?? 0;
        const target = targetOf(known, donor.cell, cell.number) + stillMissing;
        try {
            const { answers } = await askForGifts(
                { neighbours, cellNumber: donor.cell, timeoutMilliseconds },
                { taker: cell.number, requests: [{ tenantId, productId, target, kept: 0 }] },
            );
            const gift = giftOf(productId, donor.cell, answers);
            taken += await takeIn(session, tenantId, [gift]);
            stillMissing -= Math.max(0, gift.given - applied);
            answered.set(donor.cell, answers[0]?.available ?? 0);
        } catch {
            // Whatever a donor's trouble is, the next one may have what is missing; and what this
            // one has may be had later.
        }
    }
    return { taken, left: whatIsLeft(services, known, answered) };
}

/** What other cells have by their answers or else by their gauges, and what is on its way to them. */
function whatIsLeft(
    { neighbours }: Services,
    { gauges, grants }: KnownStock,
    answered: ReadonlyMap<number, number>,
): Elsewhere {
    let units = 0;
    let isCertain = true;
    for (const { number } of neighbours.cells) {
        const gauge = gauges.find(({ cell }) => cell === number);
        const given = grants.reduce(
            (sum, { taker, given: to }) => sum + (taker === number ? to : 0),
            0,
        );
        units += answered.get(number) ?? gauge?.available ?? 0;
        units += gauge === undefined ? 0 : Math.max(0, given - gauge.applied);
        isCertain &&= gauge !== undefined || answered.has(number);
    }
    return { units, isCertain };
}

/**
 * The cells to ask, the one with most units first. One that has just said it has none is not asked:
 * when a product is sold out everywhere, its orders must not cross oceans to hear so.
 */
export function chooseDonors(
    { gauges }: KnownStock,
    cells: readonly number[],
    now: Date,
): readonly Donor[] {
    return cells
        .map((number) => ({ number, gauge: gauges.find(({ cell }) => cell === number) }))
        .filter(
            ({ gauge }) =>
                gauge === undefined ||
                gauge.available > 0 ||
                now.getTime() - Date.parse(gauge.observedAt) > trustSeconds * 1_000,
        )
        .map(({ number, gauge }) => ({ cell: number, available: gauge?.available ?? 0 }))
        .sort((one, other) => other.available - one.available || one.cell - other.cell);
}

/** All that a donor is known to have ever given: what is in the pools, and what is on its way. */
export function targetOf({ grants, applied }: KnownStock, donor: number, taker: number): number {
    const grant = grants.find((known) => known.donor === donor && known.taker === taker);
    return Math.max(grant?.given ?? 0, applied.get(donor) ?? 0);
}

function giftOf(productId: string, donor: number, answers: readonly GiftAnswer[]): Gift {
    const given = answers.find((answer) => answer.productId === productId)?.given ?? 0;
    return { productId, donor, given };
}
