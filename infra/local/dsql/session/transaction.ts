import type { StatementKind } from "../dialect/plan";
import type { Failure } from "../failure";

/** What a transaction has done so far, as far as it decides what it may still do. */
export type Content = "nothing" | "rows" | "definition";

/** What a statement does that the rules ask about. */
export type Effect = "rows" | "definition" | "none";

const mixed: Failure = {
    code: "0A000",
    message: "ddl and dml are not supported in the same transaction",
};
const repeated: Failure = {
    code: "0A000",
    message: "multiple ddl statements not supported in a transaction",
};

/**
 * One DDL statement in a transaction, and none beside changes of rows.
 * Source: recorded on a real cluster, 2026-09-18 (`transaction`: two_ddl_one_txn, ddl_then_dml).
 */
const rules: Readonly<Record<Content, Readonly<Record<Effect, Content | Failure>>>> = {
    nothing: { none: "nothing", rows: "rows", definition: "definition" },
    rows: { none: "rows", rows: "rows", definition: mixed },
    definition: { none: "definition", rows: mixed, definition: repeated },
};

/** What the transaction has done after the statement, or why it may not be run in it. */
export function contentAfter(content: Content, kind: StatementKind): Content | Failure {
    return rules[content][effectOf(kind)];
}

function effectOf(kind: StatementKind): Effect {
    switch (kind) {
        case "definition":
            return "definition";
        case "write":
        case "lock":
            return "rows";
        default:
            return "none";
    }
}

/** A statement that can be run again after the transaction had to step back. */
export interface Replayable {
    readonly text: string;
    readonly parameterTypes: readonly number[];
    readonly parameterFormats: readonly number[];
    readonly parameters: readonly (Buffer | null)[];
    /** The command tag that the client was answered. */
    readonly commandTag: string;
}

/** One transaction of a session: between BEGIN and COMMIT, or up to the end of an exchange. */
export interface Transaction {
    readonly isExplicit: boolean;
    /** Milliseconds of `performance.now()`. */
    readonly startedAt: number;
    content: Content;
    /** Whether it may hold locks that others wait for. */
    holdsLocks: boolean;
    /** Whether there is a savepoint before its first change. */
    hasSavepoint: boolean;
    /** It lost a conflict, so its COMMIT will fail. */
    isDoomed: boolean;
    /** Its changes were undone to let another transaction pass, and are yet to be made again. */
    isSteppedBack: boolean;
    startsJob: boolean;
    /** Its COMMIT or ROLLBACK is on its way to PostgreSQL. */
    isEnding: boolean;
    /** Its changes in order; undefined when they cannot be made again. */
    changes: Replayable[] | undefined;
    changedBytes: number;
    /** What the server had counted of its changes when it stepped back. */
    written: string | undefined;
    /** Transactions that want the same rows: the first of them to commit dooms the others. */
    readonly rivals: Set<Transaction>;
}

export function beginTransaction(isExplicit: boolean): Transaction {
    return {
        isExplicit,
        startedAt: performance.now(),
        content: "nothing",
        holdsLocks: false,
        hasSavepoint: false,
        isDoomed: false,
        isSteppedBack: false,
        startsJob: false,
        isEnding: false,
        changes: [],
        changedBytes: 0,
        written: undefined,
        rivals: new Set(),
    };
}

/** Two transactions that are known to want the same row. */
export function declareRivals(one: Transaction, other: Transaction): void {
    one.rivals.add(other);
    other.rivals.add(one);
}

/** Settles what the end of a transaction means for its rivals. */
export function endTransaction(transaction: Transaction, isCommitted: boolean): void {
    for (const rival of transaction.rivals) {
        rival.rivals.delete(transaction);
        if (isCommitted) {
            rival.isDoomed = true;
        }
    }
    transaction.rivals.clear();
}

// A transaction that changed more than this is not made to step back but doomed.
const maxReplayedChanges = 1_000;
const maxReplayedBytes = 1_048_576;

/** Remembers a change, or that there are too many to remember. */
export function noteChange(transaction: Transaction, change: Replayable | undefined): void {
    if (transaction.changes === undefined) {
        return;
    }
    if (change === undefined) {
        transaction.changes = undefined;
        return;
    }
    transaction.changedBytes += change.text.length + bytesOf(change.parameters);
    transaction.changes.push(change);
    const isTooMuch =
        transaction.changes.length > maxReplayedChanges ||
        transaction.changedBytes > maxReplayedBytes;
    if (isTooMuch) {
        transaction.changes = undefined;
    }
}

function bytesOf(parameters: readonly (Buffer | null)[]): number {
    return parameters.reduce((sum, value) => sum + (value?.length ?? 0), 0);
}
