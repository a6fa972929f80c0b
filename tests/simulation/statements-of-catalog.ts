import type { Row, SqlValue } from "../../app/database/session";
import type { StoredRow } from "./memory-table";
import type { Transaction } from "./memory-transaction";
import { type Interpretations, insert, none } from "./statements";

/** Statements of `app/catalog`. */
export const catalogStatements: Interpretations = {
    "insert-product"(transaction, values) {
        const [, productId, home, version, name, description, category, words] = values;
        const [price, currency, createdAt, updatedAt] = values.slice(8);
        const row: StoredRow = {
            product_id: String(productId),
            home: Number(home),
            version: Number(version),
            deleted: false,
            name: String(name),
            description: String(description),
            category: String(category),
            search_text: String(words),
            price_minor: String(price),
            currency: String(currency),
            created_at: String(createdAt),
            updated_at: String(updatedAt),
        };
        return insert(transaction, "product", String(productId), row, "product_pkey");
    },
    "find-product"(transaction, [, productId]) {
        const row = transaction.get("product", String(productId));
        return row === undefined || row["deleted"] === true ? none : [withStock(transaction, row)];
    },
    "update-product"(transaction, values) {
        const [, productId, expected, updatedAt, name, description, category] = values;
        const [price, currency, words] = values.slice(7);
        const stored = transaction.get("product", String(productId));
        const terms: StoredRow = {
            updated_at: String(updatedAt),
            name: String(name),
            description: String(description),
            category: String(category),
            price_minor: String(price),
            currency: String(currency),
        };
        if (!mayChange(stored, expected, terms) || stored?.["deleted"] !== false) {
            return none;
        }
        const version = Number(expected) + 1;
        const row = { ...stored, ...terms, search_text: String(words), version };
        transaction.put("product", String(productId), row);
        return [withStock(transaction, row)];
    },
    "delete-product"(transaction, [, productId, expected, updatedAt]) {
        const stored = transaction.get("product", String(productId));
        const terms: StoredRow = { updated_at: String(updatedAt), deleted: true };
        const isFirst = stored?.["deleted"] === false && stored["version"] === expected;
        if (stored === undefined || !(isFirst || isRepeated(stored, expected, terms))) {
            return none;
        }
        const row = { ...stored, ...terms, version: Number(expected) + 1 };
        transaction.put("product", String(productId), row);
        return [row];
    },
};

function mayChange(
    stored: StoredRow | undefined,
    expected: SqlValue | undefined,
    terms: StoredRow,
): boolean {
    return (
        stored !== undefined &&
        (stored["version"] === expected || isRepeated(stored, expected, terms))
    );
}

/** Whether the same change was made already and only its answer was lost. */
function isRepeated(stored: StoredRow, expected: SqlValue | undefined, terms: StoredRow): boolean {
    return (
        stored["version"] === Number(expected) + 1 &&
        Object.entries(terms).every(([name, value]) => stored[name] === value)
    );
}

/** What is known of the product's stock, as `app/inventory/known-units.ts` adds it up. */
function withStock(transaction: Transaction, row: StoredRow): Row {
    const id = String(row["product_id"]);
    const sum = (rows: readonly StoredRow[], value: (row: StoredRow) => number) =>
        rows.reduce((total, one) => total + value(one), 0);
    const units =
        sum(transaction.select("pool", id), (pool) => Number(pool["available"])) +
        sum(
            transaction.select("gauge", id).filter(({ cell }) => cell !== 0),
            (gauge) => Number(gauge["available"]) - Number(gauge["applied"]),
        ) +
        sum(transaction.select("grant", id), (grant) => Number(grant["given"])) -
        sum(transaction.select("applied", id), (receipt) => Number(receipt["applied"]));
    return { ...row, stock_quantity: Math.max(0, units) };
}
