import assert from "node:assert/strict";
import { Client } from "pg";
import type { Statement } from "../../../app/database/session";
import { insertPool } from "../../../app/inventory/stock-store";
import { newId } from "../../../app/values/ids";
import { redirectHosts } from "../../../infra/local/host-redirection";
import { migratedDatabase, type TestDatabase } from "../../support/database";
import { outcome } from "../../support/shop";

const statement = (name: string, text: string): Statement => ({ name, text, values: [] });
const pid = statement("pid", "SELECT pg_backend_pid() AS pid");

describe("the connections of a session", function () {
    this.timeout(30_000);

    let database: TestDatabase;

    before(async () => {
        database = await migratedDatabase();
    });

    after(() => database.close());

    it("are kept after an error that was foreseen, and given up after any other", async () => {
        const session = database.session("shop_catalog");
        const [first] = await session.query(pid);
        const refused = session.transact([insertPool("main", newId(1), 0, -1)]);
        await assert.rejects(refused, { code: "23514" });
        assert.deepEqual(await session.query(pid), [first]);
        await assert.rejects(session.query(statement("wrong", "SELEC 1")), { code: "42601" });
        const [second] = await session.query(pid);
        assert.notEqual(second?.["pid"], first?.["pid"]);
    });

    it("refuse callers when too many are waiting already", async () => {
        const session = database.session("shop_catalog", { budgetMilliseconds: 0 });
        const outcomes = await Promise.all(
            Array.from({ length: 600 }, () =>
                outcome(session.query(pid).then(() => ({ status: 200 }))),
            ),
        );
        assert.ok(outcomes.filter((result) => result === 200).length >= 500);
        assert.ok(outcomes.filter((result) => result === "overloaded").length >= 90);
    });

    it("notices that the server has ended an idle connection, and reconnects", async () => {
        const logged: string[] = [];
        const session = database.session("shop_catalog", {
            log: (level, message) => logged.push(`${level}: ${message}`),
        });
        const [first] = await session.query(pid);
        await terminate(database, Number(first?.["pid"]));
        const [second] = await session.query(pid);
        assert.notEqual(second?.["pid"], first?.["pid"]);
        assert.deepEqual(logged, ["warn: An idle database connection broke."]);
    });

    it("says that the database is unavailable when nothing listens", async () => {
        const restore = redirectHosts({
            hostSuffix: database.cluster.hostName,
            port: 5432,
            // The port of a service that nobody runs any more.
            toPort: 1,
            authorityPem: "",
        });
        const session = database.session("shop_catalog", { budgetMilliseconds: 200 });
        await assert.rejects(session.query(statement("one", "SELECT 1")), {
            code: "database_unavailable",
        });
        restore();
    });
});

/** Ends a connection as the database's own host would, who needs no front door. */
async function terminate({ door, cluster }: TestDatabase, processId: number): Promise<void> {
    const { port } = door.server;
    const host = new Client({
        host: "127.0.0.1",
        port,
        user: "dsql_internal",
        database: cluster.database,
    });
    await host.connect();
    await host.query("SELECT pg_terminate_backend($1, 2000)", [processId]);
    await host.end();
}
