import type { Statement } from "./session";

/** Asks the database for an answer, and for nothing else: every role may run it. */
export function touchDatabase(): Statement {
    return { name: "touch-database", text: "SELECT 1 AS answer", values: [] };
}
