import { Pool } from "pg";
import type { DatabaseEnvironment } from "../environment";
import { log } from "../log";
import { poolSettings } from "./dsql";
import type { Row } from "./session";

/** The port of the migrator: an administrator's connection, each statement on its own. */
export interface Administration {
    /**
     * Runs one statement in a transaction of its own and returns its rows. Without values it
     * travels as a simple query, which is how DDL reaches Aurora DSQL everywhere else.
     * @throws the database's error as the driver gives it; nothing is retried
     */
    execute(text: string, values?: readonly string[]): Promise<readonly Row[]>;
    close(): Promise<void>;
}

/** Where indexes are not built in the background, a definition may have a whole table to read. */
const definitionTimeoutMilliseconds = 300_000;

/** Opens one connection as the environment's role, which has to be `admin`. */
export function openAdministration(environment: DatabaseEnvironment): Administration {
    const pool = new Pool({
        ...poolSettings(environment),
        max: 1,
        pipeline: false,
        query_timeout: definitionTimeoutMilliseconds,
    });
    pool.on("error", (error) => {
        if (!pool.ending) {
            log("warn", "The migrator's idle connection broke.", { error });
        }
    });
    return {
        async execute(text, values = []) {
            const { rows } = await pool.query<Row>(text, [...values]);
            return rows;
        },
        close: () => pool.end(),
    };
}
