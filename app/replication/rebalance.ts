import { nextDemand, planTransfers } from "../inventory/rebalancing";
import type { Gift } from "../inventory/receipt-store";
import type { GaugeOfCell, KnownStock } from "./gauge-store";
import type { GaugeState } from "./messages";
import type { GiftAnswer, GiftRequest } from "./ports";

/** A product's stock in this cell's own pools. */
export interface OwnStock {
    readonly productId: string;
    readonly available: number;
    readonly taken: number;
    readonly returned: number;
}

/** What rebalancing needs of the world. */
export interface RebalancePorts {
    /** The number of this cell. */
    readonly cell: number;
    readonly otherCells: readonly number[];
    now(): Date;
    /** Products in the order of their ids. */
    sample(after: string | undefined, limit: number): Promise<readonly OwnStock[]>;
    known(productIds: readonly string[]): Promise<(productId: string) => KnownStock>;
    /** Remembers what this cell tells the others. */
    remember(gauges: readonly GaugeState[], observedAt: string): Promise<void>;
    /** Tells the others; what does not arrive is told again with the next change. */
    tell(gauges: readonly GaugeState[], observedAt: string): Promise<void>;
    borrow(
        donor: number,
        requests: readonly Omit<GiftRequest, "tenantId">[],
    ): Promise<readonly GiftAnswer[]>;
    takeIn(gifts: readonly Gift[]): Promise<number>;
}

export interface RebalanceReport {
    readonly products: number;
    readonly told: number;
    readonly borrowedUnits: number;
    /** Where the next run goes on; undefined after the last product. */
    readonly next: string | undefined;
}

/** Products that one run looks at. */
const pageSize = 500;
const maxRequestsPerCall = 50;

/**
 * Looks at a page of products: tells the other cells what has changed of this one's stock, and
 * asks them for what its customers are going to order. Told or not, lost or repeated, no unit is
 * ever in two pools: the gifts see to that.
 */
export async function rebalanceOnce(
    ports: RebalancePorts,
    after: string | undefined,
): Promise<RebalanceReport> {
    const stock = await ports.sample(after, pageSize);
    const known = await ports.known(stock.map(({ productId }) => productId));
    const now = ports.now();
    const products = stock.map((own) => lookAt(own, known(own.productId), ports, now));
    const changed = products.filter(({ isChanged }) => isChanged).map(({ gauge }) => gauge);
    const observedAt = now.toISOString();
    if (changed.length > 0) {
        await ports.remember(changed, observedAt);
    }
    // Without a change too: that this cell can be heard is news.
    if (changed.length > 0 || after === undefined) {
        await ports.tell(changed, observedAt);
    }
    const borrowedUnits = await borrowAll(
        ports,
        products.flatMap(({ requests }) => requests),
    );
    const next = stock.length < pageSize ? undefined : stock.at(-1)?.productId;
    return { products: stock.length, told: changed.length, borrowedUnits, next };
}

interface BorrowRequest extends Omit<GiftRequest, "tenantId"> {
    readonly donor: number;
}

interface Looked {
    readonly gauge: GaugeState;
    readonly isChanged: boolean;
    readonly requests: readonly BorrowRequest[];
}

function lookAt(own: OwnStock, known: KnownStock, ports: RebalancePorts, now: Date): Looked {
    const before = known.gauges.find(({ cell }) => cell === 0);
    const demandPerSecond = nextDemand(
        own.taken,
        now,
        before && { ...before, at: new Date(before.observedAt) },
    );
    const applied = [...known.applied.values()].reduce((sum, units) => sum + units, 0);
    const grants = known.grants
        .filter(({ donor }) => donor === ports.cell)
        .map(({ taker, given }) => ({ taker, given }));
    const gauge: GaugeState = { ...own, applied, demandPerSecond, grants };
    return {
        gauge,
        isChanged: isTold(before, gauge),
        requests: requestsFor(gauge, known, ports),
    };
}

function isTold(before: GaugeOfCell | undefined, gauge: GaugeState): boolean {
    return (
        before === undefined ||
        before.available !== gauge.available ||
        before.taken !== gauge.taken ||
        before.returned !== gauge.returned ||
        before.applied !== gauge.applied ||
        before.demandPerSecond !== gauge.demandPerSecond
    );
}

function requestsFor(
    own: GaugeState,
    known: KnownStock,
    { cell, otherCells }: RebalancePorts,
): readonly BorrowRequest[] {
    const onItsWay = (taker: number, applied: number) => {
        const given = known.grants.filter((grant) => grant.taker === taker);
        return Math.max(0, given.reduce((sum, grant) => sum + grant.given, 0) - applied);
    };
    const others = known.gauges.filter((gauge) => otherCells.includes(gauge.cell));
    const gauges = [
        { ...own, cell, available: own.available + onItsWay(cell, own.applied) },
        ...others.map((gauge) => ({
            ...gauge,
            available: gauge.available + onItsWay(gauge.cell, gauge.applied),
        })),
    ];
    return planTransfers(cell, gauges).map(({ donor, units, kept }) => {
        const grant = known.grants.find((one) => one.donor === donor && one.taker === cell);
        const given = Math.max(grant?.given ?? 0, known.applied.get(donor) ?? 0);
        return { donor, productId: own.productId, target: given + units, kept };
    });
}

async function borrowAll(
    ports: RebalancePorts,
    requests: readonly BorrowRequest[],
): Promise<number> {
    const units = await Promise.all(
        ports.otherCells.map(async (donor) => {
            const own = requests.filter((request) => request.donor === donor);
            let taken = 0;
            for (let start = 0; start < own.length; start += maxRequestsPerCall) {
                const answers = await ports.borrow(
                    donor,
                    own.slice(start, start + maxRequestsPerCall),
                );
                taken += await ports.takeIn(answers.map((answer) => ({ ...answer, donor })));
            }
            return taken;
        }),
    );
    return units.reduce((sum, taken) => sum + taken, 0);
}
