import assert from "node:assert/strict";
import { giveUnits } from "../../../app/inventory/gift-store";
import { takeIn } from "../../../app/inventory/receipt-store";
import { connectedCells, settle, type TestCell } from "../../support/cells";
import { makeCustomer, makeProduct, order, stockIn, unitsOf } from "../../support/cells-shop";

describe("cells that share their stock", function () {
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

    it("borrow exactly what an order lacks", async () => {
        const product = await makeProduct(us, 9);
        const customer = await makeCustomer(eu);
        await settle(cells);
        const placed = await order(eu, customer, product, 5);
        assert.equal(placed.status, 201, JSON.stringify(placed.body));
        await settle(cells);
        assert.deepEqual([...(await unitsOf(cells, product))].sort(), [0, 1, 3]);
    });

    it("sell all units of all cells to a crowd in one, which repeats what is in transit", async () => {
        const product = await makeProduct(us, 24);
        const customer = await makeCustomer(eu);
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
        assert.deepEqual(await unitsOf(cells, product), [0, 0, 0]);
    });

    it("tell sold out from units that are elsewhere", async () => {
        const product = await makeProduct(us, 9);
        const customer = await makeCustomer(eu);
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
        const away = await makeProduct(us, 9);
        await settle(cells);
        us.isReachable = false;
        ap.isReachable = false;
        const later = await order(eu, customer, away, 4);
        assert.deepEqual([later.status, later.body["code"]], [409, "stock_in_transit"]);
        assert.equal(later.body["retryable"], true);
    });

    it("move stock to where it is ordered", async () => {
        const product = await makeProduct(us, 300);
        const customer = await makeCustomer(ap);
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
        const product = await makeProduct(us, 300);
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
        assert.deepEqual(await unitsOf(cells, product), [100 - 8, 100 + 8, 100]);
    });
});
