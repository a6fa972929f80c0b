import type { QueueClient } from "../aws/queue-client";
import type { Services } from "../http/operation";
import { takeIn } from "../inventory/receipt-store";
import { sampleStock, stockOfRow } from "../inventory/stock-sample-store";
import { askForGifts } from "./exchange-calls";
import { findKnownStock, readKnownStock, recordGauges } from "./gauge-store";
import { openInboxes } from "./inboxes";
import { type GaugeState, writeMessage } from "./messages";
import type { RebalancePorts } from "./rebalance";

const borrowTimeoutMilliseconds = 3_000;
/** A message of so many gauges has some 20 KB. */
const gaugesPerMessage = 100;

/** Rebalancing in a cell's database, with the other cells' queues and APIs. */
export function openRebalancing(
    { session, cell, neighbours }: Services,
    tenantId: string,
    queueClient: QueueClient,
): RebalancePorts {
    const inboxes = openInboxes(queueClient);
    return {
        cell: cell.number,
        otherCells: neighbours.cells.map(({ number }) => number),
        now: () => new Date(),
        async sample(after, limit) {
            const rows = await session.query(sampleStock(tenantId, after, limit));
            return rows.map(stockOfRow);
        },
        known: async (productIds) =>
            readKnownStock(await session.transact(findKnownStock(tenantId, productIds))),
        async remember(gauges, observedAt) {
            // The grants are this cell's own and stored already.
            const own = gauges.map((gauge) => ({ ...gauge, grants: [] }));
            await session.transact(recordGauges(tenantId, { cell: 0, observedAt, gauges: own }));
        },
        async tell(gauges, observedAt) {
            const texts = chunks(gauges).map((some) =>
                writeMessage({
                    tenantId,
                    from: cell.number,
                    sentAt: observedAt,
                    kind: "gauges",
                    state: { cell: cell.number, observedAt, gauges: some },
                }),
            );
            // A cell that cannot be told now is told later, and must not keep the others waiting.
            await Promise.allSettled(neighbours.cells.map((other) => inboxes.send(other, texts)));
        },
        async borrow(cellNumber, requests) {
            try {
                const { answers } = await askForGifts(
                    { neighbours, cellNumber, timeoutMilliseconds: borrowTimeoutMilliseconds },
                    {
                        taker: cell.number,
                        requests: requests.map((request) => ({ tenantId, ...request })),
                    },
                );
                return answers;
            } catch {
                // It is asked again at the next run.
                return [];
            }
        },
        takeIn: (gifts) => takeIn(session, tenantId, gifts),
    };
}

/** At least one, if only an empty one. */
function chunks(gauges: readonly GaugeState[]): readonly (readonly GaugeState[])[] {
    const parts: (readonly GaugeState[])[] = [gauges.slice(0, gaugesPerMessage)];
    for (let start = gaugesPerMessage; start < gauges.length; start += gaugesPerMessage) {
        parts.push(gauges.slice(start, start + gaugesPerMessage));
    }
    return parts;
}
