import { Client } from "pg";
import { superuser } from "../../postgres-template";

/** A database of the PostgreSQL server on 127.0.0.1. */
export interface DatabaseAddress {
    readonly port: number;
    readonly database: string;
}

const connectTimeoutMilliseconds = 10_000;

/**
 * Connects as PostgreSQL's superuser. The session reads what is committed, each statement anew.
 * @param onLost called when the connection breaks while nobody asks anything of it
 */
export async function connectInternally(
    { port, database }: DatabaseAddress,
    onLost: (error: Error) => void = () => undefined,
): Promise<Client> {
    const client = new Client({
        host: "127.0.0.1",
        port,
        database,
        user: superuser,
        connectionTimeoutMillis: connectTimeoutMilliseconds,
        options: "-c default_transaction_isolation=read\\ committed",
    });
    client.on("error", onLost);
    await client.connect();
    return client;
}
