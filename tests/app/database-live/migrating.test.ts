import assert from "node:assert/strict";
import { migrateHandler } from "../../../app/handlers/migrate";
import { emptyDatabase, migratedDatabase, migrations } from "../../support/database";

describe("migrating", function () {
    this.timeout(30_000);

    it("is safe when several migrators run at once", async () => {
        const database = await emptyDatabase();
        await Promise.all([database.migrate(), database.migrate(), database.migrate()]);
        const [row] = await database.execute("SELECT count(*) AS count FROM shop.schema_migration");
        assert.ok(Number(row?.["count"]) > 20);
        await database.migrate();
        await database.close();
    });

    it("indexes the lists so that a page is read without sorting", async () => {
        const database = await migratedDatabase();
        for (const detour of ["seqscan", "bitmapscan", "sort"]) {
            await database.execute(`SET enable_${detour} = off`);
        }
        const plans = {
            product_newest: "FROM shop.product WHERE tenant_id = 'main'",
            product_category_newest:
                "FROM shop.product WHERE tenant_id = 'main' AND category = 'x'",
        };
        for (const [index, from] of Object.entries(plans)) {
            const rows = await database.execute(
                `EXPLAIN SELECT * ${from} ORDER BY created_at DESC, product_id DESC LIMIT 9`,
            );
            const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
            assert.match(plan, new RegExp(`Index Scan Backward using ${index}\\b`));
            assert.doesNotMatch(plan, /Sort/);
        }
        await database.close();
    });

    it("is what the function does that a deployment invokes", async () => {
        const database = await emptyDatabase();
        const { databaseEndpoint, credentials } = database.environment("admin");
        const logged: string[] = [];
        const handle = migrateHandler(
            {
                CELL_NAME: "us",
                CELL_NUMBER: "1",
                AWS_REGION: "us-east-1",
                DATABASE_ENDPOINT: databaseEndpoint,
                DATABASE_ROLE: "admin",
                AWS_ACCESS_KEY_ID: credentials.accessKeyId,
                AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
                AWS_SESSION_TOKEN: credentials.sessionToken,
            },
            (_, message) => logged.push(message),
        );
        const iamRoleArn = "arn:aws:iam::123456789012:role/orders";
        const request = { migrations, grants: [{ databaseRole: "shop_orders", iamRoleArn }] };
        const ids = migrations.map(({ id }) => id);
        assert.deepEqual((await handle(request)).applied, ids);
        assert.deepEqual((await handle(request)).skipped, ids);
        assert.deepEqual(
            logged.filter((message) => message.startsWith("Applied")),
            ids.map((id) => `Applied migration ${id}.`),
        );
        await database.close();
    });

    it("lets each role do what its function needs and no more", async () => {
        const database = await migratedDatabase();
        const may: Readonly<Record<string, readonly string[]>> = {
            shop_status: ["cell_link", "heartbeat", "outbox"],
            shop_customers: ["customer", "customer_stub", "idempotency", "outbox"],
            shop_catalog: [
                "idempotency",
                "outbox",
                "product",
                "stock_applied",
                "stock_gauge",
                "stock_grant",
                "stock_movement",
                "stock_pool",
            ],
            shop_orders: [
                "customer_stub",
                "idempotency",
                "order_item",
                "orders",
                "outbox",
                "product",
                "stock_applied",
                "stock_gauge",
                "stock_grant",
                "stock_pool",
            ],
            shop_exchange: [
                "customer_stub",
                "idempotency",
                "orders",
                "outbox",
                "product",
                "stock_applied",
                "stock_grant",
                "stock_pool",
            ],
            shop_relay: [
                "customer_stub",
                "idempotency",
                "order_item",
                "orders",
                "outbox",
                "product",
                "stock_grant",
            ],
            shop_apply: [
                "cell_link",
                "customer_stub",
                "idempotency",
                "order_item",
                "orders",
                "outbox",
                "product",
                "stock_applied",
                "stock_gauge",
                "stock_grant",
                "stock_pool",
            ],
            shop_rebalance: ["stock_applied", "stock_gauge", "stock_grant", "stock_pool"],
            shop_digest: [
                "cell_link",
                "customer_stub",
                "idempotency",
                "orders",
                "outbox",
                "product",
                "stock_grant",
            ],
        };
        for (const [role, tables] of Object.entries(may)) {
            const rows = await database.execute(
                `SELECT DISTINCT table_name FROM information_schema.role_table_grants
                 WHERE grantee = $1 ORDER BY 1`,
                [role],
            );
            assert.deepEqual(
                rows.map((row) => row["table_name"]),
                tables,
                role,
            );
        }
        const forbidden = database
            .session("shop_orders")
            .query({ name: "delete", text: "DELETE FROM shop.orders", values: [] });
        await assert.rejects(forbidden, { code: "42501" });
        await database.close();
    });
});
