import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type Log, log } from "../log";
import type { Administration } from "./administration";
import { addGrants, type Grant } from "./iam-grants";
import { retryConflicts } from "./retry";
import type { Row } from "./session";
import { sqlFailure } from "./sqlstate";

/** One migration: one statement that is safe to run again. */
export interface Migration {
    /** Migrations apply in the order of their ids: `0001-product`. */
    readonly id: string;
    readonly sql: string;
}

/** What a cell's database has to be brought to. */
export interface MigrationRequest {
    readonly migrations: readonly Migration[];
    /** All of the cell's, whichever Region the roles are for. */
    readonly grants: readonly Grant[];
}

export interface MigrationReport {
    readonly applied: readonly string[];
    readonly skipped: readonly string[];
    /** Migrations that a newer version of the program has applied. */
    readonly unknown: readonly string[];
    readonly granted: readonly string[];
    /** Mappings of our roles that the request does not have; `AWS IAM REVOKE` removes one. */
    readonly stale: readonly string[];
}

/** The outside world, which tests replace. */
export interface MigratorOptions {
    readonly log?: Log;
    readonly sleep?: (milliseconds: number) => Promise<unknown>;
    readonly clock?: () => number;
}

const retryBudgetMilliseconds = 30_000;
/** Of the whole run, all index builds together; the function itself may take 900 seconds. */
const runLimitMilliseconds = 840_000;
/** An empty table's index is ready at once, a large one's after minutes. */
const firstPollMilliseconds = 25;
const maxPollMilliseconds = 1_000;

/**
 * Brings the database's schema and IAM mappings to what the request says. Aurora DSQL allows one
 * DDL statement in a transaction and no DML beside it
 * (https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-ddl.html), so a migration
 * and its row in `shop.schema_migration` are two transactions. Whatever happens between them, and
 * however many migrators run at once, repeating a migration does no harm.
 * @throws Error naming every applied migration whose text has changed, or the one that failed
 */
export async function migrate(
    administration: Administration,
    request: MigrationRequest,
    options: MigratorOptions = {},
): Promise<MigrationReport> {
    const migrations = [...request.migrations].sort((a, b) => (a.id < b.id ? -1 : 1));
    const outside = { log, sleep: wait, clock: () => performance.now(), ...options };
    const deadline = outside.clock() + runLimitMilliseconds;
    const tools = { administration, deadline, ...outside };
    await define(tools, "CREATE SCHEMA IF NOT EXISTS shop");
    await define(
        tools,
        `CREATE TABLE IF NOT EXISTS shop.schema_migration (
             id text NOT NULL,
             checksum text NOT NULL,
             applied_at timestamptz NOT NULL,
             CONSTRAINT schema_migration_pkey PRIMARY KEY (id)
         )`,
    );
    const checksums = await readChecksums(tools);
    refuseChanges(migrations, checksums);
    const pending = migrations.filter(({ id }) => !checksums.has(id));
    for (const migration of pending) {
        await apply(tools, migration);
    }
    const { granted, stale } = await addGrants((text, values) => run(tools, text, values), {
        grants: request.grants,
        log: tools.log,
    });
    const known = new Set(migrations.map(({ id }) => id));
    return {
        applied: pending.map(({ id }) => id),
        skipped: migrations.filter(({ id }) => checksums.has(id)).map(({ id }) => id),
        unknown: [...checksums.keys()].filter((id) => !known.has(id)),
        granted,
        stale,
    };
}

type Tools = Required<MigratorOptions> & {
    readonly administration: Administration;
    /** When to give up waiting for indexes, in milliseconds of the clock. */
    readonly deadline: number;
};

async function readChecksums(tools: Tools): Promise<ReadonlyMap<string, string>> {
    const rows = await run(tools, "SELECT id, checksum FROM shop.schema_migration ORDER BY id");
    return new Map(rows.map(({ id, checksum }) => [String(id), String(checksum)]));
}

function refuseChanges(
    migrations: readonly Migration[],
    checksums: ReadonlyMap<string, string>,
): void {
    const ids = migrations.map(({ id }) => id);
    const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
    if (repeated.length > 0) {
        throw new Error(`Migrations must have ids of their own: ${repeated.join(", ")}.`);
    }
    const changed = migrations.filter((migration) => {
        const applied = checksums.get(migration.id);
        return applied !== undefined && applied !== checksumOf(migration);
    });
    if (changed.length > 0) {
        throw new Error(
            `These migrations were changed after they had been applied: ` +
                `${changed.map(({ id }) => id).join(", ")}. ` +
                "Restore their text and put the change into a new migration.",
        );
    }
}

async function apply(tools: Tools, migration: Migration): Promise<void> {
    const start = tools.clock();
    try {
        const rows = await define(tools, migration.sql);
        const index = /^CREATE\s+(?:UNIQUE\s+)?INDEX\s+ASYNC\s+IF\s+NOT\s+EXISTS\s+(\w+)/im.exec(
            migration.sql,
        )?.[1];
        if (index !== undefined) {
            await waitForIndex(tools, index, rows[0]?.["job_id"]);
        }
        await run(
            tools,
            `INSERT INTO shop.schema_migration (id, checksum, applied_at)
             VALUES ($1, $2, now())
             ON CONFLICT (id) DO NOTHING`,
            [migration.id, checksumOf(migration)],
        );
    } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`Migration ${migration.id} failed: ${reason}`, { cause });
    }
    const milliseconds = Math.round(tools.clock() - start);
    tools.log("info", `Applied migration ${migration.id}.`, { milliseconds });
}

/** Runs a statement that defines something; what is there already counts as done. */
async function define(tools: Tools, sql: string): Promise<readonly Row[]> {
    return retryConflicts(async () => {
        try {
            return await tools.administration.execute(sql);
        } catch (error) {
            if (sqlFailure(error) === "duplicate_object") {
                return [];
            }
            throw error;
        }
    }, retryOptions(tools));
}

async function run(
    tools: Tools,
    text: string,
    values: readonly string[] = [],
): Promise<readonly Row[]> {
    return retryConflicts(() => tools.administration.execute(text, values), retryOptions(tools));
}

function retryOptions({ sleep, clock }: Tools) {
    return { budgetMilliseconds: retryBudgetMilliseconds, maxAttempts: 200, sleep, clock };
}

/**
 * Waits until an index that DSQL builds in the background may be used. It is polled, because
 * `CALL sys.wait_for_job` is a transaction and those end after five minutes; and the index itself
 * is asked, because a migrator that finds it under construction by another one has no job.
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-create-index-async.html
 */
async function waitForIndex(tools: Tools, index: string, jobId: unknown): Promise<void> {
    const remedy = `DROP INDEX shop.${index}, remove the cause and migrate again.`;
    let pauseMilliseconds = firstPollMilliseconds;
    while (!(await isIndexValid(tools, index))) {
        const [job] =
            typeof jobId === "string"
                ? await run(tools, "SELECT status, details FROM sys.jobs WHERE job_id = $1", [
                      jobId,
                  ])
                : [];
        if (job?.["status"] === "failed" || job?.["status"] === "cancelled") {
            throw new Error(
                `The index ${index} was not built: ${job["details"] ?? job["status"]}. ${remedy}`,
            );
        }
        if (tools.clock() >= tools.deadline) {
            throw new Error(
                `The index ${index} is not built after ${runLimitMilliseconds / 1_000} seconds. ` +
                    `Migrate again to go on waiting; if it never becomes valid: ${remedy}`,
            );
        }
        await tools.sleep(Math.min(pauseMilliseconds, tools.deadline - tools.clock()));
        pauseMilliseconds = Math.min(pauseMilliseconds * 2, maxPollMilliseconds);
    }
}

async function isIndexValid(tools: Tools, index: string): Promise<boolean> {
    const [row] = await run(
        tools,
        `SELECT pg_index.indisvalid
         FROM pg_catalog.pg_index
         JOIN pg_catalog.pg_class ON pg_class.oid = pg_index.indexrelid
         JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pg_class.relnamespace
         WHERE pg_namespace.nspname = 'shop' AND pg_class.relname = $1`,
        [index],
    );
    return row?.["indisvalid"] === true;
}

function checksumOf({ sql }: Migration): string {
    // Line ends are no change: git may write them differently on another computer.
    return createHash("sha256").update(sql.replace(/\r\n/g, "\n")).digest("hex");
}
