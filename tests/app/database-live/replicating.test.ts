import assert from "node:assert/strict";
import { giveUnits } from "../../../app/inventory/gift-store";
import { takeIn } from "../../../app/inventory/receipt-store";
import { compareWithCopies } from "../../../app/replication/digest-run";
import { connectedCells, settle, type TestCell } from "../../support/cells";

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

    async function create(cell: TestCell, path: string, body: object): Promise<string> {
        const answer = await cell.request({ method: "POST", path, body });
        assert.equal(answer.status, 201, JSON.stringify(answer.body));
        return String(answer.body["product_id"] ?? answer.body["customer_id"]);
    }

    const aProduct = (cell: TestCell, stock_quantity: number) =>
        create(cell, "/products", { name: "Lamp", category: "light", price: 10, stock_quantity });

    let people = 0;
    const aCustomer = (cell: TestCell) =>
        create(cell, "/customers", {
            email: `person${people++}@example.com`,
            first_name: "A",
            last_name: "B",
        });

    const order = (cell: TestCell, customer_id: string, product_id: string, quantity: number) =>
        cell.request({
            method: "POST",
            path: "/orders",
            body: { customer_id, items: [{ product_id, quantity }] },
        });

    const read = (cell: TestCell, path: string) => cell.request({ path });

    const stockIn = async (cell: TestCell, productId: string) => {
        const { body } = await read(cell, `/products/${productId}/stock`);
        const rows = body["cells"] as { cell: string; available: number; in_flight: number }[];
        return {
            total: body["available"],
            ...Object.fromEntries(
                rows.map(({ cell: name, available, in_flight }) => [name, [available, in_flight]]),
            ),
        };
    };

    const unitsOf = (productId: string) =>
        Promise.all(
            cells.map(async ({ database }) => {
                const [row] = await database.execute(
                    "SELECT sum(available) AS units FROM shop.stock_pool WHERE product_id = $1::uuid",
                    [productId],
                );
                return Number(row?.["units"]);
            }),
        );

    it("show a product of one in all, with its stock divided", async () => {
        const product = await aProduct(eu, 10);
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
        const product = await aProduct(us, 3);
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
        const product = await aProduct(us, 3);
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
        const customer = await aCustomer(eu);
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
        const product = await aProduct(us, 9);
        const customer = await aCustomer(eu);
        const placed = await order(us, customer, product, 2);
        assert.equal(placed.status, 201, JSON.stringify(placed.body));
    });

    it("list the orders of a customer from all cells, and read and cancel them from any", async () => {
        const product = await aProduct(us, 9);
        const customer = await aCustomer(eu);
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
        assert.deepEqual((await stockIn(us, product))["us" as never], [3, 0]);
    });

    it("borrow exactly what an order lacks", async () => {
        const product = await aProduct(us, 9);
        const customer = await aCustomer(eu);
        await settle(cells);
        const placed = await order(eu, customer, product, 5);
        assert.equal(placed.status, 201, JSON.stringify(placed.body));
        await settle(cells);
        assert.deepEqual([...(await unitsOf(product))].sort(), [0, 1, 3]);
    });

    it("sell all units of all cells to a crowd in one, which repeats what is in transit", async () => {
        const product = await aProduct(us, 24);
        const customer = await aCustomer(eu);
        await settle(cells);
        const buy = async () => {
            for (let attempt = 0; attempt < 50; attempt++) {
                const { status, body } = await order(eu, customer, product, 1);
                if (body["code"] !== "stock_in_transit") {
                    return body["code"] ?? status;
                }
            }
            return "never";
        };
        const outcomes = await Promise.all(Array.from({ length: 28 }, buy));
        assert.equal(outcomes.filter((outcome) => outcome === 201).length, 24, outcomes.join(" "));
        assert.equal(outcomes.filter((outcome) => outcome === "out_of_stock").length, 4);
        await settle(cells);
        assert.deepEqual(await unitsOf(product), [0, 0, 0]);
    });

    it("tell sold out from units that are elsewhere", async () => {
        const product = await aProduct(us, 9);
        const customer = await aCustomer(eu);
        await settle(cells);
        const tooMany = await order(eu, customer, product, 10);
        assert.deepEqual(
            [tooMany.status, tooMany.body["code"], tooMany.body["products"]],
            [409, "out_of_stock", [{ product_id: product, wanted: 10, available: 9 }]],
        );
        await settle(cells);
        for (const cell of cells) {
            await cell.rebalance();
        }
        await settle(cells);
        const away = await aProduct(us, 9);
        await settle(cells);
        us.isReachable = false;
        ap.isReachable = false;
        const later = await order(eu, customer, away, 4);
        assert.deepEqual([later.status, later.body["code"]], [409, "stock_in_transit"]);
        assert.equal(later.body["retryable"], true);
    });

    it("ignore what is repeated, out of order or stale", async () => {
        const product = await aProduct(us, 30);
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
        for (const delivery of deliveries) {
            assert.deepEqual(await eu.apply([delivery]), []);
        }
        assert.equal((await read(eu, `/products/${product}`)).body["name"], "Newer");
        assert.deepEqual((await stockIn(eu, product))["eu" as never], [10, 0]);
    });

    it("move stock to where it is ordered", async () => {
        const product = await aProduct(us, 300);
        const customer = await aCustomer(ap);
        await settle(cells);
        for (let round = 0; round < 3; round++) {
            for (const cell of cells) {
                await cell.rebalance();
            }
            await settle(cells);
            await order(ap, customer, product, 20);
        }
        for (let round = 0; round < 4; round++) {
            for (const cell of cells) {
                await cell.rebalance();
            }
            await settle(cells);
        }
        const stock = (await stockIn(ap, product)) as unknown as Record<string, number[]>;
        assert.ok((stock["ap"]?.[0] ?? 0) > 100, JSON.stringify(stock));
        assert.equal(stock["total"], 240, JSON.stringify(stock));
    });

    it("give and take each unit once, whatever happens to commits and however often it is asked", async () => {
        const product = await aProduct(us, 300);
        await settle(cells);
        const [sum] = await us.database.execute(
            "SELECT given FROM shop.stock_grant WHERE product_id = $1::uuid AND taker = 2",
            [product],
        );
        const given = Number(sum?.["given"]);
        const plan = { seed: 7, rates: { dropAfterCommit: 0.2, conflictAtCommit: 0.2 } };
        await us.database.setFaults(plan);
        await eu.database.setFaults(plan);
        const giver = us.services("shop_exchange").session;
        const taker = eu.services("shop_orders").session;
        await Promise.all(
            [1, 2, 2, 3, 5, 5, 8, 8].map(async (more) => {
                const answer = await giveUnits(
                    giver,
                    { donor: 1, taker: 2 },
                    { tenantId: "main", productId: product, target: given + more, kept: 0 },
                );
                await takeIn(taker, "main", [{ ...answer, donor: 1 }]);
            }),
        );
        await us.database.setFaults({});
        await eu.database.setFaults({});
        await settle(cells);
        assert.deepEqual(await unitsOf(product), [100 - 8, 100 + 8, 100]);
    });

    it("find by digest what a queue has lost, and send it again", async () => {
        const product = await aProduct(us, 9);
        const customer = await aCustomer(us);
        await us.relay();
        eu.queue.splice(0);
        await settle(cells);
        assert.equal((await read(eu, `/products/${product}`)).status, 404);
        const services = us.services("shop_digest");
        const [first] = await compareWithCopies(services, "main");
        assert.ok((first?.behind ?? 0) >= 3, JSON.stringify(first));
        await settle(cells);
        assert.equal((await read(eu, `/products/${product}`)).status, 200);
        assert.deepEqual((await unitsOf(product))[1], 3);
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
