import type { Change, StoredRow, Table, TableName, Tables } from "./memory-table";
import { allRows, rowsOf, store } from "./memory-table";

/** A transaction that sees one state of the tables, its own changes on top. */
export interface Transaction {
    get(table: TableName, key: string): StoredRow | undefined;
    /** The rows whose indexed column has the value. */
    select(table: TableName, value: string): readonly StoredRow[];
    all(table: TableName): readonly StoredRow[];
    put(table: TableName, key: string, row: StoredRow): void;
    remove(table: TableName, key: string): void;
    hasWritten(): boolean;
    /** @returns the changes; undefined when another transaction was faster: nothing was written */
    commit(): readonly Change[] | undefined;
}

/** Counts the commits of a database. */
export interface CommitClock {
    last: number;
}

/**
 * Begins a transaction. What it sees is what it finds while its statements run, at one moment; it
 * may commit later, unless a row that it has written was changed by then: snapshot isolation, and
 * the first to commit wins.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-concurrency-control.html
 */
export function beginTransaction(tables: Tables, clock: CommitClock): Transaction {
    const begunAt = clock.last;
    const written = new Map<Table, Map<string, StoredRow | undefined>>();
    const write = (name: TableName, key: string, row: StoredRow | undefined): void => {
        const table = tables[name];
        const rows = written.get(table) ?? new Map();
        written.set(table, rows.set(key, row));
    };
    const overlaid = (
        table: Table,
        stored: StoredRow[],
        keyed: (row: StoredRow) => boolean,
    ): readonly StoredRow[] => {
        const own = written.get(table);
        if (own === undefined) {
            return stored;
        }
        const replaced = new Set([...own.keys()].map((key) => table.entries.get(key)?.row));
        const added = [...own.values()].filter((row) => row !== undefined).filter(keyed);
        return [...stored.filter((row) => !replaced.has(row)), ...added];
    };
    return {
        get(name, key) {
            const table = tables[name];
            const own = written.get(table);
            return own?.has(key) ? own.get(key) : table.entries.get(key)?.row;
        },
        select(name, value) {
            const table = tables[name];
            const column = table.indexedBy ?? "";
            return overlaid(table, rowsOf(table, value), (row) => String(row[column]) === value);
        },
        all: (name) => overlaid(tables[name], allRows(tables[name]), () => true),
        put: write,
        remove: (table, key) => write(table, key, undefined),
        hasWritten: () => written.size > 0,
        commit() {
            for (const [table, rows] of written) {
                for (const key of rows.keys()) {
                    if ((table.entries.get(key)?.commit ?? 0) > begunAt) {
                        return undefined;
                    }
                }
            }
            clock.last++;
            return [...written].flatMap(([table, rows]) =>
                [...rows].map(([key, row]) => store(table, key, row, clock.last)),
            );
        },
    };
}
