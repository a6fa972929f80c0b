import { Client } from "pg";
import type { Statement } from "../../app/database/session";
import type { TestDatabase } from "../support/database";
import { connectionOf, startBenchDatabase } from "./bench-database";
import { type Bench, median, quantile, type Result } from "./measure";
import { runPipeline } from "./pipeline";

const concurrencies = [1, 8];
const rounds = 11;
const roundMilliseconds = 400;
const calibrationTransactions = 300;
const enduranceTransactions = 100_000;
const bytesOfMegabyte = 1_048_576;

/**
 * Compares transactions that change one row, sent in one flush by `pg`, through the front door and
 * straight to the server behind it; both take turns. The server keeps what it commits, as those
 * of `npm start` do. Then looks whether memory stays flat.
 */
export async function measureFrontDoor(bench: Bench): Promise<readonly Result[]> {
    const database = await startBenchDatabase(bench, { durable: true });
    await database.execute("CREATE TABLE counter (id integer PRIMARY KEY, n bigint NOT NULL)");
    await database.execute("INSERT INTO counter SELECT id, 0 FROM generate_series(1, 100) AS id");
    const lanes = Math.max(...concurrencies);
    const through = await connect(bench, database, "front door", lanes);
    const direct = await connect(bench, database, "server", lanes);
    const results: Result[] = [];
    for (const concurrency of concurrencies) {
        bench.progress(`${rounds} rounds with ${concurrency} at a time`);
        results.push(await compare(through.slice(0, concurrency), direct.slice(0, concurrency)));
    }
    bench.progress(`${enduranceTransactions} transactions`);
    results.push(await endure(database, through));
    return results;
}

async function connect(
    bench: Bench,
    database: TestDatabase,
    way: "front door" | "server",
    count: number,
): Promise<readonly Client[]> {
    const clients: Client[] = [];
    while (clients.length < count) {
        const client = new Client({
            ...(await connectionOf(database, way, "admin")),
            pipeline: true,
        });
        await client.connect();
        bench.later(() => client.end());
        clients.push(client);
    }
    return clients;
}

async function compare(through: readonly Client[], direct: readonly Client[]): Promise<Result> {
    await run(through, calibrationTransactions);
    const warmRate = await run(direct, calibrationTransactions);
    const each = Math.round((warmRate * roundMilliseconds) / 1_000 / direct.length);
    const ours: number[] = [];
    const baseline: number[] = [];
    for (let round = 0; round < rounds; round++) {
        const turns = [
            async () => ours.push(await run(through, each)),
            async () => baseline.push(await run(direct, each)),
        ];
        // Who goes first alternates: the second one inherits what the first left to be written.
        for (const turn of round % 2 === 0 ? turns : turns.reverse()) {
            await turn();
        }
    }
    const ratios = ours.map((rate, round) => rate / (baseline[round] ?? Number.NaN));
    return {
        measure: `one-row transactions through the front door, ${direct.length} at a time`,
        unit: "/s",
        value: median(ours),
        baseline: median(baseline),
        medianRatio: median(ratios),
        spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
        budget: { of: "ratio", comparison: "at least", limit: 0.6 },
    };
}

/** @returns transactions per second */
async function run(clients: readonly Client[], each: number): Promise<number> {
    const started = performance.now();
    await Promise.all(
        clients.map(async (client, lane) => {
            const update: Statement = {
                name: "count",
                text: "UPDATE counter SET n = n + 1 WHERE id = $1",
                values: [String(lane + 1)],
            };
            for (let done = 0; done < each; done++) {
                await runPipeline(client, [update]);
            }
        }),
    );
    return (each * clients.length) / ((performance.now() - started) / 1_000);
}

/** How much more memory the front door uses at the end than after a fifth of the transactions. */
async function endure(database: TestDatabase, clients: readonly Client[]): Promise<Result> {
    const part = enduranceTransactions / 10 / clients.length;
    const heaps: number[] = [];
    for (let tenth = 0; tenth < 10; tenth++) {
        await run(clients, part);
        const { heapBytes } = await database.door.door.statistics();
        heaps.push(heapBytes / bytesOfMegabyte);
    }
    const early = Math.min(...heaps.slice(1, 4));
    const late = Math.min(...heaps.slice(7));
    return {
        measure: `front door's memory gained over ${enduranceTransactions} transactions`,
        unit: "MB",
        value: Math.max(0, late - early),
        budget: { of: "value", comparison: "at most", limit: 1 },
    };
}
