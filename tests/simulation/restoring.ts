import { isNewer } from "../../app/replication/version-guard";
import type { SimulatedCell } from "./cell";
import { allRows, rowsOf, type StoredRow, type Tables } from "./memory-table";
import type { Transaction } from "./memory-transaction";
import { grantKey, newPool, poolKey } from "./statements";
import { itemsOf } from "./statements-of-orders";

/**
 * What has to be done before a cell that was restored from a backup may open again. It has
 * forgotten what it told the others, so:
 *
 * 1. it stays closed, nobody is answered and no message is taken in, until the others have taken in
 *    every message from it: the key of a checkout would cancel an order whose newer state they have;
 * 2. it takes back, from their copies, every row of its own that is newer than what it has;
 * 3. what it has given is raised to the most that anybody knows of, and its pools are lowered by
 *    the difference; where they do not reach, the supply after the backup was forgotten too, and the
 *    ledger gets an entry for it;
 * 4. orders that come back take their units again, and those that come back cancelled return them.
 *
 * What no other cell has is lost: orders of its own customers, keys, and receipts since the backup.
 */
export function takeBack(restored: SimulatedCell, others: readonly SimulatedCell[]): void {
    restored.database.change((transaction) => {
        for (const { database } of others) {
            const tables = database.tables();
            takeBackRows(transaction, restored.number, tables);
            takeBackOrders(transaction, restored.number, tables);
        }
        for (const other of others) {
            takeBackGifts(transaction, restored.number, other, others);
        }
    });
}

function takeBackRows(transaction: Transaction, home: number, theirs: Tables): void {
    for (const [table, idColumn] of [
        ["product", "product_id"],
        ["stub", "customer_id"],
    ] as const) {
        for (const copy of allRows(theirs[table])) {
            const id = String(copy[idColumn]);
            if (copy["home"] === home && isAhead(copy, transaction.get(table, id))) {
                transaction.put(table, id, copy);
            }
        }
    }
}

function takeBackOrders(transaction: Transaction, home: number, theirs: Tables): void {
    for (const copy of allRows(theirs.orders)) {
        const id = String(copy["order_id"]);
        const stored = transaction.get("orders", id);
        if (copy["home"] !== home || !isAhead(copy, stored)) {
            continue;
        }
        transaction.put("orders", id, copy);
        for (const item of rowsOf(theirs.item, id)) {
            transaction.put("item", `${id}/${item["line"]}`, item);
        }
        const isLive = (row: StoredRow | undefined) => (row?.["status"] === "confirmed" ? 1 : 0);
        for (const item of itemsOf(transaction, id)) {
            const units = (isLive(stored) - isLive(copy)) * Number(item["quantity"]);
            changeStock(transaction, String(item["product_id"]), units);
        }
    }
}

function takeBackGifts(
    transaction: Transaction,
    donor: number,
    taker: SimulatedCell,
    others: readonly SimulatedCell[],
): void {
    const known = new Map<string, number>();
    const hear = (row: StoredRow, given: unknown) => {
        const id = String(row["product_id"]);
        known.set(id, Math.max(known.get(id) ?? 0, Number(given)));
    };
    for (const row of allRows(taker.database.tables().applied)) {
        if (row["donor"] === donor) {
            hear(row, row["applied"]);
        }
    }
    for (const { database } of others) {
        for (const row of allRows(database.tables().grant)) {
            if (row["donor"] === donor && row["taker"] === taker.number) {
                hear(row, row["given"]);
            }
        }
    }
    for (const [id, given] of known) {
        const key = grantKey(id, donor, taker.number);
        const stored = Number(transaction.get("grant", key)?.["given"] ?? 0);
        if (given > stored) {
            transaction.put("grant", key, { product_id: id, donor, taker: taker.number, given });
            changeStock(transaction, id, stored - given);
        }
    }
}

function isAhead(copy: StoredRow, stored: StoredRow | undefined): boolean {
    return isNewer(Number(copy["version"]), stored && Number(stored["version"]));
}

/** Changes the pools by units; what they lack is entered into the ledger as supply. */
function changeStock(transaction: Transaction, productId: string, units: number): void {
    let left = units;
    const pools = transaction.select("pool", productId);
    for (const pool of pools.length > 0 ? pools : [newPool(productId, 0, 0)]) {
        const available = Number(pool["available"]);
        const change = Math.max(left, -available);
        transaction.put("pool", poolKey(productId, Number(pool["shard"])), {
            ...pool,
            available: available + change,
        });
        left -= change;
    }
    if (left < 0) {
        const movements = transaction.select("movement", productId).length;
        transaction.put("movement", `restored-${productId}-${movements}`, {
            product_id: productId,
            quantity: -left,
        });
    }
}
