import assert from "node:assert/strict";
import { startFrontDoor } from "../../../infra/local/dsql/front-door";
import { createToken } from "../../../infra/local/dsql/identity/sign-token";
import { startTestDoor, type TestCluster, type TestDoor } from "../../support/front-door";
import { region } from "../../support/test-door";
import { connectWire, type WireClient } from "../../support/wire-client";
import { type ConnectionProbe, connections } from "./probes/connections";

const quotas = "https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html";

describe("A cluster's connections", () => {
    let door: TestDoor;
    let cluster: TestCluster;
    before(async () => {
        door = await startTestDoor();
        cluster = await door.cluster();
    });
    after(() => door.door.removeCluster(cluster.identifier));

    describe("with", () => {
        for (const probe of connections) {
            it(`${probe.name}: ${probe.expected} (${probe.source})`, async () => {
                const administrator = await door.connect({ cluster });
                try {
                    await prepare(administrator, probe, door.principalArn);
                    await check(probe, door, cluster);
                } finally {
                    await forget(administrator);
                    await administrator.close();
                }
            });
        }
    });

    describe("to a cluster with little patience", () => {
        it(`are too old for a transaction after its time (${quotas})`, async () => {
            await withLimits({ transactionSeconds: 0.05 }, async ({ connect }) => {
                const client = await connect();
                await client.simple("BEGIN");
                await client.simple("SELECT pg_sleep(0.1)");
                const { failure } = await client.simple("SELECT 1");
                assert.equal(failure?.code, "54000");
                assert.match(failure?.message ?? "", /^transaction age limit of 0.05s exceeded/);
                const afterwards = await client.simple("COMMIT");
                assert.equal(afterwards.results[0]?.tag, "ROLLBACK");
                await client.close();
            });
        });

        it(`end after their time, whatever they do (${quotas})`, async () => {
            await withLimits({ sessionSeconds: 0.05 }, async ({ connect }) => {
                const client = await connect();
                await client.closed;
            });
        });

        it(`are at most as many as are allowed (${quotas})`, async () => {
            await withLimits({ connectionsPerCluster: 1 }, async ({ connect }) => {
                const client = await connect();
                await assert.rejects(connect(), {
                    code: "53300",
                    message: "Unable to accept connection, too many open connections.",
                });
                await client.close();
            });
        });

        it(`are not too many at once (${quotas})`, async () => {
            const limits = { newConnectionsBurst: 2, newConnectionsPerSecond: 0.001 };
            await withLimits(limits, async ({ connect }) => {
                await (await connect()).close();
                await (await connect()).close();
                await assert.rejects(connect(), {
                    code: "53400",
                    message: "Unable to accept connection, rate exceeded.",
                });
            });
        });
    });

    /** A second front door before the same server, with limits that a test reaches. */
    async function withLimits(
        limits: NonNullable<Parameters<typeof startFrontDoor>[0]["limits"]>,
        test: (opened: { connect(): Promise<WireClient> }) => Promise<void>,
    ): Promise<void> {
        const { authorityFolder, credentials, principalArn, server } = door;
        const hurried = await startFrontDoor({
            authorityFolder,
            limits,
            log: () => undefined,
            authorize: async () => ({ ...credentials, principalArn, isAllowed: true }),
        });
        try {
            await hurried.addCluster({
                identifier: cluster.identifier,
                region,
                arn: cluster.arn,
                upstream: {
                    port: server.port,
                    socketFolder: server.socketFolder,
                    database: cluster.database,
                },
            });
            const password = await door.token(cluster, "admin");
            await test({
                connect: () =>
                    connectWire({
                        host: "127.0.0.1",
                        port: hurried.port,
                        servername: cluster.hostName,
                        ca: hurried.authorityPem,
                        user: "admin",
                        password,
                    }),
            });
        } finally {
            await hurried.close();
        }
    }
});

async function prepare(
    administrator: WireClient,
    { setup = [] }: ConnectionProbe,
    principalArn: string,
): Promise<void> {
    for (const text of setup) {
        const { failure } = await administrator.simple(text.replace("$principal", principalArn));
        assert.equal(failure, undefined, text);
    }
}

async function check(probe: ConnectionProbe, door: TestDoor, cluster: TestCluster): Promise<void> {
    const { user = "admin", serverName, encryption } = probe;
    if (probe.isDenied === true) {
        door.denied.add("dsql:DbConnectAdmin");
    }
    try {
        const client = await door.connect({
            cluster,
            user,
            password: await passwordOf(probe, user, door, cluster),
            tls: encryption !== "none",
            isDirect: encryption === undefined,
            ...(probe.database === undefined ? {} : { database: probe.database }),
            ...(serverName === undefined ? {} : { servername: serverNames[serverName] }),
        });
        assert.equal(probe.expected, "connected");
        assert.deepEqual((await client.simple("SELECT current_user")).results[0]?.rows, [[user]]);
        await client.close();
    } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        const { code, message, hint } = error as Error & { code: string; hint?: string };
        const told = /^[A-Z_]+$/.test(code) ? code : `${code} ${message}`;
        assert.equal(told, probe.expected);
        assert.match(hint ?? "", probe.hint ?? /^/);
    } finally {
        door.denied.clear();
    }
}

const serverNames = { none: "", "another cluster": `nobody.dsql.${region}.on.aws` };

async function passwordOf(
    { token }: ConnectionProbe,
    user: string,
    door: TestDoor,
    cluster: TestCluster,
): Promise<string> {
    const right = await door.token(cluster, user);
    switch (token) {
        case "none":
            return "";
        case "altered":
            return right.replace(/Signature=./, (start) => `${start}0`);
        case "expired":
            return right.replace(/X-Amz-Date=\d+T/, "X-Amz-Date=20260228T");
        case "for another cluster":
            return await door.token({ ...cluster, hostName: serverNames["another cluster"] }, user);
        case "for admin":
        case "for a role":
            return await createToken({
                host: cluster.hostName,
                region,
                credentials: door.credentials,
                action: token === "for admin" ? "DbConnectAdmin" : "DbConnect",
                expiresInSeconds: 900,
            });
        default:
            return right;
    }
}

/** Roles belong to the whole server. */
async function forget(administrator: WireClient): Promise<void> {
    const { results } = await administrator.simple(
        "SELECT arn FROM sys.iam_pg_role_mappings WHERE pg_role_name = 'porter'",
    );
    for (const [arn] of results[0]?.rows ?? []) {
        await administrator.simple(`AWS IAM REVOKE porter FROM '${arn}'`);
    }
    await administrator.simple("DROP ROLE IF EXISTS porter");
}
