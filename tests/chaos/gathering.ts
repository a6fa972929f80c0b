import type { Client as Database } from "pg";
import { type Convergence, waitForConvergence } from "./convergence";
import type { DrillGround, DrillOptions } from "./drill";
import type { Operation } from "./history";
import type { Evidence } from "./state";
import { readState } from "./state-reader";
import { differencesOf, readSummary, type Summary } from "./summary";

/** The summary of every cell. */
export async function summariesOf({ places, connect }: DrillGround): Promise<readonly Summary[]> {
    return Promise.all(
        places.map((place) => withDatabase(connect, place.name, (db) => readSummary(db, place))),
    );
}

/**
 * Reads every cell when nothing moves any more: stock that travels while one cell is read after the
 * other would be seen twice or not at all. Rebalancing goes on for a while when the clients are gone.
 */
export async function gatherInPeace(
    ground: DrillGround,
    { convergenceLimitMilliseconds, hurryAfterMilliseconds }: DrillOptions,
    operations: readonly Operation[],
): Promise<{ readonly evidence: Evidence; readonly convergence: Convergence }> {
    const readSummaries = () => summariesOf(ground);
    const started = performance.now();
    for (;;) {
        const spent = performance.now() - started;
        const convergence = await waitForConvergence({
            readSummaries,
            hurry: ground.hurry,
            limitMilliseconds: convergenceLimitMilliseconds - spent,
            hurryAfterMilliseconds,
        });
        const before = await readSummaries();
        const evidence = await gather(ground, operations);
        const after = await readSummaries();
        const isStill = JSON.stringify(before) === JSON.stringify(after);
        if (
            (isStill && differencesOf(after).length === 0) ||
            spent > convergenceLimitMilliseconds
        ) {
            return { evidence, convergence };
        }
    }
}

async function gather(
    { places, connect }: DrillGround,
    operations: readonly Operation[],
): Promise<Evidence> {
    const cells = await Promise.all(
        places.map((place) => {
            const others = places.filter((other) => other !== place);
            return withDatabase(connect, place.name, (db) => readState(db, place, others));
        }),
    );
    return { operations, cells };
}

async function withDatabase<Value>(
    connect: DrillGround["connect"],
    cell: string,
    use: (database: Database) => Promise<Value>,
): Promise<Value> {
    const database = await connect(cell);
    // A connection may break at any time; whoever uses it is told by the query that fails.
    database.on("error", () => undefined);
    try {
        await database.connect();
        return await use(database);
    } finally {
        await database.end().catch(() => undefined);
    }
}
