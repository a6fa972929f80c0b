import assert from "node:assert/strict";
import { compareWithCopies } from "../../../app/replication/digest-run";
import { connectedCells, settle, type TestCell } from "../../support/cells";
import { makeCustomer, makeProduct, order, read, stockIn, unitsOf } from "../../support/cells-shop";

describe("cells that know each other", function () {
    this.timeout(30_000);

    let cells: readonly TestCell[];
    let us: TestCell;
    let eu: TestCell;
    let ap: TestCell;

    before(async () => {
        cells = await connectedCells(["us", "eu", "ap"]);
        [us, eu, ap] = cells as [TestCell, TestCell, TestCell];
    });
    after(() => Promise.all(cells.map(({ database }) => database.close())));
    afterEach(() => {
        for (const cell of cells) {
            cell.isReachable = true;
        }
    });

    it("show a product of one in all, with its stock divided", async () => {
        const product = await makeProduct(eu, 10);
        assert.deepEqual(await stockIn(eu, product), {
            total: 10,
            us: [0, 3],
            eu: [4, 0],
            ap: [0, 3],
        });
        await settle(cells);
        for (const cell of cells) {
            const { body } = await read(cell, `/products/${product}`);
            assert.deepEqual([body["name"], body["home"], body["version"]], ["Lamp", 2, 1]);
        }
        const own = await us.database.execute(
            "SELECT available FROM shop.stock_pool WHERE product_id = $1::uuid",
            [product],
        );
        assert.deepEqual(own, [{ available: "3" }]);
    });

    it("change a product at its home, wherever the change arrives", async () => {
        const product = await makeProduct(us, 3);
        await settle(cells);
        const changed = await ap.request({
            method: "PATCH",
            path: `/products/${product}`,
            headers: { "If-Match": "*" },
            body: { name: "Lantern" },
        });
        assert.deepEqual([changed.status, changed.body["version"]], [200, 2]);
        assert.equal((await read(us, `/products/${product}`)).body["name"], "Lantern");
        await settle(cells);
        assert.equal((await read(eu, `/products/${product}`)).body["name"], "Lantern");
    });

    it("refuse a change while the home cannot be reached, and change nothing", async () => {
        const product = await makeProduct(us, 3);
        await settle(cells);
        us.isReachable = false;
        const refused = await ap.request({
            method: "DELETE",
            path: `/products/${product}`,
            headers: { "If-Match": "*" },
        });
        assert.deepEqual([refused.status, refused.body["code"]], [503, "cell_unreachable"]);
        assert.equal((await read(us, `/products/${product}`)).status, 200);
    });

    it("keep personal data at home and know elsewhere that the customer exists", async () => {
        const customer = await makeCustomer(eu);
        await settle(cells);
        assert.equal((await read(ap, `/customers/${customer}`)).body["first_name"], "A");
        for (const cell of [us, ap]) {
            const people_ = await cell.database.execute(
                "SELECT 1 FROM shop.customer WHERE customer_id = $1::uuid",
                [customer],
            );
            assert.deepEqual(people_, []);
            const stubs = await cell.database.execute(
                "SELECT home, version FROM shop.customer_stub WHERE customer_id = $1::uuid",
                [customer],
            );
            assert.deepEqual(stubs, [{ home: 2, version: "1" }]);
        }
    });

    it("take an order of a customer whose stub has not arrived", async () => {
        const product = await makeProduct(us, 9);
        const customer = await makeCustomer(eu);
        const placed = await order(us, customer, product, 2);
        assert.equal(placed.status, 201, JSON.stringify(placed.body));
    });

    it("list the orders of a customer from all cells, and read and cancel them from any", async () => {
        const product = await makeProduct(us, 9);
        const customer = await makeCustomer(eu);
        await settle(cells);
        const placed = await order(us, customer, product, 1);
        await settle(cells);
        const orderId = String(placed.body["order_id"]);
        const listed = await read(ap, "/orders").then(() =>
            ap.request({ path: "/orders", query: { customer_id: customer } }),
        );
        const orders = listed.body["orders"] as { order_id: string }[];
        assert.deepEqual(
            orders.map(({ order_id }) => order_id),
            [orderId],
        );
        assert.equal((await read(ap, `/orders/${orderId}`)).body["status"], "confirmed");
        for (const cell of [ap, eu]) {
            const cancelled = await cell.request({
                method: "POST",
                path: `/orders/${orderId}/cancel`,
            });
            assert.equal(cancelled.body["status"], "cancelled", JSON.stringify(cancelled.body));
        }
        await settle(cells);
        assert.deepEqual((await stockIn(us, product))["us"], [3, 0]);
    });

    it("ignore what is repeated, out of order or stale", async () => {
        const product = await makeProduct(us, 30);
        await us.relay();
        const first = eu.queue.splice(0);
        await us.request({
            method: "PATCH",
            path: `/products/${product}`,
            headers: { "If-Match": "*" },
            body: { name: "Newer" },
        });
        await us.relay();
        const second = eu.queue.splice(0);
        const deliveries = [...second, ...first, ...second, ...first].map((text, index) => ({
            id: `${index}`,
            text,
        }));
        assert.deepEqual(await eu.apply(deliveries), []);
        assert.equal((await read(eu, `/products/${product}`)).body["name"], "Newer");
        for (const delivery of deliveries) {
            assert.deepEqual(await eu.apply([delivery]), []);
        }
        assert.equal((await read(eu, `/products/${product}`)).body["name"], "Newer");
        assert.deepEqual((await stockIn(eu, product))["eu"], [10, 0]);
    });

    it("find by digest what a queue has lost, and send it again", async () => {
        const product = await makeProduct(us, 9);
        const customer = await makeCustomer(us);
        await us.relay();
        eu.queue.splice(0);
        await settle(cells);
        assert.equal((await read(eu, `/products/${product}`)).status, 404);
        const services = us.services("shop_digest");
        const [first] = await compareWithCopies(services, "main");
        assert.ok((first?.behind ?? 0) >= 3, JSON.stringify(first));
        await settle(cells);
        assert.equal((await read(eu, `/products/${product}`)).status, 200);
        assert.deepEqual((await unitsOf(cells, product))[1], 3);
        assert.equal((await order(eu, customer, product, 1)).status, 201);
        await settle(cells);
        const [second] = await compareWithCopies(services, "main");
        assert.deepEqual(second, { cell: "eu", behind: 0, ahead: 0 });
    });

    it("tell how they stand with each other", async () => {
        for (const cell of cells) {
            await cell.rebalance();
        }
        await settle(cells);
        eu.isReachable = false;
        const { body } = await us.request({ path: "/cells" });
        const rows = body["cells"] as Record<string, unknown>[];
        assert.deepEqual(
            rows.map(({ cell, reachable, outbox_depth }) => [cell, reachable, outbox_depth]),
            [
                ["eu", false, 0],
                ["ap", true, 0],
            ],
        );
        assert.ok(
            rows.every(({ lag_seconds }) => Number(lag_seconds) < 20),
            JSON.stringify(rows),
        );
    });
});
