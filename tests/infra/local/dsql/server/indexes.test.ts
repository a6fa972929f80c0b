import assert from "node:assert/strict";
import type { Client } from "pg";
import { createJobRunner, type JobRunner } from "../../../../../infra/local/dsql/server/jobs";
import { failureOf, firstValue, type PreparedServer, startPreparedServer } from "./prepared-server";

describe("an index", () => {
    let server: PreparedServer;
    let admin: Client;
    let runner: JobRunner | undefined;
    let lines: string[] = [];
    let catalogChanges = 0;
    let lastTable = 0;

    const start = (retentionMilliseconds?: number): JobRunner => {
        runner = createJobRunner({
            ...server.address,
            onCatalogChange: () => {
                catalogChanges += 1;
            },
            log: (line) => lines.push(line),
            ...(retentionMilliseconds === undefined ? {} : { retentionMilliseconds }),
        });
        return runner;
    };
    /** A table `(id, value)` with the given values. */
    const table = async (...values: readonly number[]): Promise<string> => {
        lastTable += 1;
        const name = `t${lastTable}`;
        await admin.query(`CREATE TABLE ${name} (id int PRIMARY KEY, value int, name text)`);
        for (const [index, value] of values.entries()) {
            await admin.query(`INSERT INTO ${name} VALUES (${index}, ${value}, 'n${value}')`);
        }
        return name;
    };
    const submit = (definition: string) =>
        firstValue(admin, `SELECT dsql_internal.submit_index($$${definition}$$)`);
    const job = async (id: unknown) => {
        const { rows } = await admin.query(
            "SELECT status, details, job_type, object_name FROM sys.jobs WHERE job_id = $1",
            [id],
        );
        return rows[0];
    };
    const wait = async (id: unknown) =>
        (await admin.query("CALL sys.wait_for_job($1)", [id])).rows[0];
    const index = async (name: string) => {
        const { rows } = await admin.query(
            `SELECT indisvalid AS valid, pg_get_indexdef(indexrelid) AS definition
             FROM pg_index WHERE indexrelid = to_regclass($1)`,
            [name],
        );
        return rows[0];
    };

    before(async () => {
        server = await startPreparedServer();
        admin = await server.connect();
    });
    beforeEach(() => {
        lines = [];
        catalogChanges = 0;
    });
    afterEach(async () => {
        await admin.query("ROLLBACK");
        await runner?.stop();
        runner = undefined;
    });
    after(() => server.stop());

    it("is there at once, but is valid only when its job has run", async () => {
        const name = await table(1, 2);
        const id = await submit(`CREATE INDEX ON ${name} (value)`);
        assert.match(String(id), /^[a-z2-7]{26}$/);
        const submitted = {
            status: "submitted",
            details: null,
            job_type: "INDEX_BUILD",
            object_name: `public.${name}_value_idx`,
        };
        assert.deepEqual(await job(id), submitted);
        assert.equal((await index(`${name}_value_idx`)).valid, false);
        start();
        assert.deepEqual(await wait(id), { succeeded: true });
        assert.deepEqual(await job(id), { ...submitted, status: "completed" });
        assert.equal((await index(`${name}_value_idx`)).valid, true);
        await runner?.idle();
        assert.equal(catalogChanges, 1);
        assert.match(lines.join(), new RegExp(`^INDEX_BUILD public.${name}_value_idx completed`));
    });

    const definitions: readonly string[] = [
        "CREATE INDEX i% ON % USING btree (value)",
        "CREATE UNIQUE INDEX i% ON % USING btree (value)",
        "CREATE UNIQUE INDEX i% ON % USING btree (value DESC) INCLUDE (name)",
        "CREATE UNIQUE INDEX i% ON % USING btree (value) NULLS NOT DISTINCT",
        "CREATE UNIQUE INDEX i% ON % USING btree (lower(name)) WHERE (value > 0)",
    ];
    for (const definition of definitions) {
        it(`is the one that was asked for: ${definition}`, async () => {
            const name = await table(1, 2);
            const wanted = definition.replaceAll("%", name);
            const id = await submit(wanted);
            start();
            assert.deepEqual(await wait(id), { succeeded: true });
            assert.deepEqual(await index(`i${name}`), {
                valid: true,
                definition: wanted.replace(` ON ${name}`, ` ON public.${name}`),
            });
        });
    }

    it("is used by plans made before it was valid", async () => {
        const name = await table(1, 2);
        const id = await submit(`CREATE INDEX i${name} ON ${name} (value)`);
        await admin.query("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan");
        await admin.query(`PREPARE kept AS SELECT * FROM ${name} WHERE value = $1`);
        const plan = async () =>
            JSON.stringify((await admin.query("EXPLAIN EXECUTE kept (1)")).rows);
        assert.doesNotMatch(await plan(), /Index Scan/);
        start();
        await wait(id);
        assert.match(await plan(), new RegExp(`i${name}`));
        await admin.query("RESET ALL; DEALLOCATE kept");
    });

    it("may not become a constraint before it is valid", async () => {
        const name = await table(1, 2);
        const id = await submit(`CREATE UNIQUE INDEX i${name} ON ${name} (value)`);
        const adopt = `ALTER TABLE ${name} ADD CONSTRAINT u${name} UNIQUE USING INDEX i${name}`;
        assert.equal(await failureOf(admin, adopt), `55000 index "i${name}" is not valid`);
        start();
        await wait(id);
        assert.equal(await failureOf(admin, adopt), undefined);
        assert.match(String(await failureOf(admin, `INSERT INTO ${name} VALUES (9, 1)`)), /^23505/);
    });

    it("that is unique lets duplicates pass until its job, and none afterwards", async () => {
        const name = await table(1);
        const id = await submit(`CREATE UNIQUE INDEX i${name} ON ${name} (value)`);
        await admin.query(`INSERT INTO ${name} VALUES (5, 1)`);
        start();
        assert.deepEqual(await wait(id), { succeeded: false });
        const { status, details } = await job(id);
        assert.equal(status, "failed");
        assert.equal(details, "Found duplicate key while validating index for UCVs");
        assert.deepEqual(await index(`i${name}`), {
            valid: false,
            definition: `CREATE UNIQUE INDEX i${name} ON public.${name} USING btree (value)`,
        });
        const third = `INSERT INTO ${name} VALUES (6, 1)`;
        assert.match(String(await failureOf(admin, third)), /^23505/);
        assert.equal(await failureOf(admin, `DROP INDEX i${name}`, third), undefined);
    });

    it("that is there already has no job, if that is no error", async () => {
        const name = await table();
        const definition = `CREATE INDEX IF NOT EXISTS i${name} ON ${name} (value)`;
        assert.notEqual(await submit(definition), null);
        assert.equal(await submit(definition), null);
    });

    it("is not made by a transaction that is rolled back", async () => {
        const name = await table();
        await admin.query("BEGIN");
        const id = await submit(`CREATE INDEX i${name} ON ${name} (value)`);
        await admin.query("ROLLBACK");
        assert.equal(await job(id), undefined);
        assert.equal(await index(`i${name}`), undefined);
    });

    const failures: readonly [definition: string, failure: RegExp][] = [
        ["CREATE INDEX ON nothing (id)", /^42P01 relation "nothing" does not exist/],
        ["CREATE INDEX ON t1 (nothing)", /^42703 column "nothing" does not exist/],
        ["CREATE INDEX t1_pkey ON t1 (id)", /^42P07 relation "t1_pkey" already exists/],
        ["CREATE INDEX ON t1 ((random()))", /^42P17/],
        ["CREATE INDEX ON sys.jobs (job_id)", /^42501 must be owner of view jobs/],
    ];
    for (const [definition, failure] of failures) {
        it(`is refused where PostgreSQL refuses it: ${definition}`, async () => {
            const statement = `SELECT dsql_internal.submit_index('${definition}')`;
            assert.match(String(await failureOf(admin, statement)), failure);
        });
    }

    it("is refused to whoever does not own the table", async () => {
        await admin.query("CREATE ROLE stranger WITH LOGIN");
        await admin.query(
            "CREATE SCHEMA common_ground; GRANT USAGE ON SCHEMA common_ground TO stranger",
        );
        await admin.query("CREATE TABLE common_ground.t (id int)");
        const stranger = await server.connect("stranger");
        assert.equal(
            await failureOf(
                stranger,
                "SELECT dsql_internal.submit_index('CREATE INDEX ON common_ground.t (id)')",
            ),
            "42501 must be owner of table t",
        );
    });
});
