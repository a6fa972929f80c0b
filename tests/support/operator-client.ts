import { readFileSync } from "node:fs";
import { Client } from "pg";
import type { LocalDeployment } from "../../infra/local/deploy";

/** A client that is not connected yet, of the person before the computer. */
export async function operatorClient(deployment: LocalDeployment, cell: string): Promise<Client> {
    const access = deployment.databases[cell];
    if (access === undefined) {
        throw new Error(`The cell ${cell} has no database.`);
    }
    return new Client({
        host: "127.0.0.1",
        port: access.port,
        user: "admin",
        database: "postgres",
        password: await access.createToken(),
        ssl: { ca: readFileSync(access.authorityFile, "utf8"), servername: access.hostName },
    });
}
