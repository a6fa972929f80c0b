import assert from "node:assert/strict";
import type { Client } from "pg";
import { createJobRunner } from "../../../../../infra/local/dsql/server/jobs";
import { failureOf, firstValue, type PreparedServer, startPreparedServer } from "./prepared-server";

describe("a validation", () => {
    let server: PreparedServer;
    let admin: Client;
    let lastTable = 0;

    /** A table `(id, value)` with the given values, and their positions as ids. */
    const table = async (...values: readonly number[]): Promise<string> => {
        lastTable += 1;
        const name = `t${lastTable}`;
        await admin.query(`CREATE TABLE ${name} (id int PRIMARY KEY, value int)`);
        for (const [index, value] of values.entries()) {
            await admin.query(`INSERT INTO ${name} VALUES (${index}, ${value})`);
        }
        return name;
    };
    const submit = (definition: string) =>
        firstValue(admin, `SELECT dsql_internal.submit_validation($$${definition}$$)`);
    const outcome = async (id: unknown) => {
        const runner = createJobRunner({
            ...server.address,
            onCatalogChange: () => undefined,
            log: () => undefined,
        });
        try {
            return (await admin.query("CALL sys.wait_for_job($1)", [id])).rows[0];
        } finally {
            await runner.stop();
        }
    };
    const detailsOf = async (id: unknown): Promise<string | null> => {
        const { rows } = await admin.query("SELECT details FROM sys.jobs WHERE job_id = $1", [id]);
        return rows[0].details;
    };

    before(async () => {
        server = await startPreparedServer();
        admin = await server.connect();
    });
    after(() => server.stop());

    const constraints: readonly [string, string, values: number[], details: RegExp | undefined][] =
        [
            ["a check", "CHECK (value > 0)", [1, 2], undefined],
            ["a check", "CHECK (value > 0)", [1, -2], /^check constraint "c" of relation/],
            ["a foreign key", "FOREIGN KEY (value) REFERENCES %", [0, 1], undefined],
            ["a foreign key", "FOREIGN KEY (value) REFERENCES %", [0, 7], /^insert or update/],
        ];
    for (const [kind, definition, values, details] of constraints) {
        it(`of ${kind} ${details === undefined ? "holds" : "fails"}`, async () => {
            const name = await table(...values);
            const constraint = definition.replace("%", name);
            await admin.query(`ALTER TABLE ${name} ADD CONSTRAINT c ${constraint} NOT VALID`);
            const isValid = `SELECT convalidated FROM pg_constraint
                WHERE conname = 'c' AND conrelid = '${name}'::regclass`;
            const id = await submit(`ALTER TABLE ${name} VALIDATE CONSTRAINT c`);
            assert.equal(await firstValue(admin, isValid), false);
            assert.deepEqual(await outcome(id), { succeeded: details === undefined });
            assert.equal(await firstValue(admin, isValid), details === undefined);
            assert.match((await detailsOf(id)) ?? "", details ?? /^$/);
        });
    }

    it("of what does not exist is refused", async () => {
        const name = await table();
        assert.equal(
            await failureOf(
                admin,
                `SELECT dsql_internal.submit_validation('ALTER TABLE ${name} VALIDATE CONSTRAINT x')`,
            ),
            `42704 constraint "x" of relation "${name}" does not exist`,
        );
    });

    it("of what is valid already succeeds", async () => {
        const name = await table();
        await admin.query(`ALTER TABLE ${name} ADD CONSTRAINT c CHECK (value > 0)`);
        const id = await submit(`ALTER TABLE ${name} VALIDATE CONSTRAINT c`);
        assert.deepEqual(await outcome(id), { succeeded: true });
    });
});
