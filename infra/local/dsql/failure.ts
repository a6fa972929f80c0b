/** An error as Aurora DSQL answers it. */
export interface Failure {
    /** SQLSTATE, five characters. */
    readonly code: string;
    readonly message: string;
    readonly detail?: string;
    readonly hint?: string;
}

/** Source: the conflicts recorded on a real cluster, 2026-09-15 (`occ_conflict`). */
export const dataConflict: Failure = {
    code: "40001",
    message: "change conflicts with another transaction (OC000)",
};

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-ddl.html */
export const catalogConflict: Failure = {
    code: "40001",
    message: "schema has been updated by another transaction (OC001)",
};
