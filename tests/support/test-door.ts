import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Client } from "pg";
import { createCredentialStore, type LocalCredentials } from "../../infra/local/credentials";
import type { FrontDoor, FrontDoorOptions, Limits } from "../../infra/local/dsql/front-door";
import { createToken } from "../../infra/local/dsql/identity/sign-token";
import { startFrontDoorThread } from "../../infra/local/dsql/thread";
import { redirectHosts } from "../../infra/local/host-redirection";
import { type PostgresServer, startPostgres } from "../../infra/local/postgres";
import { connectWire, type WireClient } from "./wire-client";

/** A cluster of its own for one test, with a database of its own. */
export interface TestCluster {
    readonly identifier: string;
    readonly hostName: string;
    readonly region: string;
    readonly arn: string;
    readonly database: string;
}

/** How a test connects; the owner of everything, over direct TLS, unless it says otherwise. */
export interface TestConnection {
    readonly cluster?: TestCluster;
    readonly user?: string;
    readonly password?: string;
    readonly servername?: string;
    readonly database?: string;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly isDirect?: boolean;
    readonly tls?: boolean;
    readonly ca?: string;
}

/** A front door before a PostgreSQL server. */
export interface TestDoor {
    readonly door: FrontDoor;
    readonly server: PostgresServer;
    /** Of the principal that tests act as. */
    readonly credentials: LocalCredentials;
    readonly principalArn: string;
    readonly authorityFolder: string;
    /** Policies by principal; who is not among them may do everything. */
    readonly denied: Set<string>;
    /** With a new database, or one that exists. */
    cluster(options?: { template?: string; existing?: string }): Promise<TestCluster>;
    connect(options?: TestConnection): Promise<WireClient>;
    token(cluster: TestCluster, user: string): Promise<string>;
    close(): Promise<void>;
}

export const region = "us-east-1";
const accountId = "000000000000";
let lastCluster = 0;

/** Opens a front door with a server of its own. */
export async function openTestDoor(
    options: {
        limits?: Partial<Limits>;
        /** Whether commits survive a crash of the machine; default false. */
        durable?: boolean;
        start?: (options: FrontDoorOptions) => Promise<FrontDoor>;
    } = {},
): Promise<TestDoor> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shop-door-"));
    const authorityFolder = path.join(folder, "authority");
    const store = createCredentialStore();
    const principalArn = `arn:aws:iam::${accountId}:role/test`;
    const credentials = store.issue(principalArn);
    const denied = new Set<string>();
    const server = await startPostgres({
        dataFolder: path.join(folder, "data"),
        durable: options.durable ?? false,
        maxConnections: 400,
    });
    const door = await (options.start ?? startFrontDoorThread)({
        authorityFolder,
        log: () => undefined,
        limits: options.limits ?? {},
        async authorize({ accessKeyId, action }) {
            const found = store.find(accessKeyId);
            return found === undefined
                ? undefined
                : {
                      ...found.credentials,
                      principalArn: found.principalArn,
                      isAllowed: !denied.has(action),
                  };
        },
    });
    const restore = redirectHosts({
        hostSuffix: `.dsql.${region}.on.aws`,
        port: 5432,
        toPort: door.port,
        authorityPem: door.authorityPem,
    });
    const clusters: TestCluster[] = [];
    const testDoor: TestDoor = {
        door,
        server,
        credentials,
        principalArn,
        authorityFolder,
        denied,
        async cluster({ template = "template0", existing } = {}) {
            const cluster = nameCluster(existing);
            if (existing === undefined) {
                await createDatabase(server.port, cluster.database, template);
            }
            await door.addCluster({
                identifier: cluster.identifier,
                region,
                arn: cluster.arn,
                upstream: {
                    port: server.port,
                    socketFolder: server.socketFolder,
                    database: cluster.database,
                },
            });
            clusters.push(cluster);
            return cluster;
        },
        async connect(connection = {}) {
            const cluster = connection.cluster ?? clusters[0] ?? (await testDoor.cluster());
            const user = connection.user ?? "admin";
            const { cluster: _, ...rest } = connection;
            return connectWire({
                host: "127.0.0.1",
                port: door.port,
                servername: cluster.hostName,
                ca: door.authorityPem,
                user,
                password: connection.password ?? (await testDoor.token(cluster, user)),
                ...rest,
            });
        },
        token: (cluster, user) =>
            createToken({
                host: cluster.hostName,
                region,
                credentials,
                action: user === "admin" ? "DbConnectAdmin" : "DbConnect",
                expiresInSeconds: 900,
            }),
        async close() {
            restore();
            await door.close();
            await server.stop();
            fs.rmSync(folder, { recursive: true, force: true });
        },
    };
    return testDoor;
}

function nameCluster(database: string | undefined): TestCluster {
    lastCluster += 1;
    const identifier = `t${String(lastCluster).padStart(25, "0")}`;
    return {
        identifier,
        hostName: `${identifier}.dsql.${region}.on.aws`,
        region,
        arn: `arn:aws:dsql:${region}:${accountId}:cluster/${identifier}`,
        database: database ?? `test_${lastCluster}`,
    };
}

/** Databases are not made through the front door: a cluster has one, as DSQL's do. */
async function createDatabase(port: number, name: string, template: string): Promise<void> {
    const client = new Client({
        host: "127.0.0.1",
        port,
        user: "dsql_internal",
        database: "template1",
    });
    await client.connect();
    try {
        await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    } finally {
        await client.end();
    }
}
