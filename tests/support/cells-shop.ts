import assert from "node:assert/strict";
import type { TestCell } from "./cells";

async function create(cell: TestCell, path: string, body: object): Promise<string> {
    const answer = await cell.request({ method: "POST", path, body });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return String(answer.body["product_id"] ?? answer.body["customer_id"]);
}

/** Makes a product in a cell. */
export function makeProduct(cell: TestCell, stock_quantity: number): Promise<string> {
    const product = { name: "Lamp", category: "light", price: 10, stock_quantity };
    return create(cell, "/products", product);
}

let people = 0;

/** Makes a customer in a cell. */
export function makeCustomer(cell: TestCell): Promise<string> {
    const email = `person${people++}@example.com`;
    return create(cell, "/customers", { email, first_name: "A", last_name: "B" });
}

/** Orders in a cell. */
export function order(cell: TestCell, customer_id: string, product_id: string, quantity: number) {
    const body = { customer_id, items: [{ product_id, quantity }] };
    return cell.request({ method: "POST", path: "/orders", body });
}

export function read(cell: TestCell, path: string) {
    return cell.request({ path });
}

/** The stock of a product as a cell sees it: by cell what is available and what is in flight. */
export async function stockIn(
    cell: TestCell,
    productId: string,
): Promise<{ readonly total: unknown; readonly [cell: string]: unknown }> {
    const { body } = await read(cell, `/products/${productId}/stock`);
    const rows = body["cells"] as { cell: string; available: number; in_flight: number }[];
    const byCell = rows.map(({ cell: name, available, in_flight }) => [
        name,
        [available, in_flight],
    ]);
    return { total: body["available"], ...Object.fromEntries(byCell) };
}

/** The units of a product in each cell's own pools. */
export function unitsOf(cells: readonly TestCell[], productId: string): Promise<number[]> {
    return Promise.all(
        cells.map(async ({ database }) => {
            const [row] = await database.execute(
                "SELECT sum(available) AS units FROM shop.stock_pool WHERE product_id = $1::uuid",
                [productId],
            );
            return Number(row?.["units"]);
        }),
    );
}
