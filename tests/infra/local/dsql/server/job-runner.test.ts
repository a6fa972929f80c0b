import assert from "node:assert/strict";
import type { Client } from "pg";
import { createJobRunner, type JobRunner } from "../../../../../infra/local/dsql/server/jobs";
import { failureOf, firstValue, type PreparedServer, startPreparedServer } from "./prepared-server";

describe("createJobRunner", () => {
    let server: PreparedServer;
    let admin: Client;
    let other: Client;
    let runners: JobRunner[] = [];
    let lines: string[] = [];
    let told: (() => void) | undefined;

    const start = (retentionMilliseconds = 60_000): JobRunner => {
        const runner = createJobRunner({
            ...server.address,
            onCatalogChange: () => undefined,
            log: (line) => {
                lines.push(line);
                told?.();
            },
            retentionMilliseconds,
        });
        runners.push(runner);
        return runner;
    };
    const submit = (definition: string) =>
        firstValue(admin, `SELECT dsql_internal.submit_index('${definition}')`);
    const status = (id: unknown) =>
        firstValue(admin, `SELECT status FROM sys.jobs WHERE job_id = '${id}'`);
    const wait = (id: unknown) => firstValue(admin, `CALL sys.wait_for_job('${id}')`);
    /** Submits a job that cannot be finished, for `other` has written to the table. */
    const submitBlocked = async (name: string) => {
        await admin.query(`CREATE TABLE ${name} (id int)`);
        const id = await submit(`CREATE UNIQUE INDEX ON ${name} (id)`);
        await other.query(`BEGIN; INSERT INTO ${name} VALUES (1)`);
        return id;
    };
    const untilProcessing = async (id: unknown) => {
        while ((await status(id)) !== "processing") {
            await admin.query("SELECT pg_sleep(0.005)");
        }
    };

    before(async () => {
        server = await startPreparedServer();
        admin = await server.connect();
        other = await server.connect();
    });
    afterEach(async () => {
        await other.query("ROLLBACK");
        await Promise.all(runners.map((runner) => runner.stop()));
        runners = [];
        lines = [];
        told = undefined;
    });
    after(() => server.stop());

    it("runs what is submitted after it was idle", async () => {
        const runner = start();
        await runner.idle();
        await admin.query("CREATE TABLE late (id int)");
        const id = await submit("CREATE INDEX ON late (id)");
        runner.kick();
        await runner.idle();
        assert.equal(await status(id), "completed");
    });

    it("waits for a transaction that wrote to the table, but not with the other jobs", async () => {
        const blocked = await submitBlocked("busy");
        await admin.query("CREATE TABLE quiet (id int)");
        const free = await submit("CREATE UNIQUE INDEX ON quiet (id)");
        const runner = start();
        assert.equal(await wait(free), true);
        assert.equal(await status(blocked), "processing");
        await other.query("COMMIT");
        await runner.idle();
        assert.equal(await status(blocked), "completed");
    });

    it("makes no writer wait for so long that it gives up", async () => {
        await submitBlocked("written");
        start();
        const isQueued =
            "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND mode = 'ShareLock'";
        while (!(await firstValue(admin, isQueued))) {
            await admin.query("SELECT pg_sleep(0.001)");
        }
        assert.equal(await failureOf(admin, "INSERT INTO written VALUES (2)"), undefined);
    });

    it("does not wait for transactions that only read, however old", async () => {
        await admin.query("CREATE TABLE shown (id int)");
        await other.query("BEGIN; SELECT * FROM shown");
        const id = await submit("CREATE UNIQUE INDEX ON shown (id)");
        start();
        assert.equal(await wait(id), true);
    });

    it("lets an index or table be dropped while its job waits", async () => {
        await admin.query("CREATE TABLE dropped (id int)");
        const first = await submit("CREATE UNIQUE INDEX dropped_first ON dropped (id)");
        const second = await submit("CREATE UNIQUE INDEX ON dropped (id)");
        await other.query("BEGIN; INSERT INTO dropped VALUES (1)");
        const runner = start();
        await untilProcessing(second);
        await other.query("DROP INDEX dropped_first; DROP TABLE dropped; COMMIT");
        await runner.idle();
        const { rows } = await admin.query(
            "SELECT status, details, object_name FROM sys.jobs WHERE job_id = $1",
            [second],
        );
        assert.deepEqual(rows, [
            {
                status: "completed",
                details: 'relation "public.dropped" does not exist',
                object_name: null,
            },
        ]);
        assert.equal(await status(first), "completed");
    });

    it("leaves what it has not finished to the next process", async () => {
        const id = await submitBlocked("inherited");
        const first = start();
        await untilProcessing(id);
        await first.stop();
        assert.equal(await status(id), "processing");
        await other.query("COMMIT");
        await start().idle();
        assert.equal(await status(id), "completed");
    });

    it("survives the loss of its connection, and says so", async () => {
        const id = await submitBlocked("cut_off");
        const runner = start();
        await untilProcessing(id);
        const isTold = new Promise<void>((resolve) => {
            told = resolve;
        });
        const internal = await server.connect("dsql_internal");
        await internal.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE usename = 'dsql_internal' AND pid <> pg_backend_pid()`,
        );
        await isTold;
        await other.query("COMMIT");
        await runner.idle();
        assert.equal(await status(id), "completed");
        assert.match(lines[0] ?? "", /^Jobs of postgres: .*terminat/);
    });

    it("runs a job once, however many runners there are", async () => {
        await admin.query("CREATE TABLE shared (id int)");
        await submit("CREATE INDEX ON shared (id)");
        await Promise.all([start(), start(), start()].map((runner) => runner.idle()));
        assert.equal(lines.length, 1, lines.join());
    });

    it("forgets jobs that finished long ago when it runs another", async () => {
        await admin.query("CREATE TABLE twice (id int)");
        const first = await submit("CREATE INDEX ON twice (id)");
        await start(-1_000).idle();
        assert.equal(await status(first), "completed");
        await submit("CREATE INDEX ON twice (id)");
        await start(-1_000).idle();
        assert.equal(await status(first), undefined);
    });

    it("fails a job that PostgreSQL refuses again and again", async () => {
        await admin.query("CREATE TABLE divided (id int)");
        const id = await submit("CREATE UNIQUE INDEX ON divided ((1 / id))");
        // An index that is not kept up to date is how a row comes in that it cannot hold.
        const internal = await server.connect("dsql_internal");
        await internal.query(
            "UPDATE pg_index SET indisready = false WHERE indrelid = 'divided'::regclass",
        );
        await admin.query("INSERT INTO divided VALUES (0)");
        await start().idle();
        const { rows } = await admin.query(
            "SELECT status, details FROM sys.jobs WHERE job_id = $1",
            [id],
        );
        assert.deepEqual(rows, [{ status: "failed", details: "division by zero" }]);
    });

    const waits: readonly [name: string, argument: string, failure?: string][] = [
        ["refuses what is no job's id", "'no-such-job'", "22P02 Unable to convert text to UUID"],
        ["refuses a null", "NULL", "22P02 Unable to convert text to UUID"],
        ["answers null for a job it does not know", "'aaaaaaaaaaaaaaaaaaaaaaaaaa'"],
    ];
    for (const [name, argument, failure] of waits) {
        it(`sys.wait_for_job ${name}`, async () => {
            const statement = `CALL sys.wait_for_job(${argument})`;
            assert.equal(await failureOf(admin, statement), failure);
            if (failure === undefined) {
                assert.deepEqual((await admin.query(statement)).rows, [{ succeeded: null }]);
            }
        });
    }
});
