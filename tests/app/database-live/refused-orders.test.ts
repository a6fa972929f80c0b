import assert from "node:assert/strict";
import { orderRoutes } from "../../../app/orders/order-routes";
import { migratedDatabase, type TestDatabase } from "../../support/database";
import { aCustomer, aProduct, countOf, perform, poolsOf } from "../../support/shop";

describe("an order that cannot be placed", function () {
    this.timeout(30_000);

    let database: TestDatabase;
    let customer: string;

    before(async () => {
        database = await migratedDatabase();
        customer = await aCustomer(database);
    });

    after(() => database.close());

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
        it(`is refused for ${refusal.fact}, and writes nothing`, async () => {
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
});
