import type { Statement } from "../database/session";
import type { Services } from "../http/operation";
import type { ChangedRow } from "../replication/notices";
import { insertNotices } from "../replication/outbox-store";
import { splitUnits } from "./grants";

/** The share of another cell in new stock. */
export interface FirstGift {
    readonly taker: number;
    readonly given: number;
}

/** Divides new stock over the cells by their weights. */
export function divideStock(
    { neighbours }: Services,
    quantity: number,
): { readonly own: number; readonly gifts: readonly FirstGift[] } {
    const { ownWeight, cells } = neighbours;
    const weights = [ownWeight, ...cells.map(({ weight }) => weight)];
    // Where nobody has a weight, as in a cell alone that has none, all stays here.
    const [own = 0, ...shares] = weights.some((weight) => weight > 0)
        ? splitUnits(quantity, weights)
        : [quantity];
    const gifts = cells
        .map(({ number }, index) => ({ taker: number, given: shares[index] ?? 0 }))
        .filter(({ given }) => given > 0);
    return { own, gifts };
}

/** The statements that have each taker told of its gift. */
export function tellTakers(
    { cell }: Services,
    gifts: readonly FirstGift[],
    { tenantId, kind, ref, changedAt }: ChangedRow,
): readonly Statement[] {
    const notices = gifts.map(({ taker }) => ({ destination: taker, kind, ref }));
    return insertNotices(tenantId, cell.number, notices, changedAt);
}
