import { type Client, type Connection, Query, type QueryResult } from "pg";
import type { Row, SqlValue, Statement } from "./session";

/**
 * Every transaction runs at the one isolation level of Aurora DSQL, locally too.
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-concurrency-control.html
 */
const begin: Statement = {
    name: "begin",
    text: "BEGIN ISOLATION LEVEL REPEATABLE READ",
    values: [],
};

/**
 * Runs the statements as one transaction on a client in pipeline mode: BEGIN and the statements up
 * to one Sync, then COMMIT, all in one flush.
 *
 * The driver's own queries end in a Sync each. Then a BEGIN that is refused would leave the
 * statements behind it to commit one by one. With one Sync the server skips what follows an error
 * (https://www.postgresql.org/docs/16/protocol-flow.html#PROTOCOL-FLOW-PIPELINING).
 * @returns the rows of each statement
 * @throws the first error; the error of a statement carries its name in `statement`
 */
export async function runTransaction(
    client: Client,
    statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
    const { stream } = client.connection;
    stream.cork();
    const sent = [send(client, [begin, ...statements]), client.query("COMMIT")] as const;
    stream.uncork();
    const [ran, committed] = await Promise.allSettled(sent);
    if (ran.status === "rejected") {
        throw ran.reason;
    }
    if (committed.status === "rejected") {
        throw committed.reason;
    }
    // A transaction that failed answers COMMIT with ROLLBACK, and that is no error.
    if (committed.value.command !== "COMMIT") {
        throw new Error(`The database answered COMMIT with ${committed.value.command}.`);
    }
    return ran.value.slice(1);
}

/** Runs one statement in a transaction of its own and returns its rows. */
export async function runStatement(client: Client, statement: Statement): Promise<readonly Row[]> {
    const [rows = []] = await send(client, [statement]);
    return rows;
}

/** The name of the statement that failed, if the error is one of a statement. */
export function failedStatement(error: unknown): string | undefined {
    const { statement } = (error ?? {}) as { statement?: unknown };
    return typeof statement === "string" ? statement : undefined;
}

/** The texts prepared on each connection, by name. */
const preparedTexts = new WeakMap<Client, Map<string, string>>();

async function send(
    client: Client,
    statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
    const prepared = preparedTexts.get(client) ?? new Map<string, string>();
    preparedTexts.set(client, prepared);
    const unprepared = findUnprepared(statements, prepared);
    let parsedCount = 0;
    const countParsed = () => {
        parsedCount++;
    };
    client.connection.on("parseComplete", countParsed);
    const query = new Query<Row>({ text: "" });
    try {
        return await new Promise((resolve, reject) => {
            const callback = (error: unknown, results: QueryResult | QueryResult[]) =>
                error ? reject(withStatement(error, statements, query)) : resolve(rowsOf(results));
            const submit = (connection: Connection) => {
                writeStatements(connection, statements, unprepared);
                return null;
            };
            client.query(Object.assign(query, { submit, callback }));
        });
    } finally {
        client.connection.off("parseComplete", countParsed);
        for (const [name, text] of [...unprepared].slice(0, parsedCount)) {
            prepared.set(name, text);
        }
    }
}

/**
 * The texts that the connection does not know yet, by name.
 * @throws Error when a name stands for two texts: the wrong one of them would be executed
 */
function findUnprepared(
    statements: readonly Statement[],
    prepared: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
    const unprepared = new Map<string, string>();
    for (const { name, text } of statements) {
        const known = prepared.get(name) ?? unprepared.get(name);
        if (known === undefined) {
            unprepared.set(name, text);
        } else if (known !== text) {
            throw new Error(`Two statements are named "${name}". Give each text its own name.`);
        }
    }
    return unprepared;
}

function writeStatements(
    connection: Connection,
    statements: readonly Statement[],
    unprepared: ReadonlyMap<string, string>,
): void {
    const toParse = new Map(unprepared);
    for (const { name, text, values } of statements) {
        if (toParse.delete(name)) {
            connection.parse({ name, text, types: [] }, true);
        }
        connection.bind({ statement: name, values: values.map(toWireText) }, true);
        connection.describe({ type: "P", name: "" }, true);
        connection.execute(null, true);
    }
    connection.sync();
}

function toWireText(value: SqlValue): string | null {
    if (value === null || typeof value === "string") {
        return value;
    }
    if (typeof value === "object") {
        // https://www.postgresql.org/docs/16/arrays.html#ARRAYS-IO
        const items = value.map((item) =>
            item === null ? "NULL" : `"${String(item).replace(/["\\]/g, "\\$&")}"`,
        );
        return `{${items.join(",")}}`;
    }
    return String(value);
}

function rowsOf(results: QueryResult | QueryResult[]): readonly (readonly Row[])[] {
    return (Array.isArray(results) ? results : [results]).map(({ rows }) => rows);
}

/** Notes on a server's error which statement it belongs to: the one after those completed. */
function withStatement(error: unknown, statements: readonly Statement[], query: object): unknown {
    const { _results: results } = query as { _results?: QueryResult | QueryResult[] };
    const list = results === undefined ? [] : Array.isArray(results) ? results : [results];
    const completed = list.filter(({ command }) => command !== null).length;
    const failed = statements[completed];
    return failed === undefined || typeof error !== "object" || error === null
        ? error
        : Object.assign(error, { statement: failed.name });
}
