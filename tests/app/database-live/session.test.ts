import assert from "node:assert/strict";
import type { Statement } from "../../../app/database/session";
import { insertPool } from "../../../app/inventory/stock-store";
import { newId } from "../../../app/values/ids";
import { migratedDatabase, type TestDatabase } from "../../support/database";
import { startDatabaseProxy } from "../../support/database-proxy";
import { countOf } from "../../support/shop";

const statement = (name: string, text: string, values: Statement["values"] = []): Statement => ({
    name,
    text,
    values,
});

describe("a session", function () {
    this.timeout(30_000);

    let database: TestDatabase;

    before(async () => {
        database = await migratedDatabase();
    });

    after(() => database.close());

    it("gives the rows of each statement, with every kind of parameter", async () => {
        const session = database.session("shop_catalog");
        const rows = await session.transact([
            statement(
                "typed",
                "SELECT $1::text AS t, $2::bigint AS n, $3::boolean AS b, $4::text AS x",
                ['it\'s "5"', 7, true, null],
            ),
            statement("nothing", "SELECT 1 WHERE false"),
            statement("lists", "SELECT $1::text[] AS texts, $2::integer[] AS numbers", [
                ["a,b", 'c"\\d', ""],
                [1, -2],
            ]),
        ]);
        assert.deepEqual(rows, [
            [{ t: 'it\'s "5"', n: "7", b: true, x: null }],
            [],
            [{ texts: ["a,b", 'c"\\d', ""], numbers: [1, -2] }],
        ]);
    });

    it("runs a transaction in one snapshot", async () => {
        const [[row] = []] = await database
            .session("shop_catalog")
            .transact([
                statement("level", "SELECT current_setting('transaction_isolation') AS level"),
            ]);
        assert.equal(row?.["level"], "repeatable read");
    });

    it("writes nothing when a statement in the middle fails, and can go on", async () => {
        const session = database.session("shop_catalog");
        const pools = await countOf(database, "stock_pool");
        const attempt = session.transact([
            insertPool("main", newId(1), 0, 5),
            insertPool("main", newId(1), 0, -1),
            insertPool("main", newId(1), 0, 5),
        ]);
        await assert.rejects(attempt, {
            code: "23514",
            constraint: "stock_pool_available_not_negative",
            statement: "insert-pool",
        });
        assert.equal(await countOf(database, "stock_pool"), pools);
        await session.transact([insertPool("main", newId(1), 0, 5)]);
        assert.equal(await countOf(database, "stock_pool"), pools + 1);
    });

    it("writes nothing when BEGIN itself is refused", async () => {
        const proxy = await startDatabaseProxy(database);
        // As long as the text it replaces, so that the message stays well-formed.
        proxy.replace(
            "BEGIN ISOLATION LEVEL REPEATABLE READ",
            "BEGIN ISOLATION LEVEL REPEATABLE_READ",
        );
        const session = database.session("shop_catalog");
        const pools = await countOf(database, "stock_pool");
        await assert.rejects(session.transact([insertPool("main", newId(1), 0, 5)]), {
            code: "42601",
        });
        await session.close();
        await proxy.close();
        assert.equal(await countOf(database, "stock_pool"), pools);
    });

    it("rejects a transaction whose COMMIT was answered with ROLLBACK", async () => {
        const proxy = await startDatabaseProxy(database);
        proxy.replace("COMMIT\0", "ABORT \0");
        const through = database.session("shop_catalog");
        await assert.rejects(
            through.transact([insertPool("main", newId(1), 0, 5)]),
            /answered COMMIT with ROLLBACK/,
        );
        await through.close();
        await proxy.close();
    });

    it("refuses two texts of one name before it sends anything", async () => {
        const session = database.session("shop_catalog");
        const attempt = session.transact([
            statement("same", "SELECT 1 AS one"),
            statement("same", "SELECT 2 AS two"),
        ]);
        await assert.rejects(attempt, /Two statements are named "same"/);
    });

    it("repeats a statement that a first failure has left unprepared", async () => {
        const session = database.session("shop_catalog");
        const broken = [
            statement("fails", "SELECT 1 / $1::integer AS n", [0]),
            statement("later", "SELECT 2"),
        ];
        await assert.rejects(session.transact(broken), { code: "22012", statement: "fails" });
        const [first] = await session.transact([
            statement("fails", "SELECT 1 / $1::integer AS n", [1]),
            statement("later", "SELECT 2"),
        ]);
        assert.deepEqual(first, [{ n: 1 }]);
    });
});
