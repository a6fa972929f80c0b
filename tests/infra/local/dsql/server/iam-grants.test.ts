import assert from "node:assert/strict";
import type { Client } from "pg";
import { failureOf, type PreparedServer, startPreparedServer } from "./prepared-server";

const arn = "arn:aws:iam::012345678912:role/shop";
const grant = (role: string, to = arn) => `SELECT dsql_internal.grant_iam_role('${role}', '${to}')`;
const revoke = (role: string, from = arn) =>
    `SELECT dsql_internal.revoke_iam_role('${role}', '${from}')`;

describe("IAM grants", () => {
    let server: PreparedServer;
    let admin: Client;
    before(async () => {
        server = await startPreparedServer();
        admin = await server.connect();
        await admin.query("CREATE ROLE reader WITH LOGIN");
        await admin.query("CREATE ROLE group_only");
    });
    after(() => server.stop());

    it("are listed with the names of both roles, and gone once revoked", async () => {
        const mappings = `SELECT arn, pg_role_name, grantor_pg_role_name,
                pg_role_oid = pg_role_name::regrole AS is_same, iam_oid > 0 AS is_numbered
            FROM sys.iam_pg_role_mappings`;
        const mapping = {
            arn,
            pg_role_name: "reader",
            grantor_pg_role_name: "admin",
            is_same: true,
            is_numbered: true,
        };
        assert.equal(await failureOf(admin, grant("reader"), grant("reader")), undefined);
        assert.deepEqual((await admin.query(mappings)).rows, [mapping]);
        await admin.query("ALTER ROLE reader RENAME TO renamed");
        const renamed = { ...mapping, pg_role_name: "renamed" };
        assert.deepEqual((await admin.query(mappings)).rows, [renamed]);
        await admin.query("ALTER ROLE renamed RENAME TO reader");
        await admin.query(revoke("reader"));
        assert.deepEqual((await admin.query(mappings)).rows, []);
    });

    it("keep their role from being dropped, until the last is revoked", async () => {
        const user = "arn:aws:iam::012345678912:user/path/ann";
        const failure = '2BP01 role "kept" cannot be dropped because some objects depend on it';
        await admin.query("CREATE ROLE kept WITH LOGIN");
        await admin.query(grant("kept"));
        await admin.query(grant("kept", user));
        assert.equal(await failureOf(admin, "DROP ROLE kept"), failure);
        await admin.query(revoke("kept"));
        assert.equal(await failureOf(admin, "DROP ROLE kept"), failure);
        assert.equal(await failureOf(admin, revoke("kept", user), "DROP ROLE kept"), undefined);
    });

    const refusals: readonly [statement: string, failure: string][] = [
        [grant("nobody"), '42704 role "nobody" does not exist'],
        [revoke("nobody"), '42704 role "nobody" does not exist'],
        [grant("group_only"), '0LP01 role "group_only" must have the LOGIN attribute'],
        [grant("admin"), '0A000 role "admin" not supported'],
        [grant("reader", "shop"), "22023 IAM role must look like an IAM ARN"],
        [
            grant("reader", "arn:aws:s3:::012345678912:role/shop"),
            "22023 IAM role must look like an IAM ARN",
        ],
        [revoke("reader", `${arn}2`), `42704 IAM role "${arn}2" does not exist`],
    ];
    for (const [statement, failure] of refusals) {
        it(`refuse ${statement}`, async () => {
            assert.equal(await failureOf(admin, statement), failure);
        });
    }

    it("are made by admin alone", async () => {
        const reader = await server.connect("reader");
        assert.equal(
            await failureOf(reader, grant("reader")),
            '42501 permission denied to grant IAM trust with role "reader"',
        );
        await reader.end();
    });
});
