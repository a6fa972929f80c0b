import assert from "node:assert/strict";
import type { Client } from "pg";
import { prepareDatabase } from "../../../../../infra/local/dsql/server/prepare-database";
import { failureOf, firstValue, type PreparedServer, startPreparedServer } from "./prepared-server";

describe("prepareDatabase", () => {
    let server: PreparedServer;
    let admin: Client;
    before(async () => {
        server = await startPreparedServer();
        admin = await server.connect();
        await admin.query("CREATE ROLE visitor WITH LOGIN");
    });
    after(() => server.stop());

    it("makes admin an ordinary role that owns the database and may make roles", async () => {
        const { rows } = await admin.query(
            `SELECT rolsuper, rolcreaterole, rolcanlogin, pg_get_userbyid(datdba) AS owner
             FROM pg_roles JOIN pg_database ON datname = current_database()
             WHERE rolname = 'admin'`,
        );
        assert.deepEqual(rows, [
            { rolsuper: false, rolcreaterole: true, rolcanlogin: true, owner: "admin" },
        ]);
    });

    it("may be called by several at once, for databases old and new", async () => {
        const internal = await server.connect("dsql_internal");
        const databases = ["postgres", "one", "one", "two", "copy"];
        await internal.query("CREATE DATABASE one");
        await internal.query("CREATE DATABASE two");
        await admin.end();
        await internal.end();
        const other = await server.connect("dsql_internal", "one");
        await other.query("CREATE DATABASE copy TEMPLATE postgres");
        await Promise.all(
            databases.map((database) => prepareDatabase({ ...server.address, database })),
        );
        for (const database of databases) {
            const client = await server.connect("admin", database);
            await client.query("CREATE TABLE IF NOT EXISTS of_admin (id int)");
            assert.equal(
                await firstValue(client, "SELECT count(*)::int FROM sys.jobs"),
                0,
                database,
            );
            await client.end();
        }
        admin = await server.connect();
    });

    it("changes nothing in a database that is prepared", async () => {
        const newest = "SELECT max(xmin::text::bigint) FROM pg_proc";
        const before = await firstValue(admin, newest);
        await prepareDatabase(server.address);
        assert.equal(await firstValue(admin, newest), before);
    });

    it("keeps the jobs and the counted tables when a newer version installs itself", async () => {
        await admin.query("CREATE TABLE indexed (id int PRIMARY KEY)");
        await admin.query("SELECT dsql_internal.submit_index('CREATE INDEX ON indexed (id)')");
        const internal = await server.connect("dsql_internal");
        await internal.query("COMMENT ON SCHEMA dsql_internal IS 'older'");
        await prepareDatabase(server.address);
        assert.equal(await firstValue(admin, "SELECT count(*)::int FROM sys.jobs"), 1);
        assert.equal(
            await failureOf(admin, "INSERT INTO indexed SELECT generate_series(1, 3001)"),
            "54000 transaction row limit exceeded",
        );
        await internal.end();
    });

    const refusals: readonly [user: string, statement: string, failure: string][] = [
        ["visitor", "CREATE TABLE public.t (id int)", "42501 permission denied for schema public"],
        ["visitor", "SELECT * FROM public.of_admin", "42501 permission denied for schema public"],
        ["visitor", "CREATE SCHEMA own", "42501 permission denied for database postgres"],
        ["visitor", "CREATE ROLE other", "42501 permission denied to create role"],
        ["admin", "CREATE TABLE sys.t (id int)", "42501 permission denied for schema sys"],
        ["admin", "DROP SCHEMA sys CASCADE", "42501 must be owner of schema sys"],
        ["admin", "DELETE FROM sys.jobs", '55000 cannot delete from view "jobs"'],
        ["admin", "SELECT * FROM dsql_internal.job", "42501 permission denied for table job"],
        [
            "admin",
            "SELECT dsql_internal.run_job(1)",
            "42501 permission denied for function run_job",
        ],
    ];
    for (const [user, statement, failure] of refusals) {
        it(`refuses ${user}: ${statement}`, async () => {
            const client = await server.connect(user);
            assert.equal(await failureOf(client, statement), failure);
            await client.end();
        });
    }

    it("lets everyone read sys and hides its own triggers", async () => {
        const visitor = await server.connect("visitor");
        assert.deepEqual((await visitor.query("SELECT * FROM sys.iam_pg_role_mappings")).rows, []);
        assert.deepEqual((await admin.query("SELECT * FROM information_schema.triggers")).rows, []);
        await visitor.end();
    });
});
