import { mkdir, rm } from "node:fs/promises";
import * as path from "node:path";
import { arnOf, createAwsNames } from "../aws-names";
import type { LocalCredentials } from "../credentials";
import { accessTo, writeServiceFile } from "../database-access";
import { operatorArn } from "../identities";
import { createLogFiles, type LogFiles } from "../log-files";
import { type PostgresServer, startPostgres } from "../postgres";
import { locateData } from "../postgres-account";
import { clearFolderLock, takeFolderLock } from "../process-guard";
import type { DatabaseOptions } from "./command-line";
import type { FrontDoor, FrontDoorOptions } from "./front-door";
import { keepCredentials } from "./kept-credentials";
import { startFrontDoorThread } from "./thread";

/** A cluster that runs alone, without the shop. */
export interface StandaloneDatabase {
    /** For psql and pg as it is; its password is good for a week. */
    readonly connectionString: string;
    /** The cluster's own name, which tokens are made for; `localhost` reaches it, too. */
    readonly endpoint: string;
    readonly port: number;
    readonly region: string;
    readonly clusterArn: string;
    /** The certificate of the authority that signed the cluster's. */
    readonly authorityFile: string;
    /** For `psql service=dsql`. */
    readonly serviceFile: string;
    /** Of `principalArn`, which may connect as every role that was granted to it, and as `admin`. */
    readonly credentials: LocalCredentials;
    readonly principalArn: string;
    readonly logFolder: string;
    /** Resolves when the front door has ended by itself, with the reason. */
    readonly lost: Promise<Error>;
    /** Ends open sessions and stops everything. */
    stop(): Promise<void>;
}

/**
 * Starts PostgreSQL and the front door before it, with one cluster.
 * @throws Error with the next step, such as another port, after everything has been stopped again
 */
export async function startStandalone(
    options: Omit<DatabaseOptions, "isJson">,
): Promise<StandaloneDatabase> {
    const folder = path.resolve(options.folder);
    await mkdir(folder, { recursive: true });
    const dataFolder = path.join(folder, "data");
    if (options.isFresh) {
        await emptyData(dataFolder);
    }
    const credentials = await keepCredentials(folder, operatorArn);
    const logs = createLogFiles(path.join(folder, "logs"));
    const log = (line: string): void =>
        logs.write("front-door", `${new Date().toISOString()} ${line}`);
    let onLoss: (reason: Error) => void = () => undefined;
    const lost = new Promise<Error>((resolve) => {
        onLoss = resolve;
    });
    const door = await openDoor(
        {
            port: options.port,
            authorityFolder: path.join(folder, "authority"),
            authorize: async ({ accessKeyId }) =>
                accessKeyId === credentials.accessKeyId
                    ? { ...credentials, principalArn: operatorArn, isAllowed: true }
                    : undefined,
            log,
        },
        onLoss,
    ).catch((error: unknown) => giveUp(error, undefined, undefined, logs));
    const server = await startPostgres({
        dataFolder,
        log: (line) => logs.write("database", line),
    }).catch((error: unknown) => giveUp(error, door, undefined, logs));
    try {
        const cluster = clusterIn(options.region);
        const { port, socketFolder } = server;
        const upstream = { port, socketFolder, database: "postgres" };
        await door.addCluster({ ...cluster, upstream });
        const { hostName: endpoint, clusterArn } = cluster;
        const access = accessTo(cluster, door, credentials);
        return {
            connectionString: connectionStringOf(door, await access.createToken()),
            endpoint,
            port: door.port,
            region: options.region,
            clusterArn,
            authorityFile: door.authorityFile,
            serviceFile: await writeServiceFile(folder, { dsql: access }),
            credentials,
            principalArn: operatorArn,
            logFolder: logs.folder,
            lost,
            stop: () => stop(door, server, logs),
        };
    } catch (error) {
        return giveUp(error, door, server, logs);
    }
}

async function openDoor(
    options: FrontDoorOptions,
    onLoss: (reason: Error) => void,
): Promise<FrontDoor> {
    try {
        return await startFrontDoorThread(options, { onLoss });
    } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code === "EADDRINUSE" || code === "EACCES") {
            const reason =
                code === "EACCES"
                    ? "may not be opened by this account"
                    : "is in use by another program, maybe a PostgreSQL server";
            throw new Error(
                `Port ${options.port} ${reason}; choose another one, as with --port 5433.`,
                { cause },
            );
        }
        throw cause;
    }
}

/** The same in every run, so that programs find it again. */
function clusterIn(region: string) {
    const identifier = createAwsNames("standalone", "dsql").identifier(26, region);
    const clusterArn = arnOf("dsql", region, `cluster/${identifier}`);
    const hostName = `${identifier}.dsql.${region}.on.aws`;
    return { identifier, region, arn: clusterArn, clusterArn, hostName };
}

/** Source: https://www.postgresql.org/docs/16/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
function connectionStringOf({ port, authorityFile }: FrontDoor, token: string): string {
    const file = authorityFile.split("/").map(encodeURIComponent).join("/");
    return (
        `postgres://admin:${encodeURIComponent(token)}@localhost:${port}/postgres` +
        `?sslmode=verify-full&sslrootcert=${file}`
    );
}

/** @throws Error before anything is deleted, when another process runs on it */
async function emptyData(folder: string): Promise<void> {
    const dataFolder = await locateData(folder);
    await mkdir(dataFolder, { recursive: true });
    await takeFolderLock(dataFolder);
    await rm(dataFolder, { recursive: true, force: true });
    await clearFolderLock(dataFolder);
}

async function giveUp(
    error: unknown,
    door: FrontDoor | undefined,
    server: PostgresServer | undefined,
    logs: LogFiles,
): Promise<never> {
    await stop(door, server, logs);
    throw error;
}

/** From the outside in, so that nobody is asked who has already stopped. */
async function stop(
    door: FrontDoor | undefined,
    server: PostgresServer | undefined,
    logs: LogFiles,
): Promise<void> {
    await door?.close();
    await server?.stop();
    await logs.close();
}
