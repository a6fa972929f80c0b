import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Client } from "pg";
import type { DatabaseAddress } from "../../../../../infra/local/dsql/server/internal-client";
import { prepareDatabase } from "../../../../../infra/local/dsql/server/prepare-database";
import { startPostgres } from "../../../../../infra/local/postgres";

export interface PreparedServer {
    readonly address: DatabaseAddress;
    /** Connects without the front door, as `admin` unless told otherwise. */
    connect(user?: string, database?: string): Promise<Client>;
    stop(): Promise<void>;
}

/** A PostgreSQL server of its own, with one prepared database. */
export async function startPreparedServer(): Promise<PreparedServer> {
    const folder = mkdtempSync(path.join(tmpdir(), "dsql-server-"));
    const server = await startPostgres({ dataFolder: path.join(folder, "db"), durable: false });
    const address = { port: server.port, database: "postgres" };
    const clients: Client[] = [];
    await prepareDatabase(address);
    return {
        address,
        async connect(user = "admin", database = address.database) {
            const client = new Client({ host: "127.0.0.1", port: server.port, user, database });
            client.on("error", () => undefined);
            await client.connect();
            clients.push(client);
            return client;
        },
        async stop() {
            await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
            await server.stop();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/** The SQLSTATE and message of the first statement that fails; undefined when all succeed. */
export async function failureOf(
    client: Client,
    ...statements: readonly string[]
): Promise<string | undefined> {
    for (const statement of statements) {
        try {
            await client.query(statement);
        } catch (error) {
            const { code, message } = error as { code?: string; message: string };
            return `${code} ${message}`;
        }
    }
    return undefined;
}

/** The first value of the first row. */
export async function firstValue(client: Client, statement: string): Promise<unknown> {
    const { rows } = await client.query(statement);
    return Object.values((rows[0] as object | undefined) ?? {})[0];
}
