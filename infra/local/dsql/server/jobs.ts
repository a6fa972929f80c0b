import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import { connectInternally, type DatabaseAddress } from "./internal-client";

export interface JobRunnerOptions extends DatabaseAddress {
    /** A job has changed the catalogue: an index became valid, say. */
    onCatalogChange(): void;
    log(line: string): void;
    /** How long a finished job is kept; 30 minutes. */
    readonly retentionMilliseconds?: number;
}

/** Runs the jobs of one database in the background, one after the other. */
export interface JobRunner {
    /** Says that a job may have been submitted. */
    kick(): void;
    /** Waits until nothing is left to do. */
    idle(): Promise<void>;
    stop(): Promise<void>;
}

const retentionMilliseconds = 30 * 60_000;
/** Longer than a transaction may last, so that no transaction can make a job fail. */
const maxWaitMilliseconds = 6 * 60_000;
/** Shorter than anybody's, so that nobody who comes later fails for queueing behind a job. */
const lockTimeoutMilliseconds = 100;
const firstPauseMilliseconds = 20;
const maxPauseMilliseconds = 1_000;
/** In a row: of the connection, or of one job for a reason that is not a lock. */
const maxFailures = 5;
/** Any number; keeps two runners of one database apart. */
const runnerLock = 7_302;

/** Starts with the jobs that an earlier process left undone. */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
    const stopping = new AbortController();
    let isWanted = false;
    let running: Promise<void> | undefined;
    const kick = (): void => {
        isWanted = true;
        running ??= runWhileWanted().finally(() => {
            running = undefined;
        });
    };
    const runWhileWanted = async (): Promise<void> => {
        for (let failures = 0; isWanted && !stopping.signal.aborted; ) {
            isWanted = false;
            try {
                await runSubmittedJobs(options, stopping.signal);
                failures = 0;
            } catch (error) {
                failures += 1;
                isWanted = isWanted || failures < maxFailures;
                if (!stopping.signal.aborted) {
                    options.log(`Jobs of ${options.database}: ${messageOf(error)}`);
                    await pauseAfter(failures, stopping.signal);
                }
            }
        }
    };
    kick();
    return {
        kick,
        async idle() {
            await running;
        },
        async stop() {
            stopping.abort();
            await running;
        },
    };
}

interface Job {
    /** A bigint, in digits. */
    readonly number: string;
    readonly name: string;
    /** Since when this process tries to run it, on the monotonic clock. */
    readonly since: number;
    readonly failures: number;
}

async function runSubmittedJobs(options: JobRunnerOptions, signal: AbortSignal): Promise<void> {
    const client = await connectInternally(options);
    // Breaks off a statement that waits for a lock.
    const end = (): void => void client.end().catch(() => undefined);
    signal.addEventListener("abort", end, { once: true });
    try {
        await client.query(`SET lock_timeout = ${maxWaitMilliseconds}`);
        await client.query("SELECT pg_advisory_lock($1)", [runnerLock]);
        await client.query(`SET lock_timeout = ${lockTimeoutMilliseconds}`);
        const known = new Map<string, Job>();
        for (let rounds = 1; !signal.aborted; rounds += 1) {
            const jobs = await findJobs(client, options, known);
            if (jobs.length === 0) {
                return;
            }
            let isAnyLeft = false;
            for (const job of jobs) {
                const left = await runJob(client, job, options);
                isAnyLeft ||= left !== undefined;
                known.set(job.number, left ?? job);
            }
            // Whatever is in the way of one job need not be in the way of the next.
            await (isAnyLeft ? pauseAfter(rounds, signal) : undefined);
        }
    } finally {
        signal.removeEventListener("abort", end);
        await client.end().catch(() => undefined);
    }
}

async function findJobs(
    client: Client,
    options: JobRunnerOptions,
    known: ReadonlyMap<string, Job>,
): Promise<readonly Job[]> {
    const { rows } = await client.query<Pick<Job, "number" | "name">>(
        `SELECT job.number, concat_ws(' ', job.job_type, jobs.object_name) AS name
         FROM dsql_internal.job JOIN sys.jobs USING (job_id)
         WHERE job.status IN ('submitted', 'processing')
         ORDER BY job.number`,
    );
    if (rows.length > 0) {
        await client.query(
            `DELETE FROM dsql_internal.job
             WHERE
                 status NOT IN ('submitted', 'processing')
                 AND update_time < clock_timestamp() - $1 * interval '1 millisecond'`,
            [options.retentionMilliseconds ?? retentionMilliseconds],
        );
    }
    return rows.map(
        (row) => known.get(row.number) ?? { ...row, since: performance.now(), failures: 0 },
    );
}

/** @returns the job, when it is to be tried again */
async function runJob(
    client: Client,
    job: Job,
    options: JobRunnerOptions,
): Promise<Job | undefined> {
    const report = (status: string, details: string | null): void => {
        const milliseconds = Math.round(performance.now() - job.since);
        const reason = details === null ? "" : `: ${details}`;
        options.log(`${job.name} ${status} after ${milliseconds} ms${reason}`);
    };
    try {
        await client.query(
            `UPDATE dsql_internal.job
             SET status = 'processing', update_time = date_trunc('second', clock_timestamp())
             WHERE number = $1 AND status = 'submitted'`,
            [job.number],
        );
        const { rows } = await client.query<{
            status: string;
            details: string | null;
            changed_catalog: boolean;
        }>("SELECT * FROM dsql_internal.run_job($1)", [job.number]);
        for (const { status, details, changed_catalog } of rows) {
            report(status, details);
            if (changed_catalog) {
                options.onCatalogChange();
            }
        }
        return undefined;
    } catch (error) {
        const code = codeOf(error);
        if (code === undefined) {
            throw error;
        }
        // Somebody holds a lock (55P03, 40P01), or just changed what the job is about.
        const failures = ["55P03", "40P01"].includes(code) ? job.failures : job.failures + 1;
        const isOver = performance.now() - job.since > maxWaitMilliseconds;
        if (!isOver && failures < maxFailures) {
            return { ...job, failures };
        }
        await client.query("SELECT dsql_internal.end_job($1, 'failed', $2)", [
            job.number,
            messageOf(error),
        ]);
        report("failed", messageOf(error));
        return undefined;
    }
}

/** Ends early, without an error, when the runner is stopped. */
async function pauseAfter(attempts: number, signal: AbortSignal): Promise<void> {
    const milliseconds = Math.min(firstPauseMilliseconds * 2 ** attempts, maxPauseMilliseconds);
    await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}

/** A SQLSTATE; undefined when the connection is what failed. */
function codeOf(error: unknown): string | undefined {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P)/.test(code)
        ? code
        : undefined;
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
