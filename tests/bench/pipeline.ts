import type { Client } from "pg";
import type { Statement } from "../../app/database/session";

/** Sends a transaction with the driver's own pipeline, in one flush like ours. */
export async function runPipeline(client: Client, statements: readonly Statement[]): Promise<void> {
    const { stream } = client.connection;
    stream.cork();
    const sent = [
        client.query({ name: "begin", text: "BEGIN ISOLATION LEVEL REPEATABLE READ" }),
        ...statements.map(({ name, text, values }) =>
            client.query({ name, text, values: [...values] }),
        ),
        client.query({ name: "commit", text: "COMMIT" }),
    ];
    stream.uncork();
    const results = await Promise.all(sent);
    if (results.at(-1)?.command !== "COMMIT") {
        throw new Error("The baseline's transaction was rolled back.");
    }
}
