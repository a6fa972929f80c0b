import assert from "node:assert/strict";
import type { Switchboard } from "../../infra/local/chaos/switchboard";
import { countBorrowings } from "../chaos/local-ground";
import { type LocalShop, localShop, makeCustomer, makeProduct } from "../support/local-shop";

describe("a shop that is broken on purpose", () => {
    let shop: LocalShop;
    let chaos: Switchboard;
    before(async () => {
        shop = await localShop();
        chaos = shop.chaos;
    });
    afterEach(() => chaos.heal());

    const order = async (cell: string): Promise<() => ReturnType<LocalShop["call"]>> => {
        const [customerId, productId] = [
            await makeCustomer(shop, cell),
            await makeProduct(shop, cell),
        ];
        const items = [{ product_id: productId, quantity: 1 }];
        const body = { customer_id: customerId, items };
        return () => shop.call(cell, { path: "/orders", body });
    };

    it("answers nobody from a cell that is down, and everybody once it is up", async () => {
        const [inEurope, inAmerica] = [await order("eu"), await order("us")];
        await chaos.takeCellDown("eu");
        assert.ok((await inEurope()).status >= 500);
        assert.equal((await inAmerica()).status, 201);
        await chaos.bringCellUp("eu");
        assert.equal((await inEurope()).status, 201);
    });

    it("sells each cell's own units while another is down, without asking any", async () => {
        const placers = [await order("us"), await order("ap")];
        const borrowings = () => countBorrowings(shop.deployment.logFolder);
        await chaos.takeCellDown("eu");
        const before = await borrowings();
        const answers = await Promise.all(
            placers.flatMap((place) => Array.from({ length: 3 }, () => place())),
        );
        assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
        assert.equal(await borrowings(), before);
    });

    it("answers an order whose function is killed as to be repeated, and places the next one", async () => {
        const place = await order("eu");
        await place();
        chaos.killFunction({ function: "eu-orders", afterAwaits: 1 });
        assert.equal((await place()).status, 503);
        assert.equal((await place()).status, 201);
        assert.ok(((await chaos.counts())["functions.killed"] ?? 0) > 0);
    });

    it("places an order although its commit conflicts twice", async () => {
        const place = await order("ap");
        await chaos.setDatabaseFaults("ap", { next: { conflictAtCommit: 2 } });
        assert.equal((await place()).status, 201);
        assert.ok(((await chaos.counts())["databases.conflictAtCommit"] ?? 0) >= 2);
    });
});
