import type { SqlValue } from "../../app/database/session";
import type { StoredRow, TableName } from "./memory-table";
import { type Interpretation, type Interpretations, none, numbers, texts } from "./statements";
import { digestStatements } from "./statements-of-digests";
import { itemsOf } from "./statements-of-orders";
import { raiseGiven } from "./statements-of-stock";

/** Writes copies that are newer than what is stored and have the same home. */
function copies(
    table: TableName,
    columns: readonly string[],
    kept: readonly string[],
): Interpretation {
    return (transaction, [, ...values]) => {
        for (const [index, id] of texts(values[0]).entries()) {
            const row = Object.fromEntries(
                columns.map((column, place) => [column, element(values[place], index)]),
            );
            const stored = transaction.get(table, id);
            if (stored === undefined) {
                transaction.put(table, id, row);
            } else if (
                Number(stored["version"]) < Number(row["version"]) &&
                stored["home"] === row["home"]
            ) {
                const old = Object.fromEntries(
                    kept.map((column) => [column, stored[column] ?? null]),
                );
                transaction.put(table, id, { ...row, ...old });
            }
        }
        return none;
    };
}

/** Statements of `app/replication` and of the stubs. */
export const replicationStatements: Interpretations = {
    "insert-notices"(transaction, [, destinations, lanes, ids, kinds, refs]) {
        for (const [index, id] of texts(ids).entries()) {
            if (transaction.get("outbox", id) === undefined) {
                transaction.put("outbox", id, {
                    destination: numbers(destinations)[index] ?? 0,
                    lane: numbers(lanes)[index] ?? 0,
                    message_id: id,
                    kind: texts(kinds)[index] ?? "",
                    ref: texts(refs)[index] ?? "",
                });
            }
        }
        return none;
    },
    "find-entries"(transaction, [, destination, firstLane, limit]) {
        const turn = (row: StoredRow) => (Number(row["lane"]) + 16 - Number(firstLane)) % 16;
        return [...transaction.select("outbox", String(destination))]
            .sort(
                (a, b) =>
                    turn(a) - turn(b) ||
                    (String(a["message_id"]) < String(b["message_id"]) ? -1 : 1),
            )
            .slice(0, Number(limit));
    },
    "delete-entries"(transaction, [, , , ids]) {
        for (const id of texts(ids)) {
            if (transaction.get("outbox", id) !== undefined) {
                transaction.remove("outbox", id);
            }
        }
        return none;
    },
    "find-product-states": found("product"),
    "find-stub-states": found("stub"),
    "find-order-states": found("orders"),
    "find-item-states": (transaction, [, ids]) =>
        [...texts(ids)].sort().flatMap((id) => itemsOf(transaction, id)),
    "find-grant-states": (transaction, [, ids, donor, taker]) =>
        texts(ids).flatMap((id) =>
            transaction
                .select("grant", id)
                .filter((grant) => grant["donor"] === donor && grant["taker"] === taker),
        ),
    "copy-products": copies(
        "product",
        "product_id home version deleted name description category search_text price_minor currency created_at updated_at".split(
            " ",
        ),
        ["created_at"],
    ),
    "copy-stubs": copies("stub", ["customer_id", "home", "version"], []),
    "copy-orders": copies(
        "orders",
        "order_id home version customer_id status currency total_minor created_at updated_at superseded_by".split(
            " ",
        ),
        ["customer_id", "currency", "total_minor", "created_at"],
    ),
    "copy-items"(transaction, [, orderIds, lines, productIds, quantities, units]) {
        for (const [index, orderId] of texts(orderIds).entries()) {
            const line = numbers(lines)[index] ?? 0;
            const key = `${orderId}/${line}`;
            if (transaction.get("item", key) === undefined) {
                transaction.put("item", key, {
                    order_id: orderId,
                    line,
                    product_id: texts(productIds)[index] ?? "",
                    quantity: numbers(quantities)[index] ?? 0,
                    unit_minor: Number(texts(units)[index]),
                });
            }
        }
        return none;
    },
    "record-gauges"(transaction, [, cell, observedAt, ...columns]) {
        const names = [
            "product_id",
            "available",
            "taken",
            "returned",
            "applied",
            "demand_per_second",
        ];
        for (const [index, productId] of texts(columns[0]).entries()) {
            const key = `${productId}/${cell}`;
            const stored = transaction.get("gauge", key);
            if (stored === undefined || String(stored["observed_at"]) < String(observedAt)) {
                const told = names.map((name, place) => [name, element(columns[place], index)]);
                const row = { cell: Number(cell), observed_at: String(observedAt) };
                transaction.put("gauge", key, { ...row, ...Object.fromEntries(told) });
            }
        }
        return none;
    },
    "record-grants"(transaction, [, donor, productIds, takers, given]) {
        for (const [index, productId] of texts(productIds).entries()) {
            const taker = numbers(takers)[index] ?? 0;
            raiseGiven(transaction, productId, Number(donor), taker, numbers(given)[index] ?? 0);
        }
        return none;
    },
    "record-contact"(transaction, [, cell, sentAt]) {
        const stored = transaction.get("link", String(cell));
        if (String(stored?.["sent_at"] ?? "") < String(sentAt)) {
            transaction.put("link", String(cell), { ...stored, sent_at: String(sentAt) });
        }
        return none;
    },
    "record-agreement": () => none,
    "find-gauges": byProduct("gauge"),
    "find-grants": byProduct("grant"),
    "find-applied-of-products": byProduct("applied"),
    "insert-stub"(transaction, [, customerId, home, version]) {
        const id = String(customerId);
        if (transaction.get("stub", id) === undefined) {
            const row = { customer_id: id, home: Number(home), version: Number(version) };
            transaction.put("stub", id, row);
        }
        return none;
    },
    "find-stub"(transaction, [, customerId]) {
        const row = transaction.get("stub", String(customerId));
        return row === undefined ? none : [row];
    },
    ...digestStatements,
};

function element(column: SqlValue | undefined, index: number): string | number | boolean | null {
    const value = (column as readonly (string | number | null)[])[index] ?? null;
    return value === "true" ? true : value === "false" ? false : value;
}

function found(table: TableName): Interpretation {
    return (transaction, [, ids]) =>
        texts(ids)
            .map((id) => transaction.get(table, id))
            .filter((row) => row !== undefined);
}

function byProduct(table: TableName): Interpretation {
    return (transaction, [, ids]) => texts(ids).flatMap((id) => transaction.select(table, id));
}
