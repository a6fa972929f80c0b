import assert from "node:assert/strict";
import { orderRoutes } from "../../../app/orders/order-routes";
import { migratedDatabase, type TestDatabase } from "../../support/database";
import {
    aCustomer,
    aProduct,
    bodyOf,
    countOf,
    outcome,
    perform,
    poolsOf,
} from "../../support/shop";

/** More than any order takes; the tests end before. */
const maxMessages = 400;

describe("an order whose connection breaks at any message, in either direction", function () {
    this.timeout(60_000);

    let database: TestDatabase;
    let customer: string;

    before(async () => {
        database = await migratedDatabase();
        customer = await aCustomer(database);
    });

    after(() => database.close());

    /** Places an order once, through a connection that breaks after so many messages. */
    async function tryOnce(products: readonly string[], key: string, messages: number | undefined) {
        const session = database.session("shop_orders", {
            budgetMilliseconds: messages === undefined ? 5_000 : 0,
            log: () => undefined,
        });
        await session.query({ name: "connect", text: "SELECT 1 AS one", values: [] });
        await database.setFaults(messages === undefined ? {} : { dropAfterMessages: messages });
        const items = products.map((product_id) => ({ product_id, quantity: 2 }));
        const reply = perform(session, orderRoutes, "createOrder", {
            headers: { "idempotency-key": key },
            body: { customer_id: customer, items },
        });
        const result = await outcome(reply);
        const orderId = result === 201 ? bodyOf(await reply)["order_id"] : undefined;
        await database.setFaults({});
        await session.close();
        return { result, orderId };
    }

    // A commit that takes its time makes the front door go step by step, instead of all at once.
    const ways: readonly [string, number][] = [
        ["handed on as a whole", 0],
        ["handed on step by step", 1],
    ];
    for (const [way, commitMilliseconds] of ways) {
        it(`is there with its stock or not at all, and once after a retry: ${way}`, async () => {
            const { identifier } = database.cluster;
            const latency = { roundTripMilliseconds: 0, commitMilliseconds };
            await database.door.door.setLatency(identifier, latency);
            const outcomes = new Map<string, number>();
            let isUnharmed = false;
            for (let messages = 0; !isUnharmed; messages++) {
                assert.ok(messages < maxMessages, "The order never came through.");
                const products = await Promise.all([1, 2].map(() => aProduct(database)));
                const orders = await countOf(database, "orders");
                const key = `${way.replaceAll(" ", "-")}-${messages}`;
                const first = await tryOnce(products, key, messages);
                isUnharmed = first.result === 201;
                const taken = (await countOf(database, "orders")) - orders;
                const left = 100 - 2 * taken;
                for (const product of products) {
                    assert.deepEqual(await poolsOf(database, product), [left], `at ${messages}`);
                }
                const second = await tryOnce(products, key, undefined);
                assert.equal(second.result, 201, `at ${messages}`);
                assert.equal(await countOf(database, "orders"), orders + 1, `at ${messages}`);
                assert.deepEqual(await poolsOf(database, products[0] ?? ""), [98]);
                const outcomeName = `${first.result}, ${taken} orders`;
                outcomes.set(outcomeName, (outcomes.get(outcomeName) ?? 0) + 1);
            }
            // Both kinds of a lost connection were met: before the commit, and after it.
            assert.deepEqual([...outcomes.keys()].sort(), [
                "201, 1 orders",
                "database_unavailable, 0 orders",
                "database_unavailable, 1 orders",
            ]);
            assert.ok((outcomes.get("database_unavailable, 0 orders") ?? 0) > 10);
        });
    }
});
