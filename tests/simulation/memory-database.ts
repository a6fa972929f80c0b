import { retryConflicts } from "../../app/database/retry";
import type { Row, Session, Statement } from "../../app/database/session";
import { sqlState } from "../../app/database/sqlstate";
import { fault } from "../../app/fault";
import type { Random } from "../chaos/random";
import type { Kernel } from "./kernel";
import { type Change, copyTables, createTables, type Tables } from "./memory-table";
import { beginTransaction, type CommitClock, type Transaction } from "./memory-transaction";
import { type Interpretations, sqlError } from "./statements";
import { catalogStatements } from "./statements-of-catalog";
import { orderStatements } from "./statements-of-orders";
import { replicationStatements } from "./statements-of-replication";
import { stockStatements } from "./statements-of-stock";

const interpretations: Interpretations = {
    ...catalogStatements,
    ...orderStatements,
    ...replicationStatements,
    ...stockStatements,
};

/** What befalls transactions, each with this likelihood. */
export interface DatabaseFaults {
    /** The connection is lost before anything is done. */
    refused: number;
    /** The answer to a commit is lost; the transaction was committed. */
    lostAnswer: number;
    /** A commit loses a conflict that nobody can see. */
    conflict: number;
}

export interface MemoryDatabase {
    readonly session: Session;
    readonly faults: DatabaseFaults;
    tables(): Tables;
    /** Puts all tables back to what they were. */
    restore(backup: Tables): void;
    /** Runs statements as one transaction at once, outside of time. */
    execute(statements: readonly Statement[]): readonly (readonly Row[])[];
    /** Changes tables at once, outside of time, and tells nobody. */
    change(work: (transaction: Transaction) => void): void;
}

/** What a database tells of itself. */
export interface DatabaseWatch {
    /** @throws Error when the commit has broken a rule; that ends the simulation */
    committed(changes: readonly Change[]): void;
    refused(): void;
    lostAnswer(): void;
    conflict(): void;
}

/** The database of one cell, in memory: it knows each statement of the program by its name. */
export function createMemoryDatabase(
    kernel: Kernel,
    random: Random,
    watch: DatabaseWatch,
): MemoryDatabase {
    const clock: CommitClock = { last: 0 };
    const faults: DatabaseFaults = { refused: 0, lostAnswer: 0, conflict: 0 };
    let tables = createTables();

    const commit = (transaction: Transaction): boolean => {
        const changes = transaction.commit();
        if (changes === undefined) {
            watch.conflict();
            return false;
        }
        try {
            watch.committed(changes);
        } catch (error) {
            kernel.fail(error);
        }
        return true;
    };
    const delay = () => 1 + random.next() * 4;
    /** One attempt: it arrives, it commits, its answer arrives, each at its own time. */
    const attempt = (statements: readonly Statement[]) =>
        new Promise<readonly (readonly Row[])[]>((resolve, reject) => {
            const task = kernel.current();
            const answer = (settle: () => void) => kernel.after(delay(), task, settle);
            const lose = () => answer(() => reject(sqlError("08006")));
            const sentTo = tables;
            kernel.after(delay(), undefined, () => {
                // A backup is restored to a new database, which nothing reaches that was sent to the old one.
                if (tables !== sentTo) {
                    return lose();
                }
                if (random.chance(faults.refused)) {
                    watch.refused();
                    return lose();
                }
                try {
                    const transaction = beginTransaction(tables, clock);
                    const rows = statements.map((statement) => interpret(transaction, statement));
                    if (!transaction.hasWritten()) {
                        return answer(() => resolve(rows));
                    }
                    kernel.after(delay() / 2, undefined, () =>
                        tables === sentTo ? end(transaction, rows) : lose(),
                    );
                } catch (error) {
                    if (sqlState(error) === undefined) {
                        kernel.fail(error);
                    }
                    answer(() => reject(error));
                }
            });
            const end = (transaction: Transaction, rows: readonly (readonly Row[])[]) => {
                if (random.chance(faults.conflict) || !commit(transaction)) {
                    return answer(() => reject(sqlError("40001")));
                }
                if (task !== undefined) {
                    task.stage = "committed";
                }
                if (random.chance(faults.lostAnswer)) {
                    watch.lostAnswer();
                    return lose();
                }
                answer(() => resolve(rows));
            };
        });
    return {
        faults,
        session: sessionOf(kernel, attempt),
        tables: () => tables,
        restore(backup) {
            clock.last++;
            tables = copyTables(backup);
        },
        execute(statements) {
            const transaction = beginTransaction(tables, clock);
            const rows = statements.map((statement) => interpret(transaction, statement));
            commit(transaction);
            return rows;
        },
        change(work) {
            const transaction = beginTransaction(tables, clock);
            work(transaction);
            transaction.commit();
        },
    };
}

function interpret(transaction: Transaction, { name, values }: Statement): readonly Row[] {
    const interpretation = interpretations[name];
    if (interpretation === undefined) {
        throw new Error(`The memory database does not know the statement ${name}; add it.`);
    }
    return interpretation(transaction, values);
}

type Attempt = (statements: readonly Statement[]) => Promise<readonly (readonly Row[])[]>;

/** Retries as the session of the program does, and keeps to a request's time. */
function sessionOf(kernel: Kernel, attempt: Attempt, deadline = Number.POSITIVE_INFINITY): Session {
    const transact: Session["transact"] = async (statements) => {
        const rows = await retryConflicts(() => attempt(statements));
        if (kernel.now() > deadline) {
            throw fault("database_unavailable", "The request's time is over.");
        }
        return rows;
    };
    return {
        transact,
        query: async (statement) => (await transact([statement]))[0] ?? [],
        within: (milliseconds) => sessionOf(kernel, attempt, kernel.now() + milliseconds),
        close: async () => undefined,
    };
}
