import assert from "node:assert/strict";
import type { Session } from "../../../app/database/session";
import type { Reply } from "../../../app/http/operation";
import { stockRoutes } from "../../../app/inventory/stock-routes";
import { migratedDatabase, type TestDatabase } from "../../support/database";
import { startDatabaseProxy } from "../../support/database-proxy";
import { aProduct, bodyOf, outcome, perform, poolsOf } from "../../support/shop";

describe("the stock of a product", function () {
    this.timeout(30_000);

    let database: TestDatabase;
    let session: Session;

    before(async () => {
        database = await migratedDatabase();
        session = database.session("shop_catalog");
    });

    after(() => database.close());

    function change(product_id: string, body: object, key?: string, through = session) {
        const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
        return perform(through, stockRoutes, "changeStock", {
            path: { product_id },
            headers,
            body,
        });
    }

    /** The body without the moment at which it was true. */
    function stockOf(reply: Reply): Record<string, unknown> {
        const { cells, ...rest } = bodyOf(reply);
        const timeless = (cells as Record<string, unknown>[]).map(({ known_at, ...cell }) => {
            assert.match(String(known_at), /^20.*Z$/);
            return cell;
        });
        return { ...rest, cells: timeless };
    }

    async function supplied(productId: string): Promise<number> {
        const [row] = await database.execute(
            "SELECT sum(quantity) AS units FROM shop.stock_movement WHERE product_id = $1::uuid",
            [productId],
        );
        return Number(row?.["units"]);
    }

    const changes: readonly {
        fact: string;
        pools: readonly number[];
        body: object;
        result: readonly number[] | string;
    }[] = [
        {
            fact: "adds a receipt to the lowest pools",
            pools: [9, 1, 4],
            body: { quantity: 5, reason: "receipt" },
            result: [9, 5, 5],
        },
        {
            fact: "opens a pool where there was none",
            pools: [],
            body: { quantity: 5, reason: "receipt" },
            result: [5],
        },
        {
            fact: "takes a correction from the fullest pools",
            pools: [2, 9, 4],
            body: { quantity: -11, reason: "correction" },
            result: [2, 0, 2],
        },
        {
            fact: "takes the last unit",
            pools: [2, 1],
            body: { quantity: -3, reason: "correction" },
            result: [0, 0],
        },
        {
            fact: "spreads all units over more shards",
            pools: [9],
            body: { quantity: 1, reason: "receipt", shards: 4 },
            result: [3, 3, 2, 2],
        },
        {
            fact: "empties the shards that are no longer wanted",
            pools: [3, 3, 3],
            body: { quantity: -1, reason: "correction", shards: 2 },
            result: [4, 4, 0],
        },
        {
            fact: "refuses to go below zero",
            pools: [2, 3],
            body: { quantity: -6, reason: "correction" },
            result: "stock_below_zero",
        },
        {
            fact: "refuses a receipt that takes away",
            pools: [5],
            body: { quantity: -1, reason: "receipt" },
            result: "invalid_request",
        },
        {
            fact: "refuses a change of nothing",
            pools: [5],
            body: { quantity: 0, reason: "correction" },
            result: "invalid_request",
        },
    ];
    for (const { fact, pools, body, result } of changes) {
        it(fact, async () => {
            const product = await aProduct(database, { pools });
            if (typeof result === "string") {
                assert.equal(await outcome(change(product, body)), result);
                assert.deepEqual(await poolsOf(database, product), pools);
                assert.equal(await supplied(product), 0);
                return;
            }
            const reply = await change(product, body);
            const available = result.reduce((a, b) => a + b, 0);
            const { movement_id, ...stock } = stockOf(reply);
            assert.equal(reply.status, 201);
            assert.equal(typeof movement_id, "string");
            assert.deepEqual(stock, {
                product_id: product,
                cells: [
                    {
                        cell: "us",
                        available,
                        in_flight: 0,
                        held: 0,
                        age_seconds: 0,
                        shards: result.length,
                    },
                ],
                available,
            });
            assert.deepEqual(await poolsOf(database, product), result);
            assert.equal(await supplied(product), available - pools.reduce((a, b) => a + b, 0));
            const read = await perform(session, stockRoutes, "getStock", {
                path: { product_id: product },
            });
            assert.deepEqual(stockOf(read), stock);
        });
    }

    it("says how many units are available when there are too few", async () => {
        const product = await aProduct(database, { pools: [2, 3] });
        await assert.rejects(change(product, { quantity: -9, reason: "correction" }), {
            code: "stock_below_zero",
            members: { available: 5 },
        });
    });

    it("does not exist for a product that is unknown or deleted", async () => {
        const unknown = "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01";
        for (const product_id of [unknown, await aProduct(database, { deleted: true })]) {
            const path = { product_id };
            assert.equal(
                await outcome(perform(session, stockRoutes, "getStock", { path })),
                "not_found",
            );
            const receipt = change(product_id, { quantity: 1, reason: "receipt" });
            assert.equal(await outcome(receipt), "not_found");
        }
    });

    it("answers a repeated key as the first time, even when the units are gone", async () => {
        const product = await aProduct(database, { pools: [5] });
        const body = { quantity: -5, reason: "correction" };
        const first = await change(product, body, "drain");
        const second = await change(product, body, "drain");
        assert.deepEqual(stockOf(second), stockOf(first));
        assert.equal(second.headers?.["Idempotent-Replayed"], "true");
        assert.equal(await supplied(product), -5);
    });

    it("loses none of 40 concurrent changes, re-spreading ones among them", async () => {
        const product = await aProduct(database, { pools: [50] });
        const sessions = Array.from({ length: 4 }, () => database.session("shop_catalog"));
        const outcomes = await Promise.all(
            Array.from({ length: 40 }, (_, index) => {
                const quantity = index % 2 === 0 ? 3 : -2;
                const shards = index % 5 === 0 ? { shards: 1 + (index % 4) } : {};
                const body = { quantity, reason: "correction", ...shards };
                return outcome(change(product, body, undefined, sessions[index % 4]));
            }),
        );
        assert.deepEqual(new Set(outcomes), new Set([201]));
        const pools = await poolsOf(database, product);
        assert.equal(
            pools.reduce((a, b) => a + b),
            50 + 20 * 3 - 20 * 2,
        );
        assert.equal(await supplied(product), 20);
    });

    it("changes once when the connection breaks after the commit", async () => {
        const product = await aProduct(database, { pools: [10] });
        const proxy = await startDatabaseProxy(database);
        const through = database.session("shop_catalog");
        proxy.cutAfterCommit(1);
        await change(product, { quantity: 7, reason: "receipt" }, undefined, through);
        await through.close();
        await proxy.close();
        assert.equal(proxy.cuts(), 1);
        assert.deepEqual(await poolsOf(database, product), [17]);
    });
});
