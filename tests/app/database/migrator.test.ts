import assert from "node:assert/strict";
import type { Administration } from "../../../app/database/administration";
import { type MigrationRequest, migrate } from "../../../app/database/migrator";
import type { Row } from "../../../app/database/session";

type Answer = readonly Row[] | Error | undefined;

/** A DSQL that remembers migrations and mappings, and answers what a script says first. */
function scriptedDatabase(
    script: (text: string, values: readonly string[]) => Answer = () => undefined,
) {
    const applied: Row[] = [];
    const mappings: Row[] = [];
    const executed: string[] = [];
    const administration: Administration = {
        async execute(text, values = []) {
            const brief = text.replace(/\s+/g, " ").trim();
            executed.push(brief);
            const answer = script(brief, values);
            if (answer instanceof Error) {
                throw answer;
            }
            if (answer !== undefined) {
                return answer;
            }
            if (brief.startsWith("SELECT id, checksum")) {
                return [...applied];
            }
            if (brief.startsWith("INSERT INTO shop.schema_migration")) {
                applied.push({ id: values[0], checksum: values[1] });
            }
            return brief.startsWith("SELECT arn") ? [...mappings] : [];
        },
        close: async () => undefined,
    };
    const logged: string[] = [];
    const sleeps: number[] = [];
    let now = 0;
    const run = (request: Partial<MigrationRequest>) =>
        migrate(
            administration,
            { migrations: [], grants: [], ...request },
            {
                log: (_, message) => logged.push(message),
                clock: () => now,
                sleep: async (milliseconds) => {
                    sleeps.push(milliseconds);
                    now += milliseconds;
                },
            },
        );
    return { run, applied, mappings, executed, logged, sleeps };
}

const failure = (code: string, message = code) => Object.assign(new Error(message), { code });
const table = { id: "0001-a", sql: "CREATE TABLE IF NOT EXISTS shop.a (id text);" };
const role = { id: "0002-role", sql: "CREATE ROLE shop_a WITH LOGIN;" };
const index = {
    id: "0003-index",
    sql: "-- why\nCREATE INDEX ASYNC IF NOT EXISTS a_newest ON shop.a (id);",
};

describe("migrate", () => {
    it("applies what is pending in order and skips what is applied", async () => {
        const database = scriptedDatabase();
        const first = await database.run({ migrations: [role, table] });
        assert.deepEqual(first.applied, [table.id, role.id]);
        assert.deepEqual(database.logged, [
            `Applied migration ${table.id}.`,
            `Applied migration ${role.id}.`,
        ]);
        const count = database.executed.length;
        const second = await database.run({ migrations: [table, role] });
        assert.deepEqual([second.applied, second.skipped], [[], [table.id, role.id]]);
        assert.ok(!database.executed.slice(count).some((text) => text.includes("shop.a ")));
    });

    it("refuses a migration that was changed after it had been applied, by name", async () => {
        const database = scriptedDatabase();
        await database.run({ migrations: [table] });
        const changed = { ...table, sql: `${table.sql} ` };
        await assert.rejects(database.run({ migrations: [changed, role] }), /applied: 0001-a\./);
        assert.ok(!database.executed.includes(role.sql));
    });

    it("does not take other line ends for a change", async () => {
        const database = scriptedDatabase();
        const lines = { ...table, sql: "-- why\nCREATE TABLE IF NOT EXISTS shop.a (id text);" };
        await database.run({ migrations: [lines] });
        const { skipped } = await database.run({
            migrations: [{ ...lines, sql: lines.sql.replace("\n", "\r\n") }],
        });
        assert.deepEqual(skipped, [lines.id]);
    });

    it("reports migrations that only a newer program knows", async () => {
        const database = scriptedDatabase();
        await database.run({ migrations: [table, role] });
        assert.deepEqual((await database.run({ migrations: [table] })).unknown, [role.id]);
    });

    it("refuses two migrations of one id", async () => {
        const database = scriptedDatabase();
        await assert.rejects(database.run({ migrations: [table, table] }), /0001-a/);
    });

    const races = [
        { fact: "the role exists", error: failure("42710"), repeats: 1 },
        { fact: "the table exists", error: failure("42P07"), repeats: 1 },
        { fact: "the schema exists", error: failure("42P06"), repeats: 1 },
        { fact: "the catalogue changed (OC001)", error: failure("40001"), repeats: 2 },
        { fact: "the connection broke", error: failure("ECONNRESET"), repeats: 2 },
    ];
    for (const { fact, error, repeats } of races) {
        it(`gets on when ${fact}`, async () => {
            let failures = 1;
            const database = scriptedDatabase((text) =>
                text === role.sql && failures-- > 0 ? error : undefined,
            );
            assert.deepEqual((await database.run({ migrations: [role] })).applied, [role.id]);
            assert.equal(database.executed.filter((text) => text === role.sql).length, repeats);
        });
    }

    it("names the migration that failed and applies none after it", async () => {
        const database = scriptedDatabase((text) =>
            text === table.sql ? failure("42601", "syntax error") : undefined,
        );
        await assert.rejects(
            database.run({ migrations: [table, role] }),
            /Migration 0001-a failed: syntax error/,
        );
        assert.deepEqual(database.applied, []);
        assert.ok(!database.executed.includes(role.sql));
    });
});

describe("an index that is built in the background", () => {
    function buildingDatabase(polls: number, status = "processing") {
        let left = polls;
        return scriptedDatabase((text, values) => {
            if (text.includes("CREATE INDEX ASYNC")) {
                return [{ job_id: "job" }];
            }
            if (text.includes("FROM sys.jobs")) {
                assert.deepEqual(values, ["job"]);
                return [{ status, details: "disk full" }];
            }
            return text.includes("indisvalid") ? [{ indisvalid: left-- <= 0 }] : undefined;
        });
    }

    it("is waited for before its migration counts as applied", async () => {
        const database = buildingDatabase(3);
        await database.run({ migrations: [index] });
        assert.equal(database.sleeps.length, 3);
        assert.equal(database.applied.length, 1);
    });

    it("ends the deployment when its job fails, with the way out", async () => {
        const database = buildingDatabase(3, "failed");
        await assert.rejects(
            database.run({ migrations: [index] }),
            /a_newest was not built: disk full\. DROP INDEX shop\.a_newest/,
        );
        assert.equal(database.applied.length, 0);
    });

    it("is not waited for longer than the function may run", async () => {
        const database = buildingDatabase(10_000);
        await assert.rejects(database.run({ migrations: [index] }), /not built after 840 seconds/);
        assert.equal(
            database.sleeps.reduce((a, b) => a + b, 0),
            840_000,
        );
    });
});

describe("IAM grants", () => {
    const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
    const grants = [
        { databaseRole: "shop_orders", iamRoleArn: arn("orders") },
        { databaseRole: "shop_catalog", iamRoleArn: arn("catalog") },
    ];

    it("are made where they are missing, and only told of where nobody wants them", async () => {
        const database = scriptedDatabase();
        database.mappings.push(
            { pg_role_name: "shop_orders", arn: arn("orders") },
            { pg_role_name: "shop_catalog", arn: arn("old") },
            { pg_role_name: "somebody_else", arn: arn("theirs") },
        );
        const report = await database.run({ grants });
        assert.deepEqual(
            database.executed.filter((text) => text.startsWith("AWS")),
            [`AWS IAM GRANT shop_catalog TO '${arn("catalog")}'`],
        );
        assert.deepEqual(report.granted, [`shop_catalog ${arn("catalog")}`]);
        assert.deepEqual(report.stale, [`shop_catalog ${arn("old")}`]);
    });

    it("are left alone when the request has none", async () => {
        const database = scriptedDatabase();
        database.mappings.push({ pg_role_name: "shop_orders", arn: arn("orders") });
        await database.run({});
        assert.ok(!database.executed.some((text) => text.startsWith("AWS")));
    });

    for (const grant of [
        { databaseRole: "admin", iamRoleArn: arn("orders") },
        { databaseRole: "shop_orders; DROP", iamRoleArn: arn("orders") },
        { databaseRole: "shop_orders", iamRoleArn: "arn:aws:iam::123456789012:role/a'b" },
    ]) {
        it(`are refused for ${grant.databaseRole} and ${grant.iamRoleArn}`, async () => {
            const database = scriptedDatabase();
            await assert.rejects(database.run({ grants: [grant] }), /Grants need a database role/);
            assert.ok(!database.executed.some((text) => text.startsWith("AWS")));
        });
    }
});
