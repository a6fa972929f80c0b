/** What a statement may carry as a parameter. Times and bigints travel as text. */
export type SqlValue =
    | string
    | number
    | boolean
    | null
    | readonly (string | null)[]
    | readonly number[];

/**
 * One SQL statement. `name` is unique for its text: the driver prepares it once per connection
 * under that name.
 */
export interface Statement {
    readonly name: string;
    readonly text: string;
    readonly values: readonly SqlValue[];
}

/** One row, as the driver returns it: `bigint` columns as text, `timestamptz` as `Date`. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The port to a cell's database. Both calls are retried as a whole when the database reports a
 * conflict (SQLSTATE 40001) or the connection is lost, so whatever is passed must be safe to run
 * twice: ids are made before the call, never inside a statement.
 */
export interface Session {
    /** Runs one statement on its own and returns its rows. */
    query(statement: Statement): Promise<readonly Row[]>;

    /**
     * Runs the statements as one transaction in one round trip: BEGIN, the statements and COMMIT
     * leave in one flush, so no statement can depend on the rows of an earlier one. Returns the
     * rows of each statement. Rejects with the first error, and then nothing has been written.
     */
    transact(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;

    /**
     * The same session for one request: a call that has not ended when the time is over rejects
     * with the fault database_unavailable, so that the request can still be answered.
     */
    within(milliseconds: number): Session;

    /** Closes the connections. Lambda never calls it; tests do. */
    close(): Promise<void>;
}
