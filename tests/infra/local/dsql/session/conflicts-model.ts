/** What one statement does to one row, or reads of all. */
export type Action =
    | "select"
    | "update"
    | "updateReturning"
    | "insert"
    | "delete"
    | "lockForUpdate"
    | "lockForKeyShare";

/** How a row was touched; a key share goes together with an update of other columns. */
type Touch = "keyShare" | "lock" | "update" | "key";

/** What a statement or a COMMIT may answer. */
export interface Expected {
    /** One of these SQLSTATEs, or none ("") where it may succeed. */
    readonly codes: readonly string[];
    /** The rows it answers or counts, if that is certain. */
    readonly rows?: readonly (readonly [key: number, value: number])[];
}

export interface ModelTransaction {
    /** Its moment among the commits; undefined before its first statement. */
    snapshot: number | undefined;
    readonly own: Map<number, number | undefined>;
    readonly touched: Map<number, Set<Touch>>;
    /** Whether another one won: for certain, maybe, or as far as known not. */
    lost: "no" | "maybe" | "yes";
    hasFailed: boolean;
}

interface Version {
    readonly moment: number;
    readonly value: number | undefined;
    /** Whatever the transaction did to the row, locks included. */
    readonly touches: ReadonlySet<Touch>;
}

/**
 * Aurora DSQL's concurrency in small: a snapshot at the first statement, no locks, and whoever
 * commits first wins. "maybe" is what DIFFERENCES.md admits of the local one: a row that was only
 * locked, and a key that was inserted or freed since the snapshot.
 */
export interface Model {
    begin(): ModelTransaction;
    expect(transaction: ModelTransaction, action: Action, key: number): Expected;
    /** Takes in what the statement answered. */
    note(transaction: ModelTransaction, action: Action, key: number, code: string): void;
    expectCommit(transaction: ModelTransaction): Expected;
    noteCommit(transaction: ModelTransaction, code: string): void;
    end(transaction: ModelTransaction): void;
    rows(): readonly (readonly [key: number, value: number])[];
}

const writes: Partial<Record<Action, Touch>> = {
    update: "update",
    updateReturning: "update",
    insert: "key",
    delete: "key",
    lockForUpdate: "lock",
    lockForKeyShare: "keyShare",
};

/**
 * @param isPair of two sessions each knows what the other one locked, until one has failed: that
 * may have made the other one step back, so that it holds nothing when it is met again
 */
export function createModel(
    initial: ReadonlyMap<number, number>,
    { isPair }: { readonly isPair: boolean },
): Model {
    let knowsLocks = isPair;
    const history = new Map<number, Version[]>();
    const open = new Set<ModelTransaction>();
    let now = 0;
    for (const [key, value] of initial) {
        history.set(key, [{ moment: 0, value, touches: new Set(["key"]) }]);
    }
    const at = (key: number, moment: number): number | undefined =>
        history.get(key)?.findLast((version) => version.moment <= moment)?.value;
    const seen = (transaction: ModelTransaction, key: number): number | undefined =>
        transaction.own.has(key) ? transaction.own.get(key) : at(key, transaction.snapshot ?? now);
    const since = ({ snapshot = now }: ModelTransaction, key: number): readonly Version[] =>
        (history.get(key) ?? []).filter(({ moment }) => moment > snapshot);
    const keys = (own: Iterable<number> = []): readonly number[] =>
        [...new Set([...history.keys(), ...own])].sort((one, other) => one - other);
    const visible = (transaction: ModelTransaction) =>
        keys(transaction.own.keys()).flatMap((key) => {
            const value = seen(transaction, key);
            return value === undefined ? [] : [[key, value] as const];
        });

    const expectInsert = (transaction: ModelTransaction, key: number): Expected => {
        const isTaken = seen(transaction, key) !== undefined;
        const isChanged = !transaction.own.has(key) && since(transaction, key).length > 0;
        if (transaction.lost !== "no") {
            return { codes: ["", "23505", "40001"] };
        }
        if (isChanged) {
            return { codes: ["", "23505"] };
        }
        return isTaken ? { codes: ["23505"] } : { codes: [""], rows: [[key, 0]] };
    };
    const touch = (
        transaction: ModelTransaction,
        key: number,
        how: Touch,
        isInsert: boolean,
    ): void => {
        const touches = transaction.touched.get(key) ?? new Set();
        transaction.touched.set(key, touches.add(how));
        if (transaction.own.has(key)) {
            return;
        }
        for (const version of since(transaction, key)) {
            const conflict = worstConflict(version.touches, new Set([how]));
            if (conflict !== undefined && transaction.lost !== "yes") {
                // PostgreSQL lets a key be inserted that was freed since the snapshot.
                transaction.lost = conflict === "write" && !isInsert ? "yes" : "maybe";
            }
        }
    };

    return {
        begin() {
            const transaction: ModelTransaction = {
                snapshot: undefined,
                own: new Map(),
                touched: new Map(),
                lost: "no",
                hasFailed: false,
            };
            open.add(transaction);
            return transaction;
        },
        expect(transaction, action, key) {
            if (transaction.hasFailed) {
                return { codes: ["25P02"] };
            }
            transaction.snapshot ??= now;
            if (action === "insert") {
                return expectInsert(transaction, key);
            }
            if (transaction.lost !== "no") {
                return { codes: [""] };
            }
            if (action === "select") {
                return { codes: [""], rows: visible(transaction) };
            }
            const value = seen(transaction, key);
            const after = action === "updateReturning" ? 1 : 0;
            return { codes: [""], rows: value === undefined ? [] : [[key, value + after]] };
        },
        note(transaction, action, key, code) {
            if (code !== "") {
                transaction.hasFailed = true;
                knowsLocks = false;
                open.delete(transaction);
                return;
            }
            const how = writes[action];
            const value = seen(transaction, key);
            if (how === undefined || (action !== "insert" && value === undefined)) {
                return;
            }
            touch(transaction, key, how, action === "insert");
            if (how === "update" || how === "key") {
                const inserted = action === "insert" ? 0 : undefined;
                const changed = how === "update" ? (value ?? 0) + 1 : inserted;
                transaction.own.set(key, changed);
            }
        },
        expectCommit(transaction) {
            const codes = { no: [""], maybe: ["", "40001"], yes: ["40001"] };
            return { codes: codes[transaction.lost] };
        },
        noteCommit(transaction, code) {
            open.delete(transaction);
            if (code !== "" || transaction.hasFailed) {
                knowsLocks = false;
                return;
            }
            now += 1;
            for (const [key, touches] of transaction.touched) {
                for (const other of open) {
                    const conflict = worstConflict(touches, other.touched.get(key));
                    const isKnown = conflict === "write" || (conflict === "lock" && knowsLocks);
                    if (conflict !== undefined && other.lost !== "yes") {
                        other.lost = isKnown ? "yes" : "maybe";
                    }
                }
                if (touches.has("key") || touches.has("update")) {
                    const versions = history.get(key) ?? [];
                    versions.push({ moment: now, value: transaction.own.get(key), touches });
                    history.set(key, versions);
                }
            }
        },
        end(transaction) {
            open.delete(transaction);
            knowsLocks = false;
        },
        rows: () =>
            keys().flatMap((key) => {
                const value = at(key, now);
                return value === undefined ? [] : [[key, value] as const];
            }),
    };
}

function isConflict(one: Touch, other: Touch): boolean {
    const isCompatible =
        (one === "keyShare" && (other === "keyShare" || other === "update")) ||
        (other === "keyShare" && one === "update");
    return !isCompatible;
}

/** Whether one of the touches is a change that conflicts with one of the others, or only a lock. */
function worstConflict(
    committed: ReadonlySet<Touch>,
    others: ReadonlySet<Touch> = new Set(),
): "write" | "lock" | undefined {
    const conflicting = [...committed].filter((one) =>
        [...others].some((other) => isConflict(one, other)),
    );
    if (conflicting.some((one) => one === "key" || one === "update")) {
        return "write";
    }
    return conflicting.length > 0 ? "lock" : undefined;
}
