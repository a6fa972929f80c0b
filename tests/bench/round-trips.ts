import { Client } from "pg";
import type { Placement } from "../../app/orders/place-order";
import { startDatabaseProxy } from "../support/database-proxy";
import { connectionOf, role, startBenchDatabase, stock } from "./bench-database";
import type { Bench, Result } from "./measure";
import { orderOf, place } from "./order-placing";

const lineCounts = [1, 10, 50];
// Tells a client that waits for an answer from one that is still sending.
const answerDelayMilliseconds = 10;

/**
 * Counts how often an order waits for the database: ours, and one that is placed statement by
 * statement. Of ours the worse of two counts: the first one also prepares its statements.
 */
export async function measureRoundTrips(bench: Bench): Promise<readonly Result[]> {
    const database = await startBenchDatabase(bench);
    const shop = await stock(database, Math.max(...lineCounts));
    const proxy = await startDatabaseProxy(database, answerDelayMilliseconds);
    bench.later(() => proxy.close());
    const session = database.session(role);
    const client = new Client(await connectionOf(database, "front door"));
    await client.connect();
    bench.later(() => client.end());
    // Connecting takes round trips too, but once, not for each order.
    await session.query({ name: "connect", text: "SELECT 1", values: [] });

    const count = async (task: () => Promise<void>): Promise<number> => {
        proxy.reset();
        await task();
        return proxy.roundTrips();
    };
    const results: Result[] = [];
    for (const lineCount of lineCounts) {
        bench.progress(`orders of ${lineCount} ${lineCount === 1 ? "line" : "lines"}`);
        const ours = [
            await count(() => place(session, orderOf(shop, lineCount))),
            await count(() => place(session, orderOf(shop, lineCount))),
        ];
        const baseline = await count(() => placeStepByStep(client, orderOf(shop, lineCount)));
        if (baseline !== 3 * lineCount + 5) {
            throw new Error(
                `An order of ${lineCount} lines placed step by step took ${baseline} round trips ` +
                    `instead of ${3 * lineCount + 5}, so the counter counts wrongly.`,
            );
        }
        results.push({
            measure: `round trips of an order, ${lineCount} ${lineCount === 1 ? "line" : "lines"}`,
            unit: "",
            value: Math.max(...ours),
            baseline,
            budget: { of: "value", comparison: "at most", limit: 1 },
        });
    }
    return results;
}

/**
 * Places an order as it is usually done: one statement at a time, each awaited, three for each
 * line and five around them.
 */
async function placeStepByStep(client: Client, { order }: Placement): Promise<void> {
    const { tenantId, orderId, customerId } = order;
    let totalMinor = 0n;
    await client.query("BEGIN");
    await client.query(
        "SELECT customer_id FROM shop.customer_stub WHERE tenant_id = $1 AND customer_id = $2::uuid",
        [tenantId, customerId],
    );
    await client.query(
        `INSERT INTO shop.orders (tenant_id, order_id, home, version, customer_id, status, currency,
             total_minor, created_at, updated_at)
         VALUES ($1, $2::uuid, $3::smallint, 1, $4::uuid, 'confirmed', 'USD', 0, now(), now())`,
        [tenantId, orderId, order.home, customerId],
    );
    for (const { line, productId, quantity } of order.lines) {
        const { rows } = await client.query<{ price_minor: string }>(
            `SELECT price_minor FROM shop.product
             WHERE tenant_id = $1 AND product_id = $2::uuid AND NOT deleted`,
            [tenantId, productId],
        );
        const priceMinor = BigInt(rows[0]?.price_minor ?? 0);
        await client.query(
            `UPDATE shop.stock_pool SET available = available - $3::bigint
             WHERE tenant_id = $1 AND product_id = $2::uuid AND available >= $3::bigint`,
            [tenantId, productId, quantity],
        );
        await client.query(
            `INSERT INTO shop.order_item
                 (tenant_id, order_id, line, product_id, quantity, unit_minor)
             VALUES ($1, $2::uuid, $3::integer, $4::uuid, $5::bigint, $6::bigint)`,
            [tenantId, orderId, line, productId, quantity, priceMinor],
        );
        totalMinor += priceMinor * BigInt(quantity);
    }
    await client.query(
        `UPDATE shop.orders SET total_minor = $3::bigint
         WHERE tenant_id = $1 AND order_id = $2::uuid`,
        [tenantId, orderId, totalMinor],
    );
    await client.query("COMMIT");
}
