import { openAdministration } from "../database/administration";
import { type MigrationReport, type MigrationRequest, migrate } from "../database/migrator";
import { readEnvironment } from "../environment";
import { type Log, log } from "../log";

/**
 * The function that brings a cell's database to the schema of this version of the program. It
 * connects anew on each invocation: there are weeks between two.
 * @throws (invocation) Error that names the migration which failed; the deployment stops there
 */
export function migrateHandler(
    variables: Readonly<Record<string, string | undefined>>,
    writeLog: Log = log,
): (request: MigrationRequest) => Promise<MigrationReport> {
    const environment = readEnvironment(variables);
    return async (request) => {
        const administration = openAdministration(environment);
        try {
            return await migrate(administration, request, { log: writeLog });
        } finally {
            await administration.close();
        }
    };
}
