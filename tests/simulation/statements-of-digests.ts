import type { Row, SqlValue } from "../../app/database/session";
import { homeOf } from "../../app/values/ids";
import type { StoredRow, TableName } from "./memory-table";
import type { Transaction } from "./memory-transaction";
import type { Interpretations } from "./statements";

/** Statements of `app/replication/digest-store.ts`. */
export const digestStatements: Interpretations = {
    ...comparison("product", "product", "product_id"),
    ...comparison("customer_stub", "stub", "customer_id"),
    ...comparison("order", "orders", "order_id"),
    ...comparison("grant", "grant", "product_id"),
    ...comparison("grant", "applied", "product_id", "-applied"),
    ...checkoutComparison("", (transaction, row, home) => {
        const order = transaction.get("orders", String(row["resource_id"]));
        return order?.["home"] === home;
    }),
    ...checkoutComparison("-told", (_, row, home) => homeOf(String(row["resource_id"])) === home),
};

/** The two statements of a digest: sums below a prefix, and the rows themselves. */
function comparison(
    kind: string,
    table: TableName,
    idColumn: string,
    suffix = "",
): Interpretations {
    const rows = (
        transaction: Transaction,
        [, home, holder, least, greatest]: readonly SqlValue[],
    ) =>
        transaction
            .all(table)
            .filter((row) => isCompared(table, row, Number(home), Number(holder)))
            .map((row) => ({
                id: String(row[idColumn]),
                version: Number(row["version"] ?? row["given"] ?? row["applied"]),
            }))
            .filter(({ id }) => id >= String(least) && id <= String(greatest))
            .sort((one, other) => (one.id < other.id ? -1 : 1));
    return {
        [`digest-${kind}${suffix}`]: (transaction, values) =>
            digestsOf(rows(transaction, values), Number(values[5])),
        [`list-${kind}${suffix}`]: (transaction, values) =>
            rows(transaction, values).slice(0, Number(values[5])),
    };
}

/** The same of checkouts, whose version is made of the time. */
function checkoutComparison(
    suffix: string,
    isTold: (transaction: Transaction, row: StoredRow, home: number) => boolean,
): Interpretations {
    const rows = (transaction: Transaction, [, home, , least, greatest]: readonly SqlValue[]) =>
        transaction
            .all("idempotency")
            .filter((row) => isTold(transaction, row, Number(home)))
            .map((row) => ({
                id: String(row["key"]),
                version: 1 + (Date.parse(String(row["created_at"])) % 1_000_003),
            }))
            .filter(({ id }) => id >= String(least) && id <= String(greatest))
            .sort((one, other) => (one.id < other.id ? -1 : 1));
    return {
        [`digest-checkout${suffix}`]: (transaction, values) =>
            digestsOf(rows(transaction, values), Number(values[5])),
        [`list-checkout${suffix}`]: (transaction, values) =>
            rows(transaction, values).slice(0, Number(values[5])),
    };
}

function isCompared(table: TableName, row: StoredRow, home: number, holder: number): boolean {
    switch (table) {
        case "orders":
            return row["home"] === home && homeOf(String(row["customer_id"])) === holder;
        case "grant":
            return row["donor"] === home && row["taker"] === holder && Number(row["given"]) > 0;
        case "applied":
            return row["donor"] === home && Number(row["applied"]) > 0;
        default:
            return row["home"] === home;
    }
}

function digestsOf(
    rows: readonly { readonly id: string; readonly version: number }[],
    length: number,
): readonly Row[] {
    const digests = new Map<string, { count: number; versions: number; squares: number }>();
    for (const { id, version } of rows) {
        const prefix = id.replaceAll("-", "").slice(0, length);
        const digest = digests.get(prefix) ?? { count: 0, versions: 0, squares: 0 };
        digest.count++;
        digest.versions += version;
        digest.squares += version * version;
        digests.set(prefix, digest);
    }
    return [...digests].map(([prefix, digest]) => ({ prefix, ...digest }));
}
