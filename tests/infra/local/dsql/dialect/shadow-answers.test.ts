import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { loadModule, parseSync } from "libpg-query";
import { Client } from "pg";
import { shadowOf } from "../../../../../infra/local/dsql/dialect/shadow";
import { type PostgresServer, startPostgres } from "../../../../../infra/local/postgres";

const schema = `
    CREATE TABLE item (
        id bigint PRIMARY KEY, shelf smallint NOT NULL, name varchar(20), price numeric(18,6),
        seen timestamptz, code uuid, is_gone boolean NOT NULL DEFAULT false, tags text[], data json,
        raw bytea, size integer
    );
    INSERT INTO item (id, shelf, name, price, seen, is_gone, tags, data, raw, size)
        SELECT n, n % 3, 'item ' || n, n * 1.5, '2026-01-01T00:00:00Z', n % 5 = 0,
            ARRAY['a', n::text], '{"n": 1}', '\\x01', n
        FROM generate_series(1, 20) AS n;
    CREATE TABLE shelf (shelf smallint, label text, "Höhe" integer);
    INSERT INTO shelf VALUES (0, 'low', 10), (0, 'low again', 11), (1, 'middle', 20), (7, 'none', 1);
    CREATE VIEW cheap AS SELECT * FROM item WHERE price < 10;`;

/** Each with the types and the values of its parameters. */
const statements: readonly (readonly [text: string, types?: string, values?: string])[] = [
    ["UPDATE item SET size = 0"],
    ["UPDATE item SET size = size + $1 WHERE id <= $2", "integer, bigint", "5, 7"],
    ["UPDATE item AS i SET name = 'x' FROM shelf WHERE i.shelf = shelf.shelf"],
    [
        "UPDATE item SET name = s.label FROM shelf s JOIN shelf o USING (label) WHERE item.shelf = s.shelf",
    ],
    ["UPDATE item SET name = (SELECT label FROM shelf LIMIT 1) WHERE (id, shelf) < (12, 2)"],
    ["UPDATE cheap SET name = 'x' FROM shelf WHERE cheap.shelf = shelf.shelf"],
    ["UPDATE item SET (name, size) = ('x', 2) WHERE id IN (1, 3, 99) OR shelf BETWEEN 5 AND 9"],
    [
        "WITH big AS (SELECT id FROM item WHERE size > 15) UPDATE item SET size = 1 FROM big WHERE big.id = item.id",
    ],
    ["UPDATE item SET size = 1 WHERE id = -1"],
    ["DELETE FROM item"],
    ["DELETE FROM item WHERE name LIKE $1 ESCAPE '!' AND NOT is_gone", "text", "'item 1%'"],
    ['DELETE FROM item USING shelf WHERE item.shelf = shelf.shelf AND "Höhe" > 5'],
    ["DELETE FROM item AS i WHERE EXISTS (SELECT FROM shelf WHERE shelf.shelf = i.shelf)"],
    ["DELETE FROM item WHERE id = ANY($1) RETURNING *", "bigint[]", "'{1,2,3,77}'"],
    [
        "DELETE FROM item USING shelf WHERE item.shelf = shelf.shelf RETURNING item.id, size * 2 AS twice",
    ],
    [
        "UPDATE item SET size = $1 + 1, seen = $2 WHERE id < 4 RETURNING id::text, size, item.seen, price",
        "bigint, timestamptz",
        "8, '2026-02-03T04:05:06.789Z'",
    ],
    [
        "UPDATE item AS i SET price = 3, name = 'new', tags = ARRAY['x', NULL], data = '{ \"b\": 2 }'::json, raw = '\\x0203', code = 'c0ffee00-0000-4000-8000-000000000001' WHERE id < 4 RETURNING *",
    ],
    [
        "UPDATE item SET shelf = 1, seen = '2026-05-05' WHERE id = 3 RETURNING shelf, seen, (SELECT label FROM shelf WHERE shelf.shelf = item.shelf) AS label, item.is_gone",
    ],
    [
        "UPDATE item SET seen = NULL, name = lower($1), is_gone = true WHERE size = 2 RETURNING seen, name || '!' AS shout, is_gone",
        "text",
        "'ABC'",
    ],
    [
        'UPDATE item SET name = s.label, size = s."Höhe" FROM shelf s WHERE s.shelf = item.shelf AND s.label <> \'low again\' RETURNING item.id, name, item.size + 1 AS next, s.label, "Höhe"',
    ],
    ["UPDATE cheap SET size = 4 RETURNING id, size"],
    ["INSERT INTO item (id, shelf) VALUES (100, 1), (101, $1)", "smallint", "2"],
    ["INSERT INTO item (id, shelf) VALUES (100, abs(-1))"],
    [
        "SELECT id, name FROM item WHERE shelf = $1 ORDER BY id DESC LIMIT 3 FOR UPDATE",
        "smallint",
        "1",
    ],
    [
        "SELECT i.id, s.label FROM item AS i JOIN shelf AS s ON s.shelf = i.shelf ORDER BY 1, 2 FOR KEY SHARE OF i",
    ],
    ["SELECT id FROM (SELECT * FROM item WHERE size > 17 FOR UPDATE) AS big ORDER BY id"],
    ["WITH w AS (SELECT id FROM item WHERE id < 3 FOR UPDATE) SELECT * FROM w ORDER BY id"],
];

describe("shadow of a statement, against PostgreSQL", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shop-shadow-"));
    let server: PostgresServer;
    let client: Client;

    before(async function start() {
        this.timeout(30_000);
        await loadModule();
        server = await startPostgres({ dataFolder: path.join(folder, "data"), durable: false });
        client = new Client({
            host: "127.0.0.1",
            port: server.port,
            user: "dsql_internal",
            database: "template1",
        });
        await client.connect();
        await client.query(schema);
    });

    after(async () => {
        await client.end();
        await server.stop();
        fs.rmSync(folder, { recursive: true, force: true });
    });

    beforeEach(() => client.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SAVEPOINT before"));
    afterEach(() => client.query("ROLLBACK"));

    async function answer(text: string, types = "", values = "") {
        const list = (items: string) => (items === "" ? "" : `(${items})`);
        await client.query(`PREPARE statement ${list(types)} AS ${text}`);
        const { rowCount, rows, fields } = await client.query({
            text: `EXECUTE statement ${list(values)}`,
            rowMode: "array",
        });
        await client.query("ROLLBACK TO before; DEALLOCATE ALL");
        const columns = fields.map(({ name, dataTypeID }) => `${name} ${dataTypeID}`);
        const lines = rows.map((row) => JSON.stringify(row));
        // SQL promises no order of what RETURNING gives.
        const isOrdered = text.includes("ORDER BY");
        return { rowCount, rows: isOrdered ? lines : lines.sort(), columns };
    }

    for (const [text, types, values] of statements) {
        it(`answers the same as ${text}`, async () => {
            const shadow = shadowOf(parseSync(text).stmts[0].stmt);
            const real = await answer(text, types, values);
            if (shadow?.kind === "rowCount") {
                assert.equal(shadow.commandTag, `INSERT 0 ${real.rowCount}`);
            } else if (shadow?.kind === "countQuery") {
                const counted = await answer(shadow.text, types, values);
                assert.deepEqual(counted.rows, [`["${real.rowCount}"]`]);
            } else {
                assert.ok(shadow);
                assert.deepEqual(await answer(shadow.text, types, values), real);
            }
        });
    }

    it("fails rather than round, where JSON knows no assignment of a fraction", async () => {
        const text = "UPDATE item SET size = 2.5 RETURNING size";
        assert.deepEqual((await answer(text)).rows[0], "[3]");
        const shadow = shadowOf(parseSync(text).stmts[0].stmt);
        assert.ok(shadow?.kind === "rowsQuery");
        await assert.rejects(answer(shadow.text), { code: "22P02" });
    });
});
