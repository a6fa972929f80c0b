import { chmod, writeFile } from "node:fs/promises";
import * as path from "node:path";
import type { LocalCredentials } from "./credentials";
import type { Endpoint } from "./dsql/control-plane";
import type { FrontDoor } from "./dsql/front-door";
import { createToken } from "./dsql/identity/sign-token";

/** How a cell's database is reached from outside the shop. */
export interface DatabaseAccess {
    /** The cluster's own name, which its certificate is for. */
    readonly hostName: string;
    /** On 127.0.0.1. */
    readonly port: number;
    /** The certificate of the authority that signed the cluster's. */
    readonly authorityFile: string;
    /** A password for the user `admin`, good for a week. */
    createToken(): Promise<string>;
}

/** What AWS allows a token at most: one week. */
const tokenSeconds = 604_800;

/** Access of the operator, who may do everything. */
export function accessTo(
    { hostName, region }: Endpoint,
    frontDoor: FrontDoor,
    credentials: LocalCredentials,
): DatabaseAccess {
    return {
        hostName,
        port: frontDoor.port,
        authorityFile: frontDoor.authorityFile,
        createToken: () =>
            createToken({
                host: hostName,
                region,
                credentials,
                action: "DbConnectAdmin",
                expiresInSeconds: tokenSeconds,
            }),
    };
}

/**
 * Writes a connection service file with one service for each cell, for `psql service=eu`. It holds
 * passwords of this computer's own databases, so only its owner may read it.
 * Source: https://www.postgresql.org/docs/16/libpq-pgservice.html
 * @returns the file
 */
export async function writeServiceFile(
    folder: string,
    databases: Readonly<Record<string, DatabaseAccess>>,
): Promise<string> {
    const sections = await Promise.all(
        Object.entries(databases).map(async ([cell, access]) =>
            [
                `[${cell}]`,
                `host=${access.hostName}`,
                "hostaddr=127.0.0.1",
                `port=${access.port}`,
                "dbname=postgres",
                "user=admin",
                `password=${await access.createToken()}`,
                "sslmode=verify-full",
                `sslrootcert=${access.authorityFile}`,
                "",
            ].join("\n"),
        ),
    );
    const file = path.join(folder, "pg_service.conf");
    await writeFile(file, sections.join("\n"), { mode: 0o600 });
    await chmod(file, 0o600);
    return file;
}
