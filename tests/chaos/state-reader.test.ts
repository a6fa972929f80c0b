import assert from "node:assert/strict";
import { Client } from "pg";
import { migratedDatabase, type TestDatabase } from "../support/database";
import { personalMarker, readState } from "./state-reader";
import { differencesOf, readSummary } from "./summary";

const eu = { name: "eu", number: 2 };
const us = { name: "us", number: 1 };
const ids = {
    product: "00000000-0000-8000-8000-000000000a02",
    customer: "00000000-0000-8000-8000-000000000c01",
    order: "00000000-0000-8000-8000-000000000e02",
    key: "00000000-0000-8000-8000-000000000f02",
};

describe("the final state of a cell", function () {
    this.timeout(60_000);
    let database: TestDatabase;
    let client: Client;
    before(async () => {
        database = await migratedDatabase();
        const { door, cluster } = database;
        client = new Client({
            host: "127.0.0.1",
            port: door.door.port,
            user: "admin",
            database: "postgres",
            password: await door.token(cluster, "admin"),
            ssl: { ca: door.door.authorityPem, servername: cluster.hostName },
        });
        await client.connect();
        for (const statement of fill) {
            await client.query(statement);
        }
    });
    after(async () => {
        await client.end();
        await database.close();
    });

    it("has every row that the checkers need", async () => {
        const { products, ...state } = await readState(client, eu, [us]);
        assert.deepEqual(state, {
            name: "eu",
            number: 2,
            customers: [],
            stubs: [{ id: ids.customer, home: 1, version: 3 }],
            orders: [
                {
                    id: ids.order,
                    home: 2,
                    version: 1,
                    customerId: ids.customer,
                    status: "confirmed",
                    totalMinor: 1200,
                    lines: [{ productId: ids.product, quantity: 4 }],
                },
            ],
            pools: [{ productId: ids.product, shard: 0, available: 6, taken: 4, returned: 0 }],
            movements: [{ id: ids.key, productId: ids.product, quantity: 15 }],
            grants: [{ productId: ids.product, donor: 2, taker: 1, given: 5 }],
            applied: [{ productId: ids.product, donor: 1, applied: 0 }],
            keys: [{ key: "a-key", resourceId: ids.order }],
            outboxDepth: 1,
            personalTraces: ["outbox"],
        });
        const [product] = products;
        assert.deepEqual(
            { ...product, digest: product?.digest.length },
            { id: ids.product, home: 2, version: 7, isDeleted: false, digest: 16 },
        );
    });

    it("changes its digest with what a customer sees of a product", async () => {
        const digest = async () => (await readState(client, eu, [us])).products[0]?.digest;
        const before = await digest();
        await client.query("UPDATE shop.product SET version = 8");
        assert.equal(await digest(), before);
        await client.query("UPDATE shop.product SET version = 7, price_minor = 301");
        assert.notEqual(await digest(), before);
    });

    it("has a summary of what has to agree", async () => {
        assert.deepEqual(await readSummary(client, eu), {
            name: "eu",
            number: 2,
            outboxDepth: 1,
            tallies: {
                "product 2": { count: 1, sum: 7 },
                "stub 1": { count: 1, sum: 3 },
                "order 2 1": { count: 1, sum: 1 },
                "given 2 1": { count: 1, sum: 5 },
            },
        });
    });

    const fill = [
        `INSERT INTO shop.product VALUES ('main', '${ids.product}', 2, 7, false, 'Lamp', '', 'x',
             'lamp', 300, 'USD', now(), now())`,
        `INSERT INTO shop.customer_stub VALUES ('main', '${ids.customer}', 1, 3)`,
        `INSERT INTO shop.orders VALUES ('main', '${ids.order}', 2, 1, '${ids.customer}',
             'confirmed', 'USD', 1200, now(), now())`,
        `INSERT INTO shop.order_item VALUES ('main', '${ids.order}', 1, '${ids.product}', 4, 300)`,
        `INSERT INTO shop.stock_pool (tenant_id, product_id, shard, available, taken)
             VALUES ('main', '${ids.product}', 0, 6, 4)`,
        `INSERT INTO shop.stock_movement VALUES ('main', '${ids.product}', '${ids.key}', 15,
             'receipt', now())`,
        `INSERT INTO shop.stock_grant VALUES ('main', '${ids.product}', 2, 1, 5)`,
        `INSERT INTO shop.stock_applied VALUES ('main', '${ids.product}', 1, 0)`,
        `INSERT INTO shop.idempotency VALUES ('main', 'a-key', 'f', '${ids.order}', now())`,
        `INSERT INTO shop.outbox VALUES ('main', 1, 0, '${ids.key}', '${personalMarker("us")}@x',
             '${ids.order}', now())`,
    ];
});

describe("cells that are compared by their summaries", () => {
    const summary = (
        number: number,
        tallies: Record<string, [number, number]>,
        outboxDepth = 0,
    ) => ({
        name: number === 1 ? "us" : "eu",
        number,
        outboxDepth,
        tallies: Object.fromEntries(
            Object.entries(tallies).map(([name, [count, sum]]) => [name, { count, sum }]),
        ),
    });
    const usHolds: Record<string, [number, number]> = {
        "product 1": [2, 5],
        "customer 1": [1, 1],
        "stub 1": [1, 1],
        "order 1 1": [9, 12],
        "order 1 2": [3, 4],
        "given 1 2": [1, 40],
    };
    const euHolds: Record<string, [number, number]> = {
        "product 1": [2, 5],
        "stub 1": [1, 1],
        "order 1 2": [3, 4],
        "applied 1 2": [1, 40],
    };

    it("have converged when all copies are there", () => {
        assert.deepEqual(differencesOf([summary(1, usHolds), summary(2, euHolds)]), []);
    });

    for (const [name, spoilt] of [
        ["product 1", [2, 4]],
        ["stub 1", [0, 0]],
        ["order 1 2", [2, 4]],
        ["applied 1 2", [1, 39]],
    ] as const) {
        it(`have not when ${name} differs`, () => {
            const other = summary(2, { ...euHolds, [name]: [...spoilt] });
            assert.equal(differencesOf([summary(1, usHolds), other]).length, 1);
        });
    }

    it("have not while something waits to be sent", () => {
        const differences = differencesOf([summary(1, usHolds, 3), summary(2, euHolds)]);
        assert.deepEqual(differences, ["us has 3 messages to send"]);
    });
});
