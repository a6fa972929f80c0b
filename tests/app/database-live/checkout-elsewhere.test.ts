import assert from "node:assert/strict";
import { connectedCells, settle, type TestCell } from "../../support/cells";
import type { TestDatabase } from "../../support/database";

describe("a checkout that is repeated in another cell", () => {
    let cells: readonly TestCell[];
    let us: TestCell;
    let eu: TestCell;
    let ap: TestCell;
    let product: string;
    let customer: string;

    before(async () => {
        cells = await connectedCells(["us", "eu", "ap"]);
        [us, eu, ap] = cells as [TestCell, TestCell, TestCell];
        product = String(
            (
                await us.request({
                    method: "POST",
                    path: "/products",
                    body: { name: "Lamp", price: 2.5, stock_quantity: 90, category: "lighting" },
                })
            ).body["product_id"],
        );
        customer = String(
            (
                await us.request({
                    method: "POST",
                    path: "/customers",
                    body: { email: "ada@example.com", first_name: "Ada", last_name: "Lovelace" },
                })
            ).body["customer_id"],
        );
        await settle(cells);
    });
    after(() => Promise.all(cells.map(({ database }) => database.close())));
    afterEach(() => {
        for (const cell of cells) {
            cell.isReachable = true;
            cell.cutOff.clear();
        }
    });

    let keys = 0;
    const newKey = (): string => {
        keys += 1;
        return `checkout-${keys}`;
    };
    const checkOut = (cell: TestCell, key: string | undefined, quantity = 2) =>
        cell.request({
            method: "POST",
            path: "/orders",
            headers: key === undefined ? {} : { "idempotency-key": key },
            body: { customer_id: customer, items: [{ product_id: product, quantity }] },
        });
    const read = (cell: TestCell, orderId: unknown) => cell.request({ path: `/orders/${orderId}` });
    const unitsIn = async (cell: TestCell) => sumOf(cell.database, "available", "stock_pool");

    it("is answered with the order of the cell that has told of it", async () => {
        const key = newKey();
        const first = await checkOut(us, key);
        await settle(cells);
        const units = await unitsIn(eu);
        const again = await checkOut(eu, key);
        assert.equal(again.status, 201);
        assert.match(first.text, /"total_amount":5\.00,/);
        assert.equal(again.text, first.text);
        assert.deepEqual(
            ["Location", "ETag", "Idempotent-Replayed"].map((name) => again.headers[name]),
            [first.headers["Location"], first.headers["ETag"], "true"],
        );
        assert.equal(await unitsIn(eu), units);
    });

    for (const { name, cellOf, key, wakeUps } of [
        {
            name: "is told of in a few seconds",
            cellOf: () => us,
            key: newKey(),
            wakeUps: ["soon"],
        },
        {
            name: "is told of at once with an order that its customer's cell has to know",
            cellOf: () => eu,
            key: newKey(),
            wakeUps: ["now"],
        },
        {
            name: "is told of to nobody without a key",
            cellOf: () => us,
            key: undefined,
            wakeUps: [],
        },
    ]) {
        it(name, async () => {
            const cell = cellOf();
            cell.wakeUps.length = 0;
            assert.equal((await checkOut(cell, key)).status, 201);
            assert.deepEqual(cell.wakeUps, wakeUps);
        });
    }

    it("is refused for something else, as at home", async () => {
        const key = newKey();
        await checkOut(us, key);
        await settle(cells);
        const { status, body } = await checkOut(eu, key, 3);
        assert.deepEqual([status, body["code"]], [422, "idempotency_key_reused"]);
    });

    it("places no second order while the first one's cell does not answer", async () => {
        const key = newKey();
        await checkOut(us, key);
        await settle(cells);
        us.isReachable = false;
        const { status, body } = await checkOut(eu, key);
        assert.deepEqual(
            [status, body["code"], body["retryable"]],
            [503, "cell_unreachable", true],
        );
    });

    it("ends with the order that was asked for last, and one cell's stock", async () => {
        const key = newKey();
        const [usUnits, euUnits] = [await unitsIn(us), await unitsIn(eu)];
        const first = await checkOut(us, key);
        await pause();
        const last = await checkOut(eu, key);
        assert.notEqual(first.body["order_id"], last.body["order_id"]);
        await settle(cells);

        const { body: loser } = await read(us, first.body["order_id"]);
        assert.deepEqual(
            [loser["status"], loser["superseded_by"], loser["version"]],
            ["cancelled", last.body["order_id"], 2],
        );
        assert.equal((await read(us, last.body["order_id"])).body["status"], "confirmed");
        assert.deepEqual([await unitsIn(us), await unitsIn(eu)], [usUnits, euUnits - 2]);
        for (const cell of cells) {
            const replay = await checkOut(cell, key);
            assert.equal(replay.body["order_id"], last.body["order_id"], cell.cell.name);
        }
    });

    it("tells the customer's home of the order that gave way", async () => {
        const key = newKey();
        const first = await checkOut(eu, key);
        await pause();
        await checkOut(ap, key);
        await settle(cells);
        const { body } = await us.request({ path: "/orders", query: { customer_id: customer } });
        const orders = body["orders"] as { order_id: string; status: string }[];
        const copy = orders.find(({ order_id }) => order_id === first.body["order_id"]);
        assert.equal(copy?.status, "cancelled");
    });

    it("ends alike whatever arrives first, late or twice", async () => {
        const key = newKey();
        const placed: unknown[] = [];
        for (const cell of [us, ap, eu]) {
            placed.push((await checkOut(cell, key)).body["order_id"]);
            await pause();
        }
        const [, second, last] = placed;
        eu.cutOff.add(1).add(3);
        await settle(cells);
        assert.equal((await checkOut(us, key)).body["order_id"], second);
        eu.cutOff.clear();
        await settle(cells);
        for (const cell of cells) {
            await cell.apply(cell.queue.map((text, index) => ({ id: `again-${index}`, text })));
        }
        await settle(cells);
        const statuses = await Promise.all(
            placed.map(async (id) => (await read(us, id)).body["status"]),
        );
        assert.deepEqual(statuses, ["cancelled", "cancelled", "confirmed"]);
        assert.equal((await checkOut(us, key)).body["order_id"], last);
    });

    it("stays cancelled if the customer has cancelled the order that stays", async () => {
        const key = newKey();
        const first = await checkOut(us, key);
        await pause();
        const last = await checkOut(eu, key);
        await eu.request({ method: "POST", path: `/orders/${last.body["order_id"]}/cancel` });
        await settle(cells);
        for (const { body } of [first, last]) {
            assert.equal((await read(us, body["order_id"])).body["status"], "cancelled");
        }
    });

    it("returns the stock once, though both cells hear of each other at once", async () => {
        const units = async () =>
            (await Promise.all(cells.map(unitsIn))).reduce((sum, count) => sum + count, 0);
        const before = await units();
        const placed = await Promise.all(
            Array.from({ length: 8 }, async () => {
                const key = newKey();
                await Promise.all([checkOut(us, key), checkOut(eu, key)]);
                return key;
            }),
        );
        await settle(cells);
        await settle(cells);
        assert.equal(await units(), before - 2 * placed.length);
    });

    it("keeps nothing of what a client wrote into its key", async () => {
        await checkOut(us, "ada@example.com");
        await settle(cells);
        for (const { database } of cells) {
            const rows = await database.execute(
                "SELECT count(*)::integer AS count FROM shop.idempotency WHERE key LIKE '%@%'",
            );
            assert.equal(rows[0]?.["count"], 0);
        }
    });
});

/** Two requests of one client never come in the same millisecond. */
function pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 3));
}

async function sumOf(database: TestDatabase, column: string, table: string): Promise<number> {
    const rows = await database.execute(`SELECT sum(${column})::integer AS sum FROM shop.${table}`);
    return Number(rows[0]?.["sum"]);
}
