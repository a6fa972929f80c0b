import { homeOf } from "../../app/values/ids";
import { type Change, rowsOf, type StoredRow, type Tables } from "./memory-table";

/** What a change adds to what is missing of a product; only a home counts. */
export function unitsOf(
    cell: number,
    { table, before, after }: Change,
    tables: () => Tables,
): { readonly product: string; readonly units: number }[] {
    const difference = (column: string) =>
        Number(after?.[column] ?? 0) - Number(before?.[column] ?? 0);
    const product = String((after ?? before)?.["product_id"]);
    switch (table) {
        case "movement":
            return [{ product, units: difference("quantity") }];
        case "pool":
            return [{ product, units: -difference("available") }];
        case "grant":
            return after?.["donor"] === cell ? [{ product, units: -difference("given") }] : [];
        case "applied":
            return [{ product, units: difference("applied") }];
        case "orders": {
            const live = (row: StoredRow | undefined) => (row?.["status"] === "confirmed" ? 1 : 0);
            const orders = live(after) - live(before);
            return after?.["home"] !== cell || orders === 0
                ? []
                : rowsOf(tables().item, String(after["order_id"])).map((item) => ({
                      product: String(item["product_id"]),
                      units: -orders * Number(item["quantity"]),
                  }));
        }
        default:
            return [];
    }
}

/** The cells that have to be told of a row that its home changes. */
export function destinationsOf(
    cell: number,
    table: string,
    row: StoredRow | undefined,
    cells: readonly number[],
): readonly number[] {
    if (table === "grant") {
        return row?.["donor"] === cell ? [Number(row["taker"])] : [];
    }
    if (row?.["home"] !== cell) {
        return [];
    }
    const customerHome = homeOf(String(row["customer_id"] ?? ""));
    const isOfOthers = (other: number) =>
        other !== cell && (table !== "orders" || other === customerHome);
    return cells.filter(isOfOthers);
}

/** The version of what an outbox entry is about, as it is now. */
export function presentVersion(tables: Tables, entry: StoredRow, cell: number): number {
    const ref = String(entry["ref"]);
    switch (entry["kind"]) {
        case "product":
            return Number(tables.product.entries.get(ref)?.row?.["version"] ?? 0);
        case "customer_stub":
            return Number(tables.stub.entries.get(ref)?.row?.["version"] ?? 0);
        case "order":
            return Number(tables.orders.entries.get(ref)?.row?.["version"] ?? 0);
        default: {
            const key = `${ref}/${cell}/${entry["destination"]}`;
            return Number(tables.grant.entries.get(key)?.row?.["given"] ?? 0);
        }
    }
}

/** All that a row says. */
export function contentOf(row: StoredRow): string {
    return JSON.stringify(Object.entries(row).sort());
}

/** An id is unique over all tables, but a product and a stub of it are not the same row. */
export function contentName(table: string, row: StoredRow): string {
    const id = table === "product" ? "product_id" : table === "stub" ? "customer_id" : "order_id";
    return `${row[id]}@${row["version"]}`;
}
