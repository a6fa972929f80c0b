import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
    assertPromised,
    insist,
    type LocalShop,
    localShop,
    makeCustomer,
    makeStockedProduct,
} from "../support/local-shop";

describe("orders, through the edge", function () {
    this.timeout(60_000);
    let shop: LocalShop;
    let customerId: string;
    before(async () => {
        shop = await localShop();
        customerId = await makeCustomer(shop, "eu");
    });

    const order = (items: unknown, headers: Record<string, string> = {}) =>
        shop.call("eu", { path: "/orders", headers, body: { customer_id: customerId, items } });
    const available = async (productId: string) => {
        const { body } = await shop.call("eu", { path: `/products/${productId}/stock` });
        return body["available"];
    };

    it("take their stock and price their lines", async () => {
        const lamp = await makeStockedProduct(shop, "eu", 5, { price: 10.05 });
        const rug = await makeStockedProduct(shop, "eu", 5, { price: 100 });
        const placed = await order([
            { product_id: lamp, quantity: 2 },
            { product_id: rug, quantity: 1 },
        ]);
        assertPromised("createOrder", placed);
        assert.equal(placed.status, 201);
        assert.match(placed.text, /"total_amount":120\.10[,}]/);
        assert.equal(placed.headers["location"], `/orders/${placed.body["order_id"]}`);
        assert.equal(await available(lamp), 3);
        assert.equal(await available(rug), 4);
    });

    it("sell exactly 100 units to 200 concurrent customers, and refuse the rest", async () => {
        const product = await makeStockedProduct(shop, "eu", 100);
        const one = () => order([{ product_id: product, quantity: 1 }]);
        const answers = await Promise.all(Array.from({ length: 200 }, one));
        const counts = new Map<number, number>();
        for (const { status } of answers) {
            counts.set(status, (counts.get(status) ?? 0) + 1);
        }
        assert.deepEqual(Object.fromEntries(counts), { 201: 100, 409: 100 });
        // Until the other cells have said that they have none, there may be units on their way.
        assert.equal((await insist(one)).body["code"], "out_of_stock");
        assert.equal(await available(product), 0);
    });

    it("are all or nothing: one short line takes no stock of the others", async () => {
        const plenty = await makeStockedProduct(shop, "eu", 10);
        const scarce = await makeStockedProduct(shop, "eu", 1);
        const refused = await insist(() =>
            order([
                { product_id: plenty, quantity: 4 },
                { product_id: scarce, quantity: 2 },
            ]),
        );
        assertPromised("createOrder", refused);
        assert.equal(refused.body["code"], "out_of_stock");
        assert.deepEqual(refused.body["products"], [
            { product_id: scarce, wanted: 2, available: 1 },
        ]);
        assert.deepEqual(
            (refused.body["errors"] as { pointer: string }[]).map(({ pointer }) => pointer),
            ["/items/1/quantity"],
        );
        assert.equal(await available(plenty), 10);
        assert.equal(await available(scarce), 1);
    });

    it("count equal lines together", async () => {
        const product = await makeStockedProduct(shop, "eu", 3);
        const line = { product_id: product, quantity: 2 };
        assert.equal((await order([line, line])).status, 409);
        assert.equal(await available(product), 3);
    });

    it("are placed once per idempotency key, also when the first answer was lost", async () => {
        const product = await makeStockedProduct(shop, "eu", 10);
        const headers = { "idempotency-key": randomUUID() };
        const items = [{ product_id: product, quantity: 1 }];
        const lost = new AbortController();
        const first = fetch(`${shop.urlOf("eu")}/orders`, {
            method: "POST",
            headers: { ...headers, "content-type": "application/json" },
            body: JSON.stringify({ customer_id: customerId, items }),
            signal: lost.signal,
        });
        setTimeout(() => lost.abort(), 3);
        await first.catch(() => undefined);

        const repeats = await Promise.all([order(items, headers), order(items, headers)]);
        const again = await order(items, headers);
        const ids = [...repeats, again].map(({ body }) => body["order_id"]);
        assert.deepEqual(
            [...repeats, again].map(({ status }) => status),
            [201, 201, 201],
        );
        assert.equal(new Set(ids).size, 1);
        assert.equal(again.headers["idempotent-replayed"], "true");
        assert.equal(await available(product), 9);
    });

    it("refuse a key that was used for another order", async () => {
        const product = await makeStockedProduct(shop, "eu", 10);
        const headers = { "idempotency-key": randomUUID() };
        await order([{ product_id: product, quantity: 1 }], headers);
        const other = await order([{ product_id: product, quantity: 2 }], headers);
        assertPromised("createOrder", other);
        assert.equal(other.status, 422);
        assert.equal(other.body["code"], "idempotency_key_reused");
        assert.equal(await available(product), 9);
    });

    it("return their stock exactly once when they are cancelled, however often", async () => {
        const product = await makeStockedProduct(shop, "eu", 10);
        const placed = await order([{ product_id: product, quantity: 4 }]);
        const path = `/orders/${placed.body["order_id"]}/cancel`;
        const cancelled = await Promise.all(
            Array.from({ length: 5 }, () => shop.call("eu", { method: "POST", path })),
        );
        for (const answer of cancelled) {
            assertPromised("cancelOrder", answer);
            assert.equal(answer.status, 200);
            assert.equal(answer.body["status"], "cancelled");
        }
        assert.equal(await available(product), 10);
    });

    it("are read by id, and listed by customer, newest first and page by page", async () => {
        const customer = await makeCustomer(shop, "eu");
        const product = await makeStockedProduct(shop, "eu", 100);
        const placed: unknown[] = [];
        for (let count = 0; count < 5; count += 1) {
            const { body } = await shop.call("eu", {
                path: "/orders",
                body: { customer_id: customer, items: [{ product_id: product, quantity: 1 }] },
            });
            placed.unshift(body["order_id"]);
        }
        const read = await shop.call("eu", { path: `/orders/${placed[0]}` });
        assertPromised("getOrder", read);
        assert.equal(read.body["order_id"], placed[0]);

        const listed: unknown[] = [];
        let cursor: unknown = null;
        do {
            const page = await shop.call("eu", {
                path: `/orders?customer_id=${customer}&limit=2${cursor ? `&cursor=${cursor}` : ""}`,
            });
            assertPromised("listOrders", page);
            const orders = page.body["orders"] as { order_id: string }[];
            listed.push(...orders.map(({ order_id }) => order_id));
            cursor = page.body["next_cursor"];
        } while (cursor !== null);
        assert.deepEqual(listed, placed);
    });
});
