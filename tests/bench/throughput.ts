import { Client } from "pg";
import type { Session } from "../../app/database/session";
import type { Placement } from "../../app/orders/place-order";
import type { TestDatabase } from "../support/database";
import { connectionOf, role, type Shop, startBenchDatabase, stock } from "./bench-database";
import { type Bench, median, quantile, type Result } from "./measure";
import { orderOf, place, statementsOf } from "./order-placing";
import { runPipeline } from "./pipeline";

const concurrencies = [1, 8];
const linesOfEach = 3;
const rounds = 11;
const roundMilliseconds = 400;
const warmUpOrders = 100;
const calibrationOrders = 50;

/** One customer at a time, with a connection of each kind and products of its own. */
interface Lane {
    readonly shop: Shop;
    readonly session: Session;
    readonly client: Client;
}

/**
 * Compares orders per second through our session, from the order to the reply, with the same
 * statements driven by `pg` alone. Both take turns on one server, so that whatever else the machine
 * does hits both; each lane has its own products, because conflicts are not what is compared.
 */
export async function measureThroughput(bench: Bench): Promise<readonly Result[]> {
    const database = await startBenchDatabase(bench);
    const lanes: Lane[] = [];
    while (lanes.length < Math.max(...concurrencies)) {
        lanes.push(await openLane(bench, database));
    }
    const results: Result[] = [];
    await warmUp(database, lanes);
    for (const concurrency of concurrencies) {
        bench.progress(`${rounds} rounds with ${concurrency} at a time`);
        results.push(await compare(lanes.slice(0, concurrency)));
    }
    return results;
}

async function openLane(bench: Bench, database: TestDatabase): Promise<Lane> {
    const connection = await connectionOf(database, "front door");
    const client = new Client({ ...connection, pipeline: true });
    await client.connect();
    bench.later(() => client.end());
    return { shop: await stock(database, linesOfEach), session: database.session(role), client };
}

/**
 * The server keeps a connection's plans, and whoever came first would keep those for nearly empty
 * tables. After an analysis all plans are made anew, for both sides on the same filled tables.
 */
async function warmUp(database: TestDatabase, lanes: readonly Lane[]): Promise<void> {
    await runOurs(lanes, warmUpOrders);
    await runRaw(lanes, warmUpOrders);
    await database.execute("ANALYZE");
}

async function compare(lanes: readonly Lane[]): Promise<Result> {
    await runOurs(lanes, calibrationOrders);
    const warmRate = await runRaw(lanes, calibrationOrders);
    const orders = Math.max(10, Math.round((warmRate * roundMilliseconds) / 1_000 / lanes.length));
    const ours: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < rounds; round++) {
        // Who goes first alternates: the second one inherits what the first left to be written.
        if (round % 2 === 0) {
            ours.push(await runOurs(lanes, orders));
            raw.push(await runRaw(lanes, orders));
        } else {
            raw.push(await runRaw(lanes, orders));
            ours.push(await runOurs(lanes, orders));
        }
    }
    const ratios = ours.map((rate, round) => rate / (raw[round] ?? Number.NaN));
    return {
        measure: `orders per second, ${lanes.length} at a time`,
        unit: "/s",
        value: median(ours),
        baseline: median(raw),
        medianRatio: median(ratios),
        spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
        budget: { of: "ratio", comparison: "at least", limit: 0.8 },
    };
}

/** @returns orders per second */
function runOurs(lanes: readonly Lane[], orders: number): Promise<number> {
    const placements = lanes.map(({ shop }) => placementsOf(shop, orders));
    return timed(lanes.length * orders, () =>
        Promise.all(
            lanes.map(async ({ session }, lane) => {
                for (const placement of placements[lane] ?? []) {
                    await place(session, placement);
                }
            }),
        ),
    );
}

/** @returns orders per second */
async function runRaw(lanes: readonly Lane[], orders: number): Promise<number> {
    // Made beforehand: the baseline pays for nothing but sending them and reading the answers.
    const transactions = await Promise.all(
        lanes.map(({ shop }) => Promise.all(placementsOf(shop, orders).map(statementsOf))),
    );
    return timed(lanes.length * orders, () =>
        Promise.all(
            lanes.map(async ({ client }, lane) => {
                for (const statements of transactions[lane] ?? []) {
                    await runPipeline(client, statements);
                }
            }),
        ),
    );
}

function placementsOf(shop: Shop, orders: number): readonly Placement[] {
    return Array.from({ length: orders }, () => orderOf(shop, linesOfEach));
}

async function timed(orders: number, run: () => Promise<unknown>): Promise<number> {
    const started = performance.now();
    await run();
    return orders / ((performance.now() - started) / 1_000);
}
