import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LocalEvent } from "../../../infra/local/cloud";
import { deployLocally, type LocalDeployment } from "../../../infra/local/deploy";
import { operatorClient } from "../../support/operator-client";

const region = "eu-west-1";
const connecting = `
const { DsqlSigner } = require(${JSON.stringify(require.resolve("@aws-sdk/dsql-signer"))});
const { Client } = require(${JSON.stringify(require.resolve("pg"))});
exports.handler = async (event) => {
    const host = process.env.DATABASE_ENDPOINT;
    const signer = new DsqlSigner({ hostname: host, region: process.env.AWS_REGION });
    const password = await signer.getDbConnectAdminAuthToken();
    const ssl = { rejectUnauthorized: true, servername: host };
    const client = new Client({ host, user: "admin", database: "postgres", password, ssl });
    try {
        await client.connect();
        const { rows } = await client.query("SELECT current_user AS name");
        await client.end();
        return { event, name: rows[0].name };
    } catch (error) {
        return { refusal: error.message };
    }
};`;

/** A cluster and a function that says who it is there, or why it is not let in. */
function probe(allowed: string, trusted = "lambda.amazonaws.com", source = connecting) {
    const provider = new aws.Provider("aws", { region });
    const opts = { provider };
    const cluster = new aws.dsql.Cluster("cluster", {}, opts);
    const logs = new aws.cloudwatch.LogGroup("logs", {}, opts);
    const role = new aws.iam.Role(
        "role",
        {
            assumeRolePolicy: JSON.stringify({
                Statement: [
                    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: trusted } },
                ],
            }),
        },
        opts,
    );
    const statement = (Action: string, Resource: pulumi.Input<string>) => ({
        Effect: "Allow",
        Action,
        Resource,
    });
    const policy = new aws.iam.RolePolicy(
        "policy",
        {
            role: role.id,
            policy: pulumi.jsonStringify({
                Statement: [
                    statement("logs:*", pulumi.interpolate`${logs.arn}:*`),
                    statement(allowed, cluster.arn),
                ],
            }),
        },
        opts,
    );
    const lambda = new aws.lambda.Function(
        "function",
        {
            role: role.arn,
            runtime: "nodejs24.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({
                "index.js": new pulumi.asset.StringAsset(source),
            }),
            environment: {
                variables: {
                    DATABASE_ENDPOINT: pulumi.interpolate`${cluster.identifier}.dsql.${region}.on.aws`,
                },
            },
            loggingConfig: { logFormat: "JSON", logGroup: logs.name },
        },
        { provider, dependsOn: policy },
    );
    const invocation = new aws.lambda.Invocation(
        "invocation",
        { functionName: lambda.name, input: '{"a":1}' },
        opts,
    );
    return { result: invocation.result, identifier: cluster.identifier, arn: lambda.arn };
}

describe("deployLocally", () => {
    let folder = "";
    let events: LocalEvent[] = [];
    beforeEach(() => {
        folder = mkdtempSync(path.join(tmpdir(), "deploy-"));
        events = [];
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const deploy = (program: () => unknown): Promise<LocalDeployment> =>
        deployLocally({ folder, durable: false, program, report: (event) => events.push(event) });
    const warnings = () => events.filter(({ kind }) => kind === "warning");

    it("runs a function against the cluster that its role may connect to", async () => {
        const deployment = await deploy(() => probe("dsql:DbConnectAdmin"));
        await deployment.stop();
        const result = JSON.parse(String(deployment.outputs["result"]));
        assert.deepEqual(result, { event: { a: 1 }, name: "admin" });
        assert.deepEqual(warnings(), []);
        assert.match(String(deployment.outputs["arn"]), /:function:function-[0-9a-f]{7}$/);
    });

    it("refuses a function the database that its role may not use, and says why", async () => {
        const deployment = await deploy(() => probe("dsql:DbConnect"));
        await deployment.stop();
        const result = JSON.parse(String(deployment.outputs["result"]));
        assert.match(result.refusal, /access denied/);
        const [warning] = warnings() as { message: string }[];
        assert.match(
            warning?.message ?? "",
            /^AccessDenied: arn:aws:iam::\d+:role\/.* does not allow dsql:DbConnectAdmin on/,
        );
    });

    it("gives a cluster the same identifier in every run, so that its data survives", async () => {
        const identifiers = [];
        for (let run = 0; run < 2; run += 1) {
            const deployment = await deploy(() => probe("dsql:DbConnect"));
            await deployment.stop();
            identifiers.push(deployment.outputs["identifier"]);
        }
        assert.match(String(identifiers[0]), /^[a-z0-9]{26}$/);
        assert.equal(identifiers[0], identifiers[1]);
    });

    it("empties the databases where a fresh start is asked for", async () => {
        const tables = async (fresh: boolean): Promise<unknown> => {
            const deployment = await deployLocally({
                folder,
                durable: false,
                fresh,
                program: () => probe("dsql:DbConnect"),
            });
            const client = await operatorClient(deployment, "eu");
            await client.connect();
            await client.query("CREATE TABLE IF NOT EXISTS kept (run int)");
            await client.query("INSERT INTO kept VALUES (1)");
            const { rows } = await client.query("SELECT count(*)::int AS runs FROM kept");
            await client.end();
            await deployment.stop();
            return rows[0].runs;
        };
        assert.deepEqual([await tables(false), await tables(false), await tables(true)], [1, 2, 1]);
    });

    const provider = () => new aws.Provider("aws", { region });
    const failures: [string, () => unknown, RegExp][] = [
        [
            "a resource without a provider",
            () => void new aws.cloudwatch.LogGroup("logs", {}),
            /^Error: logs \(aws:cloudwatch\/logGroup:LogGroup\): it uses the default provider/,
        ],
        [
            "a resource type that it does not know",
            () => void new aws.s3.Bucket("bucket", {}, { provider: provider() }),
            /bucket \(aws:s3\/bucket:Bucket\).*no counterpart.*counterparts\/registry\.ts/,
        ],
        [
            "a look-up that it does not know",
            () => ({ id: aws.getCallerIdentityOutput({}, { provider: provider() }).accountId }),
            /cannot look up aws:index\/getCallerIdentity/,
        ],
        [
            "a role that Lambda may not assume",
            () => probe("dsql:DbConnect", "ec2.amazonaws.com"),
            /function \(aws:lambda.*cannot be assumed by Lambda/,
        ],
        [
            "an invocation that fails",
            () => probe("x", undefined, "exports.handler = async () => { throw new Error('no') }"),
            /invocation \(aws:lambda\/invocation:Invocation\): Function function-.* failed: Error: no/,
        ],
        [
            "a program that throws",
            () => {
                throw new Error("cells is wrong");
            },
            /^Error: cells is wrong$/,
        ],
    ];
    for (const [what, program, expected] of failures) {
        it(`fails for ${what}, with the first error, and can deploy again`, async () => {
            await assert.rejects(deploy(program), expected);
            const deployment = await deploy(() => ({ answer: 42 }));
            await deployment.stop();
            assert.deepEqual(deployment.outputs, { answer: 42 });
        });
    }

    it("refuses a second deployment in the same process", async () => {
        const deployment = await deploy(() => ({}));
        try {
            await assert.rejects(
                deploy(() => ({})),
                /one program at a time/,
            );
        } finally {
            await deployment.stop();
        }
    });
});
