import assert from "node:assert/strict";
import { insertStub } from "../../app/customers/customer-stub-store";
import { compareWithCopies } from "../../app/replication/digest-run";
import { insertNotices } from "../../app/replication/outbox-store";
import { newId } from "../../app/values/ids";
import { createRandom, type Random } from "../chaos/random";
import { connectedCells, settle, type TestCell } from "../support/cells";
import { allRows } from "./memory-table";
import { openTwinDatabase, type TwinDatabase } from "./twin-database";

const tenantId = "main";
const operations = 260;

/** Statements that only appear when something fails half-way, or that no operation here uses. */
const statementsLeastCompared = 60;

describe("simulation: the memory database", function () {
    this.timeout(90_000);

    let cells: readonly TestCell[];
    const twins: TwinDatabase[] = [];
    const products: string[] = [];
    const customers: string[] = [];
    const orders: { readonly id: string; readonly cell: TestCell }[] = [];

    before(async () => {
        cells = await connectedCells(["us", "eu", "ap"], async () => {
            const twin = await openTwinDatabase();
            twins.push(twin);
            return twin;
        });
        for (const cell of cells) {
            customers.push(await addCustomer(cell, cells));
        }
    });
    after(() => Promise.all(twins.map((twin) => twin.close())));

    it("does what the real one does, statement by statement, whatever is asked of it", async () => {
        const random = createRandom("fidelity");
        for (let number = 0; number < operations; number++) {
            await operate(random, number);
            for (const { differences } of twins) {
                assert.equal(differences[0], undefined, `after operation ${number}`);
            }
        }
        await settle(cells);
        const compared = new Set(twins.flatMap((twin) => [...twin.compared]));
        assert.ok(
            compared.size >= statementsLeastCompared,
            `only ${[...compared].sort().join(" ")}`,
        );
    });

    const tables = [
        {
            name: "pool",
            text: "SELECT product_id, shard, available, coalesce(taken, 0) AS taken, coalesce(returned, 0) AS returned FROM shop.stock_pool",
        },
        {
            name: "product",
            text: "SELECT product_id, home, version, deleted, name, description, price_minor FROM shop.product",
        },
        {
            name: "orders",
            text: "SELECT order_id, home, version, customer_id, status, total_minor FROM shop.orders",
        },
        {
            name: "item",
            text: "SELECT order_id, line, product_id, quantity, unit_minor FROM shop.order_item",
        },
        { name: "grant", text: "SELECT product_id, donor, taker, given FROM shop.stock_grant" },
        { name: "applied", text: "SELECT product_id, donor, applied FROM shop.stock_applied" },
        {
            name: "outbox",
            text: "SELECT destination, lane, message_id, kind, ref FROM shop.outbox",
        },
        { name: "stub", text: "SELECT customer_id, home, version FROM shop.customer_stub" },
    ] as const;
    for (const { name, text } of tables) {
        it(`holds the same rows in the end: ${name}`, async () => {
            for (const { memory, execute } of twins) {
                const rows = await execute(text);
                const columns = Object.keys(rows[0] ?? {});
                const written = (row: object) =>
                    columns.map((column) => String(Reflect.get(row, column))).join(" ");
                assert.deepEqual(
                    allRows(memory.tables()[name]).map(written).sort(),
                    rows.map(written).sort(),
                );
            }
        });
    }

    async function operate(random: Random, number: number): Promise<void> {
        const cell = random.pick(cells) ?? assert.fail();
        const product = random.pick(products) ?? "";
        if (random.chance(0.2)) {
            await cell.request({ path: `/products/${product}/stock` });
        }
        const dice = number < 4 ? 0 : random.next();
        if (dice < 0.08) {
            const body = {
                name: `p${number}`,
                description: "",
                price: 2.5,
                stock_quantity: random.between(0, 9),
                category: "c",
            };
            const created = await cell.request({ method: "POST", path: "/products", body });
            products.push(String(created.body["product_id"]));
        } else if (dice < 0.4) {
            const items = random
                .shuffle([...new Set(products)])
                .slice(0, random.between(1, 3))
                .map((product_id) => ({ product_id, quantity: random.between(1, 4) }));
            const headers = { "idempotency-key": `key-${random.between(0, 40)}` };
            const body = { customer_id: random.pick(customers), items };
            const placed = await cell.request({ method: "POST", path: "/orders", headers, body });
            if (placed.status === 201) {
                orders.push({ id: String(placed.body["order_id"]), cell });
            }
        } else if (dice < 0.53) {
            const order = random.pick(orders);
            await order?.cell.request({ method: "POST", path: `/orders/${order.id}/cancel` });
        } else if (dice < 0.65) {
            const body = {
                quantity: random.between(-3, 12) || 1,
                reason: "correction",
                shards: random.between(1, 3),
            };
            await cell.request({ method: "POST", path: `/products/${product}/stock`, body });
        } else if (dice < 0.75) {
            const headers = { "if-match": "*" };
            const body = { description: `d${number}` };
            const method = random.chance(0.1) ? "DELETE" : "PATCH";
            await cell.request({
                method,
                path: `/products/${product}`,
                headers,
                ...(method === "PATCH" ? { body } : {}),
            });
        } else if (dice < 0.85) {
            await cell.relay();
        } else if (dice < 0.93) {
            assert.deepEqual(await cell.applyAll(), []);
        } else if (dice < 0.97) {
            await cell.rebalance();
        } else {
            await compareWithCopies(cell.services("shop_digest"), tenantId);
        }
    }
});

async function addCustomer(
    { cell, services }: TestCell,
    cells: readonly TestCell[],
): Promise<string> {
    const customerId = newId(cell.number);
    const notices = cells
        .filter((other) => other.cell.number !== cell.number)
        .map(
            (other) =>
                ({
                    destination: other.cell.number,
                    kind: "customer_stub",
                    ref: customerId,
                }) as const,
        );
    await services("shop_customers").session.transact([
        insertStub(tenantId, { customerId, home: cell.number, version: 1 }),
        ...insertNotices(tenantId, cell.number, notices, new Date().toISOString()),
    ]);
    return customerId;
}
