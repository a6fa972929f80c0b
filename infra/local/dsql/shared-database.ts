import { Client } from "pg";
import { watchContention } from "./contention";
import { createJobRunner } from "./server/jobs";
import { prepareDatabase } from "./server/prepare-database";
import type { Session } from "./session/state";

/** A database, and what the sessions of all its clusters share. Peered clusters are one database. */
export interface SharedDatabase {
    readonly port: number;
    readonly name: string;
    /** Raised by every change of the catalogue. */
    readonly catalogVersion: number;
    readonly sessions: Set<Session>;
    /** Sessions whose open transaction holds locks. */
    readonly holders: Set<Session>;
    readonly counts: DatabaseCounts;
    /** Whether an IAM role was granted the database role. */
    isGranted(databaseRole: string, principalArn: string): Promise<boolean>;
    /** Tells every session but the one that made it. */
    changeCatalog(by: Session | undefined): void;
    startJobs(): void;
    /** Notes that the session waits for PostgreSQL, maybe for somebody's lock. */
    watch(session: Session): void;
    close(): Promise<void>;
}

/** How often something happened. */
export interface DatabaseCounts {
    commits: number;
    /** Statements that PostgreSQL refused because of a conflict. */
    conflicts: number;
    /** Such statements that were answered from the transaction's snapshot. */
    repairs: number;
    /** Idle transactions that let another one pass. */
    stepBacks: number;
}

/** Prepares the database and connects to it as its superuser. */
export async function openSharedDatabase(
    address: { readonly port: number; readonly database: string },
    log: (line: string) => void,
): Promise<SharedDatabase> {
    await prepareDatabase(address);
    const control = controlConnection(address, log);
    // At once, or the first who has to wait for somebody would have to wait for this, too.
    await control.query("SELECT", []);
    const sessions = new Set<Session>();
    const holders = new Set<Session>();
    let catalogVersion = 0;
    const changeCatalog = (by: Session | undefined): void => {
        catalogVersion += 1;
        if (by !== undefined) {
            by.seenCatalogVersion = catalogVersion;
        }
    };
    const jobs = createJobRunner({
        ...address,
        onCatalogChange: () => changeCatalog(undefined),
        log,
    });
    const contention = watchContention(sessions, holders, async (processIds) => {
        const { rows } = await control.query<{ waiting: number; blocking: number }>(
            "SELECT waiting, unnest(pg_blocking_pids(waiting)) AS blocking FROM unnest($1::int[]) AS waiting",
            [processIds],
        );
        return rows;
    });
    return {
        port: address.port,
        name: address.database,
        get catalogVersion() {
            return catalogVersion;
        },
        sessions,
        holders,
        counts: { commits: 0, conflicts: 0, repairs: 0, stepBacks: 0 },
        async isGranted(databaseRole, principalArn) {
            const { rows } = await control.query(
                "SELECT FROM sys.iam_pg_role_mappings WHERE pg_role_name = $1 AND arn = $2",
                [databaseRole, principalArn],
            );
            return rows.length > 0;
        },
        changeCatalog,
        startJobs: () => jobs.kick(),
        watch: contention.look,
        async close() {
            contention.stop();
            for (const session of sessions) {
                session.destroy();
            }
            await jobs.stop();
            await control.end();
        },
    };
}

interface ControlConnection {
    query<Row extends object>(text: string, values: readonly unknown[]): Promise<{ rows: Row[] }>;
    end(): Promise<void>;
}

/** Connects at the first query, and anew after it was lost. */
function controlConnection(
    { port, database }: { readonly port: number; readonly database: string },
    log: (line: string) => void,
): ControlConnection {
    let current: Promise<Client> | undefined;
    let previous: Promise<unknown> = Promise.resolve();
    const connect = async (): Promise<Client> => {
        const client = new Client({
            host: "127.0.0.1",
            port,
            database,
            user: "dsql_internal",
            query_timeout: 10_000,
            connectionTimeoutMillis: 10_000,
        });
        const forget = (error: Error): void => {
            log(`The control connection to ${database} broke: ${error.message}`);
            current = undefined;
        };
        client.on("error", forget);
        await client.connect();
        return client;
    };
    const run = async <Row extends object>(text: string, values: readonly unknown[]) => {
        current ??= connect().catch((error: unknown) => {
            current = undefined;
            throw error;
        });
        const client = await current;
        return client.query<Row>(text, [...values]);
    };
    return {
        // One after the other: a client does not take a query while it is at another one.
        query<Row extends object>(text: string, values: readonly unknown[]) {
            const result = previous.then(() => run<Row>(text, values));
            previous = result.catch(() => undefined);
            return result;
        },
        async end() {
            const client = await current?.catch(() => undefined);
            await client?.end().catch(() => undefined);
        },
    };
}
