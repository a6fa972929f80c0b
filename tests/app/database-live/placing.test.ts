import assert from "node:assert/strict";
import { keyIdOf } from "../../../app/database/idempotency-store";
import { orderRoutes } from "../../../app/orders/order-routes";
import { migratedDatabase, type TestDatabase } from "../../support/database";
import { startDatabaseProxy } from "../../support/database-proxy";
import {
    aCustomer,
    aProduct,
    bodyOf,
    countOf,
    outcome,
    perform,
    poolsOf,
    type TestRequest,
} from "../../support/shop";

describe("placing an order", function () {
    this.timeout(30_000);

    let database: TestDatabase;
    let customer: string;

    before(async () => {
        database = await migratedDatabase();
        customer = await aCustomer(database);
    });

    after(() => database.close());

    function order(items: readonly [string, number][], headers: TestRequest["headers"] = {}) {
        return perform(database.session("shop_orders"), orderRoutes, "createOrder", {
            headers,
            body: {
                customer_id: customer,
                items: items.map(([product_id, quantity]) => ({ product_id, quantity })),
            },
        });
    }

    it("takes the stock and answers with the priced items in the order they were sent", async () => {
        const lamp = await aProduct(database, { priceMinor: 29_990, pools: [5] });
        const desk = await aProduct(database, { priceMinor: 1, pools: [5] });
        const reply = await order([
            [lamp, 1],
            [desk.toUpperCase(), 3],
            [lamp, 1],
        ]);
        const body = bodyOf(reply);
        assert.equal(reply.status, 201);
        assert.equal(reply.headers?.["ETag"], '"v1"');
        assert.equal(reply.headers?.["Location"], `/orders/${body["order_id"]}`);
        assert.equal(body["total_amount"], 599.83);
        assert.deepEqual(body["items"], [
            { product_id: lamp, quantity: 2, unit_price: 299.9, line_total: 599.8 },
            { product_id: desk, quantity: 3, unit_price: 0.01, line_total: 0.03 },
        ]);
        assert.deepEqual(await poolsOf(database, lamp), [3]);
        assert.deepEqual(await poolsOf(database, desk), [2]);
        const again = await perform(database.session("shop_orders"), orderRoutes, "getOrder", {
            path: { order_id: String(body["order_id"]) },
        });
        assert.deepEqual(bodyOf(again), body);
    });

    it("takes units that are scattered over shards from several of them", async () => {
        const product = await aProduct(database, { pools: [2, 3, 1, 2] });
        assert.equal(await outcome(order([[product, 7]])), 201);
        assert.equal(
            (await poolsOf(database, product)).reduce((a, b) => a + b),
            1,
        );
    });

    it("spreads orders over all shards that have enough", async () => {
        const product = await aProduct(database, { pools: [30, 30, 30, 0] });
        for (let count = 0; count < 30; count++) {
            assert.equal(await outcome(order([[product, 1]])), 201);
        }
        const pools = await poolsOf(database, product);
        assert.equal(
            pools.reduce((a, b) => a + b),
            60,
        );
        // Each of three shards is missed by 30 orders with a probability of 5 in a million.
        assert.ok(pools.slice(0, 3).every((available) => available < 30));
        assert.equal(pools[3], 0);
    });

    it("sells exactly 100 of 100 units to 200 concurrent orders", async () => {
        const product = await aProduct(database, { pools: [40, 60] });
        const sessions = Array.from({ length: 8 }, () => database.session("shop_orders"));
        const outcomes = await Promise.all(
            Array.from({ length: 200 }, async (_, index) => {
                const session = sessions[index % sessions.length] ?? assert.fail();
                const body = {
                    customer_id: customer,
                    items: [{ product_id: product, quantity: 1 }],
                };
                return outcome(perform(session, orderRoutes, "createOrder", { body }));
            }),
        );
        assert.deepEqual(await poolsOf(database, product), [0, 0]);
        assert.equal(outcomes.filter((result) => result === 201).length, 100);
        assert.equal(outcomes.filter((result) => result === "out_of_stock").length, 100);
        const [sold] = await database.execute(
            "SELECT sum(quantity) AS units FROM shop.order_item WHERE product_id = $1::uuid",
            [product],
        );
        assert.equal(sold?.["units"], "100");
    });

    it("is one round trip with 1 line and with 50 lines", async () => {
        const products = await Promise.all(
            Array.from({ length: 50 }, () => aProduct(database, { pools: [9, 9] })),
        );
        const proxy = await startDatabaseProxy(database, 15);
        const session = database.session("shop_orders");
        await session.query({ name: "warm-up", text: "SELECT 1", values: [] });
        for (const count of [1, 50, 50]) {
            const items = products
                .slice(0, count)
                .map((product_id) => ({ product_id, quantity: 1 }));
            const body = { customer_id: customer, items };
            const headers = { "idempotency-key": `round-trip-${Math.random()}` };
            proxy.reset();
            await perform(session, orderRoutes, "createOrder", { headers, body });
            assert.equal(proxy.roundTrips(), 1, `${count} lines`);
        }
        await session.close();
        await proxy.close();
    });

    it("answers once when the connection breaks after the commit", async () => {
        const product = await aProduct(database, { pools: [10] });
        const proxy = await startDatabaseProxy(database);
        const session = database.session("shop_orders");
        const orders = await countOf(database, "orders");
        const body = { customer_id: customer, items: [{ product_id: product, quantity: 4 }] };
        const keys: readonly TestRequest["headers"][] = [{}, { "idempotency-key": "unknown" }];
        for (const headers of keys) {
            proxy.cutAfterCommit(1);
            const reply = await perform(session, orderRoutes, "createOrder", { headers, body });
            assert.equal(reply.status, 201);
            assert.equal(reply.headers?.["Idempotent-Replayed"], undefined);
        }
        await session.close();
        await proxy.close();
        assert.equal(proxy.cuts(), 2);
        assert.deepEqual(await poolsOf(database, product), [2]);
        assert.equal(await countOf(database, "orders"), orders + 2);
    });

    it("answers a repeated key as the first time, even when the stock is gone", async () => {
        const product = await aProduct(database, { pools: [2] });
        const headers = { "idempotency-key": "the-same" };
        const first = await order([[product, 2]], headers);
        const second = await order([[product, 2]], headers);
        assert.deepEqual(bodyOf(second), bodyOf(first));
        assert.equal(second.headers?.["Idempotent-Replayed"], "true");
        assert.deepEqual(await poolsOf(database, product), [0]);
        assert.equal(await outcome(order([[product, 1]], headers)), "idempotency_key_reused");
    });

    it("makes one order of ten concurrent requests with one key", async () => {
        const product = await aProduct(database, { pools: [100] });
        const replies = await Promise.all(
            Array.from({ length: 10 }, () =>
                order([[product, 1]], { "idempotency-key": "all-at-once" }),
            ),
        );
        assert.equal(new Set(replies.map((reply) => bodyOf(reply)["order_id"])).size, 1);
        assert.deepEqual(await poolsOf(database, product), [99]);
    });

    it("is not held up by a transaction that has its key and is idle: the first commit wins", async () => {
        const product = await aProduct(database);
        await database.execute("BEGIN");
        await database.execute(
            `INSERT INTO shop.idempotency (tenant_id, key, fingerprint, resource_id, created_at)
             VALUES ('main', $1, '', gen_random_uuid(), now())`,
            [keyIdOf("running")],
        );
        const session = database.session("shop_orders");
        const { status } = await perform(session, orderRoutes, "createOrder", {
            headers: { "idempotency-key": "running" },
            body: { customer_id: customer, items: [{ product_id: product, quantity: 1 }] },
        });
        assert.equal(status, 201);
        await assert.rejects(database.execute("COMMIT"), { code: "40001" });
    });
});
