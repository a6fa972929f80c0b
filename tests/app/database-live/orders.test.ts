import assert from "node:assert/strict";
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

    const refusals: readonly {
        fact: string;
        code: string;
        pointers: readonly string[];
        members?: (ids: readonly string[]) => unknown;
        items: () => Promise<readonly [string, number][]>;
        customer?: string;
    }[] = [
        {
            fact: "short stock, naming what is wanted and available",
            code: "out_of_stock",
            pointers: ["/items/1/quantity", "/items/2/quantity"],
            members: ([, short]) => ({
                products: [{ product_id: short, wanted: 4, available: 3 }],
            }),
            items: async () => {
                const short = await aProduct(database, { pools: [3] });
                return [
                    [await aProduct(database), 1],
                    [short, 2],
                    [short, 2],
                ];
            },
        },
        {
            fact: "a product that this cell has no pool of",
            code: "out_of_stock",
            pointers: ["/items/0/quantity"],
            items: async () => [[await aProduct(database, { pools: [] }), 1]],
        },
        {
            fact: "a product that is unknown or deleted",
            code: "unknown_product",
            pointers: ["/items/1/product_id", "/items/2/product_id"],
            items: async () => [
                [await aProduct(database), 1],
                ["0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01", 1],
                [await aProduct(database, { deleted: true }), 1],
            ],
        },
        {
            fact: "nothing but unknown products",
            code: "unknown_product",
            pointers: ["/items/0/product_id"],
            items: async () => [["0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01", 1]],
        },
        {
            fact: "products of two currencies",
            code: "mixed_currencies",
            pointers: ["/items/1/product_id"],
            items: async () => [
                [await aProduct(database), 1],
                [await aProduct(database, { currency: "JPY" }), 1],
            ],
        },
        {
            fact: "an unknown customer",
            code: "unknown_customer",
            pointers: ["/customer_id"],
            customer: "7c9e6679-7425-80de-944b-e07fc1f90a01",
            items: async () => [[await aProduct(database), 1]],
        },
    ];
    for (const refusal of refusals) {
        it(`refuses ${refusal.fact}, and writes nothing`, async () => {
            const items = await refusal.items();
            const ids = items.map(([id]) => id);
            const before = await Promise.all(ids.map((id) => poolsOf(database, id)));
            const orders = await countOf(database, "orders");
            const keys = await countOf(database, "idempotency");
            const reply = perform(database.session("shop_orders"), orderRoutes, "createOrder", {
                headers: { "idempotency-key": `refused ${refusal.fact}`.replaceAll(" ", "-") },
                body: {
                    customer_id: refusal.customer ?? customer,
                    items: items.map(([product_id, quantity]) => ({ product_id, quantity })),
                },
            });
            await assert.rejects(reply, (error: Record<string, unknown>) => {
                assert.equal(error["code"], refusal.code, String(error));
                const errors = error["errors"] as { pointer: string }[];
                assert.deepEqual(
                    errors.map(({ pointer }) => pointer),
                    refusal.pointers,
                );
                if (refusal.members !== undefined) {
                    assert.deepEqual(error["members"], refusal.members(ids));
                }
                return true;
            });
            assert.deepEqual(await Promise.all(ids.map((id) => poolsOf(database, id))), before);
            assert.equal(await countOf(database, "orders"), orders);
            assert.equal(await countOf(database, "idempotency"), keys);
        });
    }

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
        const proxy = await startDatabaseProxy(database.port, 15);
        const session = database.session("shop_orders", proxy.port);
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
        const proxy = await startDatabaseProxy(database.port);
        const session = database.session("shop_orders", proxy.port);
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

    it("reports a key whose first request is still running", async () => {
        const product = await aProduct(database);
        await database.execute("BEGIN");
        await database.execute(
            `INSERT INTO shop.idempotency (tenant_id, key, fingerprint, resource_id, created_at)
             VALUES ('main', 'running', '', gen_random_uuid(), now())`,
        );
        const reply = perform(
            database.session("shop_orders", undefined, { budgetMilliseconds: 500 }),
            orderRoutes,
            "createOrder",
            {
                headers: { "idempotency-key": "running" },
                body: { customer_id: customer, items: [{ product_id: product, quantity: 1 }] },
            },
        );
        assert.equal(await outcome(reply), "request_in_progress");
        await database.execute("ROLLBACK");
    });
});

describe("cancelling and listing orders", function () {
    this.timeout(30_000);

    let database: TestDatabase;
    let customer: string;

    before(async () => {
        database = await migratedDatabase();
        customer = await aCustomer(database);
    });

    after(() => database.close());

    async function placed(items: readonly [string, number][]): Promise<string> {
        const body = {
            customer_id: customer,
            items: items.map(([product_id, quantity]) => ({ product_id, quantity })),
        };
        const session = database.session("shop_orders");
        return String(
            bodyOf(await perform(session, orderRoutes, "createOrder", { body }))["order_id"],
        );
    }

    function cancel(order_id: string) {
        const session = database.session("shop_orders");
        return perform(session, orderRoutes, "cancelOrder", { path: { order_id } });
    }

    it("returns the stock exactly once, however many cancel at once", async () => {
        const lamp = await aProduct(database, { pools: [10, 10] });
        const desk = await aProduct(database, { pools: [5] });
        const order = await placed([
            [lamp, 3],
            [desk, 5],
        ]);
        const replies = await Promise.all(Array.from({ length: 8 }, () => cancel(order)));
        for (const reply of [...replies, await cancel(order)]) {
            assert.equal(reply.status, 200);
            assert.equal(reply.headers?.["ETag"], '"v2"');
            assert.equal(bodyOf(reply)["status"], "cancelled");
        }
        assert.equal(
            (await poolsOf(database, lamp)).reduce((a, b) => a + b),
            20,
        );
        assert.deepEqual(await poolsOf(database, desk), [5]);
    });

    it("answers 404 for an order that does not exist, cancelled or read", async () => {
        const path = { order_id: "d9428888-122b-81e1-b85c-61cd3cbb3201" };
        const session = database.session("shop_orders");
        for (const operation of ["cancelOrder", "getOrder"]) {
            const reply = perform(session, orderRoutes, operation, { path });
            assert.equal(await outcome(reply), "not_found");
        }
    });

    it("refuses to cancel an order whose status does not allow it", async () => {
        const product = await aProduct(database, { pools: [5] });
        const order = await placed([[product, 2]]);
        await database.execute(
            "UPDATE shop.orders SET status = 'shipped' WHERE order_id = $1::uuid",
            [order],
        );
        assert.equal(await outcome(cancel(order)), "order_not_cancellable");
        assert.deepEqual(await poolsOf(database, product), [3]);
    });

    it("pages through the orders of a customer, newest first, each with its items", async () => {
        const product = await aProduct(database);
        const other = await aCustomer(database);
        const mine = customer;
        customer = other;
        const ids: string[] = [];
        for (let count = 0; count < 5; count++) {
            ids.unshift(await placed([[product, count + 1]]));
        }
        customer = mine;
        const session = database.session("shop_orders");
        const seen: unknown[] = [];
        let cursor: string | undefined;
        do {
            const query = { customer_id: other, limit: "2", ...(cursor && { cursor }) };
            const page = bodyOf(await perform(session, orderRoutes, "listOrders", { query }));
            seen.push(...(page["orders"] as unknown[]));
            cursor = (page["next_cursor"] as string | null) ?? undefined;
        } while (cursor !== undefined);
        // Orders of the same millisecond are told apart by their ids.
        const listed = seen as { order_id: string; created_at: string; items: unknown[] }[];
        assert.deepEqual(listed.map(({ order_id }) => order_id).sort(), [...ids].sort());
        const times = listed.map(({ created_at }) => created_at);
        assert.deepEqual(times, [...times].sort().reverse());
        assert.ok(listed.every(({ items }) => items.length === 1));
    });
});
