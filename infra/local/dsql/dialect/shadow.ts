import { isDeepStrictEqual } from "node:util";
import type { DeleteStmt, InsertStmt, Node, SelectStmt, UpdateStmt } from "@pgsql/types";
import { parseSync } from "libpg-query";
import { deparseSync } from "pgsql-deparser";
import type { Shadow } from "./plan";
import { populatedRecord, returnsPlainly, withAssigned } from "./shadow-assignment";
import {
    columnOf,
    countOfRows,
    exists,
    selectOf,
    subselectOf,
    type Target,
    targetOf,
} from "./shadow-nodes";

const changes = ["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"];
/** They make several rows of a VALUES with one row. */
const setFunctions =
    /^(generate_(series|subscripts)|unnest|jsonb?_(array_elements|each|object_keys|path_query|populate_recordset|to_recordset).*|regexp_(matches|split_to_table)|string_to_table)$/;

/**
 * What a statement that lost a conflict would have answered, as a statement that only reads. The
 * parser has to be loaded. Two things are left out, for the text does not tell them: the value that
 * a generated column would get, and an error that a row after the lost one would raise.
 * @param statement as the parser gives it
 * @returns undefined when there is no such statement, or when it could not be put into words that
 * the parser reads back as the same
 */
export function shadowOf(statement: Node): Shadow | undefined {
    try {
        return shadowOfParts(withoutLocks(statement), statement);
    } catch {
        // The deparser does not know a node, or the statement is nested deeper than the stack.
        return undefined;
    }
}

function shadowOfParts(parts: Node, statement: Node): Shadow | undefined {
    if ("InsertStmt" in parts) return shadowOfInsert(parts.InsertStmt);
    if ("UpdateStmt" in parts) return shadowOfUpdate(parts.UpdateStmt);
    if ("DeleteStmt" in parts) return shadowOfDelete(parts.DeleteStmt);
    if ("SelectStmt" in parts) return shadowOfSelect(parts, statement);
    return undefined;
}

function shadowOfInsert(insert: InsertStmt): Shadow | undefined {
    if (
        insert.returningList !== undefined ||
        insert.onConflictClause !== undefined ||
        tagsIn(insert.withClause).some((tag) => changes.includes(tag))
    ) {
        return undefined;
    }
    const rows = insert.selectStmt === undefined ? 1 : numberOfValues(insert.selectStmt);
    return rows === undefined ? undefined : { kind: "rowCount", commandTag: `INSERT 0 ${rows}` };
}

function numberOfValues(source: Node): number | undefined {
    if (!("SelectStmt" in source)) return undefined;
    const { valuesLists, limitCount, limitOffset, withClause } = source.SelectStmt;
    const isCut = limitCount !== undefined || limitOffset !== undefined;
    if (valuesLists === undefined || isCut || withClause !== undefined) return undefined;
    return valuesLists.length === 1 && callsSetFunction(valuesLists)
        ? undefined
        : valuesLists.length;
}

function shadowOfUpdate(update: UpdateStmt): Shadow | undefined {
    const target = targetOf(update.relation);
    if (target === undefined || !onlyReads(update)) return undefined;
    const { fromClause: joined = [], whereClause, withClause, returningList } = update;
    if (returningList === undefined) return countOf("UPDATE", target, joined, update);
    const assignments = update.targetList ?? [];
    const record = populatedRecord(target, assignments);
    if (record === undefined || !returnsPlainly(returningList)) return undefined;
    if (joined.length > 0) {
        const returned = withAssigned(returningList, target, assignments, record);
        return returned && rowsQuery("UPDATE", joinedRows(returned, target, joined, update));
    }
    // Named as the table is, the new rows are what RETURNING speaks of, subqueries included.
    const changed = selectOf({
        targetList: [
            {
                ResTarget: {
                    val: { A_Indirection: { arg: record, indirection: [{ A_Star: {} }] } },
                },
            },
        ],
        fromClause: [target.node],
        whereClause,
    });
    return rowsQuery(
        "UPDATE",
        selectOf({
            targetList: returningList,
            fromClause: [subselectOf(changed, target.name)],
            withClause,
        }),
    );
}

function shadowOfDelete(deletion: DeleteStmt): Shadow | undefined {
    const target = targetOf(deletion.relation);
    if (target === undefined || !onlyReads(deletion)) return undefined;
    const { usingClause: joined = [], whereClause, withClause, returningList } = deletion;
    if (returningList === undefined) return countOf("DELETE", target, joined, deletion);
    if (joined.length > 0) {
        return rowsQuery("DELETE", joinedRows(returningList, target, joined, deletion));
    }
    return rowsQuery(
        "DELETE",
        selectOf({
            targetList: returningList,
            fromClause: [target.node],
            whereClause,
            withClause,
        }),
    );
}

function shadowOfSelect(parts: Node, statement: Node): Shadow | undefined {
    const tags = tagsIn(statement);
    const hasLocks = tags.includes("lockingClause");
    const onlyQueries = !tags.some((tag) => changes.includes(tag) || tag === "IntoClause");
    return hasLocks && onlyQueries ? rowsQuery("SELECT", parts) : undefined;
}

/** A row counts once, however many rows of the other tables it was joined with. */
function countOf(
    command: "UPDATE" | "DELETE",
    target: Target,
    joined: readonly Node[],
    { whereClause, withClause }: Conditions,
): Shadow | undefined {
    const matching =
        joined.length === 0
            ? whereClause
            : exists(selectOf({ fromClause: [...joined], whereClause }));
    const text = textOf(
        selectOf({
            targetList: [countOfRows],
            fromClause: [target.node],
            whereClause: matching,
            withClause,
        }),
    );
    return text === undefined ? undefined : { kind: "countQuery", text, command };
}

type Conditions = Pick<SelectStmt, "whereClause" | "withClause">;

/** A row comes once, with any of the rows of the other tables that it was joined with. */
function joinedRows(
    targetList: readonly Node[],
    target: Target,
    joined: readonly Node[],
    { whereClause, withClause }: Conditions,
): Node {
    return selectOf({
        distinctClause: [columnOf(target.name, "ctid")],
        targetList: [...targetList],
        fromClause: [target.node, ...joined],
        whereClause,
        withClause,
    });
}

function rowsQuery(command: "SELECT" | "UPDATE" | "DELETE", query: Node): Shadow | undefined {
    const text = textOf(query);
    return text === undefined ? undefined : { kind: "rowsQuery", text, command };
}

/** The deparser follows PostgreSQL 17 and may know a node less well, so it is read back. */
function textOf(query: Node): string | undefined {
    // It would leave these out, and say so on the console.
    if (tagsIn(query).some((tag) => /^Json[A-Z]/.test(tag))) return undefined;
    const text = deparseSync(query as Parameters<typeof deparseSync>[0], { pretty: false });
    const [parsed, ...others] = (parseSync(text) as { stmts: { stmt: Node }[] }).stmts;
    const isSame =
        others.length === 0 &&
        isDeepStrictEqual(withoutLocations(parsed?.stmt), withoutLocations(query));
    return isSame ? text : undefined;
}

function onlyReads(statement: UpdateStmt | DeleteStmt): boolean {
    return !tagsIn(statement).some((tag) => tag === "CurrentOfExpr" || changes.includes(tag));
}

function callsSetFunction(lists: readonly Node[]): boolean {
    let isFound = false;
    JSON.stringify(lists, (key, value) => {
        if (key === "funcname" && Array.isArray(value)) {
            isFound ||= setFunctions.test(value.at(-1)?.String?.sval ?? "");
        }
        return value;
    });
    return isFound;
}

function tagsIn(value: unknown): readonly string[] {
    const tags = new Set<string>();
    JSON.stringify(value, (key, part) => {
        // `intoClause` holds the only one of these nodes that comes without its tag.
        tags.add(key === "intoClause" ? "IntoClause" : key);
        return part;
    });
    return [...tags];
}

function withoutLocks(statement: Node): Node {
    return copyWithout(statement, ["lockingClause"]);
}

function withoutLocations(query: Node | undefined): unknown {
    return copyWithout(query ?? {}, ["location"]);
}

function copyWithout<T>(value: T, keys: readonly string[]): T {
    return JSON.parse(
        JSON.stringify(value, (key, part) => (keys.includes(key) ? undefined : part)),
    );
}
