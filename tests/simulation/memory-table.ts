/** A row as it is stored; times as ISO 8601. */
export type StoredRow = Readonly<Record<string, string | number | boolean | null>>;

interface Entry {
    /** Undefined: it was deleted. */
    readonly row: StoredRow | undefined;
    /** The commit that wrote it. */
    readonly commit: number;
}

/** One table: rows by primary key, and by one more column that they are looked up by. */
export interface Table {
    readonly name: string;
    readonly entries: Map<string, Entry>;
    /** Keys of the rows, by the value of the indexed column. */
    readonly index: Map<string, Set<string>>;
    readonly indexedBy: string | undefined;
}

/** A row that a commit has changed. */
export interface Change {
    readonly table: string;
    readonly key: string;
    readonly before: StoredRow | undefined;
    readonly after: StoredRow | undefined;
}

/** By which column the rows of each table are looked up, beside their key. */
const indexedColumns = {
    product: undefined,
    pool: "product_id",
    movement: "product_id",
    stub: undefined,
    orders: undefined,
    item: "order_id",
    idempotency: undefined,
    outbox: "destination",
    grant: "product_id",
    applied: "product_id",
    gauge: "product_id",
    link: undefined,
} as const;

export type TableName = keyof typeof indexedColumns;

export type Tables = Readonly<Record<TableName, Table>>;

export function createTables(): Tables {
    const tables = Object.entries(indexedColumns).map(([name, indexedBy]) => [
        name,
        { name, entries: new Map(), index: new Map(), indexedBy },
    ]);
    return Object.fromEntries(tables);
}

/** The tables as they are, which later commits do not change: rows are never changed in place. */
export function copyTables(tables: Tables): Tables {
    const copied = Object.entries(tables).map(([name, table]) => [
        name,
        {
            ...table,
            entries: new Map(table.entries),
            index: new Map([...table.index].map(([value, keys]) => [value, new Set(keys)])),
        },
    ]);
    return Object.fromEntries(copied);
}

/** Writes a row for good. */
export function store(
    table: Table,
    key: string,
    row: StoredRow | undefined,
    commit: number,
): Change {
    const before = table.entries.get(key)?.row;
    table.entries.set(key, { row, commit });
    if (table.indexedBy !== undefined && (before === undefined) !== (row === undefined)) {
        const value = String((row ?? before)?.[table.indexedBy]);
        const keys = table.index.get(value) ?? new Set();
        table.index.set(value, keys);
        if (row === undefined) {
            keys.delete(key);
        } else {
            keys.add(key);
        }
    }
    return { table: table.name, key, before, after: row };
}

/** The rows that a column has a value in. */
export function rowsOf(table: Table, value: string): StoredRow[] {
    const rows: StoredRow[] = [];
    for (const key of table.index.get(value) ?? []) {
        const row = table.entries.get(key)?.row;
        if (row !== undefined) {
            rows.push(row);
        }
    }
    return rows;
}

/** Every row. */
export function allRows(table: Table): StoredRow[] {
    const rows: StoredRow[] = [];
    for (const { row } of table.entries.values()) {
        if (row !== undefined) {
            rows.push(row);
        }
    }
    return rows;
}
