import { createHash } from "node:crypto";
import type { Client } from "pg";
import { catalogLimits } from "./catalog-limits";
import { iamGrants } from "./iam-grants";
import { connectInternally, type DatabaseAddress } from "./internal-client";
import { jobCatalog } from "./job-catalog";
import { jobExecution } from "./job-execution";
import { jobSubmission } from "./job-submission";
import { privileges } from "./privileges";
import { roles } from "./roles";
import { writeLimits } from "./write-limits";

const installation = [
    roles,
    iamGrants,
    jobCatalog,
    jobSubmission,
    jobExecution,
    writeLimits,
    catalogLimits,
    privileges,
].join("\n");

const version = createHash("sha256").update(installation).digest("hex").slice(0, 16);

/** Any number; what else takes an advisory lock of a database takes another one. */
const installationLock = 7_301;

/**
 * Makes a PostgreSQL database look like one of Aurora DSQL: its roles, the schema `sys`, its
 * limits, and what the front door's rewrites call. May be called again, also by several processes
 * at once; a database that is prepared already is left alone.
 * @throws Error when the database cannot be reached
 */
export async function prepareDatabase(address: DatabaseAddress): Promise<void> {
    const client = await connectInternally(address);
    try {
        if (await isPrepared(client)) {
            return;
        }
        await client.query(
            "BEGIN; SET LOCAL lock_timeout = '60s'; SET LOCAL client_min_messages = error",
        );
        await client.query("SELECT pg_advisory_xact_lock($1)", [installationLock]);
        if (!(await isPrepared(client))) {
            await client.query(installation);
            await client.query(`COMMENT ON SCHEMA dsql_internal IS '${version}'`);
        }
        await client.query("COMMIT");
    } finally {
        await client.end();
    }
}

/** A copy of a prepared database has everything but its owner. */
async function isPrepared(client: Client): Promise<boolean> {
    const { rows } = await client.query(
        `SELECT FROM pg_catalog.pg_namespace
         WHERE
             nspname = 'dsql_internal'
             AND pg_catalog.obj_description(oid, 'pg_namespace') = $1
             AND EXISTS (
                 SELECT FROM pg_catalog.pg_database
                 WHERE datname = current_database() AND pg_get_userbyid(datdba) = 'admin'
             )`,
        [version],
    );
    return rows.length > 0;
}
