import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Administration, openAdministration } from "../../app/database/administration";
import { openSession, type SessionOptions } from "../../app/database/dsql";
import { type Migration, migrate } from "../../app/database/migrator";
import type { Session } from "../../app/database/session";
import type { Environment } from "../../app/environment";
import { type PostgresServer, startPostgres } from "../../infra/local/postgres";

/** A database of its own for one test, on the server that all tests of this process share. */
export interface TestDatabase {
    readonly port: number;
    readonly name: string;
    /** What a function that connects as the role is deployed with; `port` may be a proxy's. */
    environment(databaseRole: string, port?: number): Environment;
    /** A session that `close` closes. */
    session(databaseRole: string, port?: number, options?: SessionOptions): Session;
    /** Runs a statement as the administrator. */
    execute: Administration["execute"];
    close(): Promise<void>;
}

/** The migrations of the program, in order. */
export const migrations: readonly Migration[] = (() => {
    const folder = path.resolve(__dirname, "../../app/database/migrations");
    const files = fs.readdirSync(folder).sort();
    return files.map((file) => ({
        id: path.basename(file, ".sql"),
        sql: fs.readFileSync(path.join(folder, file), "utf8"),
    }));
})();

/** Makes a database with the program's schema. */
export async function migratedDatabase(): Promise<TestDatabase> {
    const { port } = await sharedServer();
    template ??= (async () => {
        const database = await emptyDatabase();
        await database.migrate();
        await database.close();
        return database.name;
    })();
    return openDatabase(port, `TEMPLATE ${await template}`);
}

/** Makes a database without a schema. */
export async function emptyDatabase(): Promise<TestDatabase & { migrate(): Promise<void> }> {
    const { port } = await sharedServer();
    const database = await openDatabase(port);
    return {
        ...database,
        migrate: async () => {
            const administration = openAdministration(database.environment("admin"));
            await migrate(administration, { migrations, grants: [] }, { log: () => undefined });
            await administration.close();
        },
    };
}

let server: Promise<PostgresServer> | undefined;
let template: Promise<string> | undefined;
let folder: string | undefined;
let databases = 0;

function sharedServer(): Promise<PostgresServer> {
    folder ??= fs.mkdtempSync(path.join(os.tmpdir(), "shop-test-"));
    server ??= startPostgres({ dataFolder: path.join(folder, "data"), durable: false });
    return server;
}

after(async function stopSharedServer() {
    this.timeout(20_000);
    await (await server)?.stop();
    if (folder !== undefined) {
        fs.rmSync(folder, { recursive: true, force: true });
    }
});

async function openDatabase(port: number, options = ""): Promise<TestDatabase> {
    const name = `test_${++databases}`;
    const maintenance = openAdministration(environmentOf(port, "postgres", "admin"));
    await maintenance.execute(`CREATE DATABASE ${name} ${options}`);
    await maintenance.close();
    const administration = openAdministration(environmentOf(port, name, "admin"));
    const sessions: Session[] = [];
    return {
        port,
        name,
        environment: (role, through = port) => environmentOf(through, name, role),
        session(role, through = port, options = {}) {
            const session = openSession(environmentOf(through, name, role), options);
            sessions.push(session);
            return session;
        },
        execute: administration.execute,
        async close() {
            await Promise.allSettled(sessions.map((session) => session.close()));
            await administration.close();
        },
    };
}

function environmentOf(port: number, name: string, databaseRole: string): Environment {
    return {
        cellName: "us",
        cellNumber: 1,
        region: "us-east-1",
        databaseEndpoint: "unused.dsql.us-east-1.on.aws",
        databaseRole,
        databaseEndpointUrl: `postgres://127.0.0.1:${port}/${name}`,
    };
}
