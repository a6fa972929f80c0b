import assert from "node:assert/strict";
import type { Client } from "pg";
import { failureOf, type PreparedServer, startPreparedServer } from "./prepared-server";

const rowLimit = "54000 transaction row limit exceeded";
const sizeLimit = "54000 transaction size limit 10mb exceeded";
const columns = (count: number) =>
    Array.from({ length: count }, (_, index) => `c${index} int`).join(", ");
const numbers = (count: number) => `SELECT generate_series(1, ${count})`;
const texts = (count: number, megabytes: number) =>
    `SELECT i, repeat('x', ${Math.round(megabytes * 1_048_576)}) FROM generate_series(1, ${count}) i`;

describe("limits", () => {
    let server: PreparedServer;
    let admin: Client;
    before(async () => {
        server = await startPreparedServer();
        admin = await server.connect();
        await admin.query("CREATE TABLE numbers (id int PRIMARY KEY, value int)");
        await admin.query(
            "CREATE TABLE digits (id int REFERENCES numbers ON DELETE CASCADE, place int)",
        );
        await admin.query("CREATE TABLE texts (id int, content text, more text, raw bytea)");
        await admin.query("CREATE TABLE documents (id int, content jsonb)");
    });
    after(() => server.stop());

    const rows: readonly [name: string, statements: readonly string[], failure?: string][] = [
        ["takes 3,000 rows in one transaction", [`INSERT INTO numbers ${numbers(3_000)}`]],
        ["refuses 3,001", [`INSERT INTO numbers ${numbers(3_001)}`], rowLimit],
        [
            "counts what several statements write",
            [
                `INSERT INTO numbers ${numbers(1_500)}`,
                "UPDATE numbers SET value = 1",
                "DELETE FROM numbers WHERE id = 1",
            ],
            rowLimit,
        ],
        [
            "counts the rows of cascades",
            [
                `INSERT INTO numbers ${numbers(500)}`,
                "INSERT INTO digits SELECT 1 + i % 500, i FROM generate_series(1, 1500) i",
                "DELETE FROM numbers",
            ],
            rowLimit,
        ],
        [
            "does not count what ON CONFLICT passes over",
            [
                `INSERT INTO numbers ${numbers(3_000)}`,
                `INSERT INTO numbers ${numbers(3_000)} ON CONFLICT DO NOTHING`,
            ],
        ],
        [
            "takes back what goes back to a savepoint",
            [
                "SAVEPOINT before",
                `INSERT INTO numbers ${numbers(2_000)}`,
                "ROLLBACK TO SAVEPOINT before",
                `INSERT INTO numbers ${numbers(3_000)}`,
            ],
        ],
        ["takes 10 MiB", [`INSERT INTO texts ${texts(10, 0.999)}`]],
        [
            "refuses more than 10 MiB, compressed or not",
            [`INSERT INTO texts ${texts(11, 0.999)}`],
            sizeLimit,
        ],
        ["takes a value of 1 MiB", [`INSERT INTO texts ${texts(1, 1)}`]],
        [
            "refuses a longer value",
            ["INSERT INTO texts (content) VALUES (repeat('x', 1048577))"],
            "54000 maximum column size exceeded",
        ],
        [
            "refuses longer bytes",
            ["INSERT INTO texts (raw) VALUES (repeat('x', 1048577)::bytea)"],
            "54000 maximum column size exceeded",
        ],
        [
            "measures bytes by themselves, not as text",
            ["INSERT INTO texts (raw) VALUES (repeat('x', 1048576)::bytea)"],
        ],
        [
            "measures JSON as it is compressed",
            ["INSERT INTO documents (content) VALUES (to_jsonb(repeat('x', 3000000)))"],
        ],
        [
            "refuses JSON of more than 1 MiB that does not compress",
            [
                `INSERT INTO documents (content)
                 SELECT to_jsonb(array_agg(gen_random_uuid())) FROM generate_series(1, 50000)`,
            ],
            "54000 maximum column size exceeded",
        ],
        [
            "refuses a row of more than 2 MiB",
            [
                `INSERT INTO texts (content, more, raw)
                 SELECT long, long, long::bytea FROM repeat('x', 900000) AS long`,
            ],
            "54000 maximum row size exceeded",
        ],
    ];
    for (const [name, statements, failure] of rows) {
        it(name, async () => {
            await admin.query("BEGIN");
            const actual = await failureOf(admin, ...statements);
            await admin.query("ROLLBACK");
            assert.equal(actual, failure);
        });
    }

    it("begins to count anew with every transaction", async () => {
        assert.equal(
            await failureOf(
                admin,
                `INSERT INTO numbers ${numbers(3_000)}`,
                "UPDATE numbers SET value = 2",
                "DELETE FROM numbers",
            ),
            undefined,
        );
    });

    const definitions: readonly [statement: string, failure?: string][] = [
        [`CREATE TABLE wide (${columns(255)})`],
        [`CREATE TABLE wider (${columns(256)})`, "54011 tables can have at most 255 columns"],
        ["ALTER TABLE wide ADD COLUMN one_more int", "54011 tables can have at most 255 columns"],
        ["CREATE TABLE lengths (v varchar(65535), c char(4096))"],
        [
            "ALTER TABLE lengths ADD COLUMN w varchar(65536)",
            "22023 length for type varchar cannot exceed 65535",
        ],
        ["CREATE TABLE longer (c char(4097))", "22023 length for type char cannot exceed 4096"],
        ["CREATE TABLE keyed (id int PRIMARY KEY, other int, code int UNIQUE)"],
        ["ALTER TABLE keyed DROP COLUMN id", "0A000 cannot drop primary key column id"],
        [
            "ALTER TABLE keyed DROP CONSTRAINT keyed_pkey",
            "0A000 cannot drop primary key constraint keyed_pkey",
        ],
        ["ALTER TABLE keyed DROP COLUMN other"],
        ["ALTER TABLE keyed DROP COLUMN code"],
        ["DROP TABLE keyed"],
    ];
    for (const [statement, failure] of definitions) {
        it(`${failure === undefined ? "takes" : "refuses"} ${statement.slice(0, 60)}`, async () => {
            assert.equal(await failureOf(admin, statement), failure);
        });
    }

    const filling: readonly [most: number, name: string, statement: string, failure: string][] = [
        [
            24,
            "indexes per table",
            "SELECT dsql_internal.submit_index('CREATE INDEX ON digits (place)')",
            "54000 more than 24 indexes per table are not allowed",
        ],
        // `public` is one of the ten.
        [9, "schemas", "CREATE SCHEMA s%", "54000 more than 10 schemas not allowed"],
    ];
    for (const [most, name, statement, failure] of filling) {
        it(`refuses the next after ${most} ${name}`, async () => {
            for (let number = 1; number <= most; number += 1) {
                await admin.query(statement.replace("%", String(number)));
            }
            assert.equal(await failureOf(admin, statement.replace("%", "0")), failure);
        });
    }

    it("refuses the 1,001st table, and the 5,001st view or sequence", async () => {
        const internal = await server.connect("dsql_internal");
        // The superuser's own definitions are not looked at, which makes this fast.
        const fill = (kind: string, columns: string, most: number) =>
            internal.query(
                `DO $$ BEGIN FOR i IN 1..${most} - (
                    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                    WHERE nspname = 'public' AND relkind = '${kind === "TABLE" ? "r" : kind === "VIEW" ? "v" : "S"}'
                ) LOOP
                    EXECUTE 'CREATE ${kind} public.filling_${kind}_' || i || '${columns}';
                END LOOP; END $$`,
            );
        await fill("TABLE", " ()", 1_000);
        await fill("VIEW", " AS SELECT 1", 5_000);
        await fill("SEQUENCE", "", 5_000);
        assert.equal(
            await failureOf(admin, "CREATE TABLE one_more (id int)"),
            "54000 creating more than 1000 tables not allowed",
        );
        assert.equal(
            await failureOf(admin, "CREATE VIEW one_more AS SELECT 1"),
            "54000 creating more than 5000 views not allowed",
        );
        assert.equal(
            await failureOf(admin, "CREATE SEQUENCE one_more"),
            "54000 creating more than 5000 sequences not allowed",
        );
        await internal.end();
    });
});
