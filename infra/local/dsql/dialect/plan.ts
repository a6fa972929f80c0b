import type { Failure } from "../failure";

/** What a statement does to its transaction. */
export type StatementKind =
    /** BEGIN, START TRANSACTION */
    | "begin"
    /** COMMIT, END */
    | "commit"
    /** ROLLBACK, ABORT */
    | "rollback"
    /** Changes the catalogue: CREATE, ALTER, DROP, GRANT, REVOKE, COMMENT, `AWS IAM GRANT`… */
    | "definition"
    /** Changes rows: INSERT, UPDATE, DELETE, `COPY … FROM`, also within a WITH. */
    | "write"
    /** A SELECT that takes part in the conflict check: FOR UPDATE, FOR KEY SHARE. */
    | "lock"
    /** Any other query, EXPLAIN of one, VALUES, CALL. */
    | "read"
    /** SHOW, SET, RESET and the like: neither rows nor catalogue. */
    | "session"
    /** Nothing but blanks and comments. */
    | "empty";

/** How the front door treats one statement. */
export interface StatementPlan {
    readonly kind: StatementKind;
    /** What PostgreSQL runs: the client's text, or its counterpart in PostgreSQL's dialect. */
    readonly text: string;
    /** The statement is not run; the client gets this error. */
    readonly refusal?: Failure;
    /** Only with "begin". */
    readonly isReadOnly?: boolean;
    /** Replaces the command tag of PostgreSQL's answer. */
    readonly commandTag?: string;
    /** The client gets no rows and no description of them, though PostgreSQL answers some. */
    readonly hidesRows?: boolean;
    /** A job may wait to be run once the transaction is committed. */
    readonly startsJob?: boolean;
    /** How to answer when PostgreSQL refuses a "write" or "lock" because of a conflict. */
    readonly shadow?: Shadow;
}

/**
 * What a statement that lost a conflict would have answered in its own snapshot. Queries take the
 * parameters of the statement, with the same numbers.
 */
export type Shadow =
    /** The number of rows is known from the text. */
    | { readonly kind: "rowCount"; readonly commandTag: string }
    /** The query gives one row with one bigint, the number of rows; `UPDATE <n>` is answered. */
    | { readonly kind: "countQuery"; readonly text: string; readonly command: "UPDATE" | "DELETE" }
    /**
     * The query gives the very rows, with the same columns; `command` is how its tag begins
     * (`SELECT 3`, `DELETE 3`).
     */
    | {
          readonly kind: "rowsQuery";
          readonly text: string;
          readonly command: "SELECT" | "UPDATE" | "DELETE";
      };

/** Plans each statement of a text that a client sends. */
export interface Dialect {
    /**
     * One plan for each statement, in order. A text that cannot be parsed is one plan that hands
     * it to PostgreSQL as it is, so that PostgreSQL explains what is wrong with it.
     */
    plan(text: string): readonly StatementPlan[];
}
