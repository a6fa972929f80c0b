import assert from "node:assert/strict";
import { orderRoutes } from "../../../app/orders/order-routes";
import { migratedDatabase, type TestDatabase } from "../../support/database";
import { aCustomer, aProduct, bodyOf, outcome, perform, poolsOf } from "../../support/shop";

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
