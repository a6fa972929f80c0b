import type { Node } from "@pgsql/types";
import { callOf, nameNode, type Target } from "./shadow-nodes";

const systemColumns = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

/**
 * The row as an UPDATE would leave it, as an expression. Through JSON a value takes the type of its
 * column, which the text does not tell: https://www.postgresql.org/docs/16/functions-json.html
 * @returns undefined with DEFAULT, `(a, b) = …` and the assignment of a part: `a[1] = …`
 */
export function populatedRecord(target: Target, assignments: readonly Node[]): Node | undefined {
    const pairs: Node[] = [];
    for (const assignment of assignments) {
        if (!("ResTarget" in assignment)) return undefined;
        const { name, val, indirection } = assignment.ResTarget;
        const isWhole = name !== undefined && val !== undefined && indirection === undefined;
        if (!isWhole || "SetToDefault" in val || "MultiAssignRef" in val) return undefined;
        pairs.push({ A_Const: { sval: { sval: name } } }, val);
    }
    // With the star it is the row, even where a column has the table's name.
    const row: Node = { ColumnRef: { fields: [nameNode(target.name), { A_Star: {} }] } };
    return callOf("json_populate_record", [row, callOf("json_build_object", pairs)]);
}

/** Whether no name in the list has a schema before it, nor is one that only a stored row has. */
export function returnsPlainly(returningList: readonly Node[]): boolean {
    return namesIn(returningList).every(
        (names) => names.length <= 2 && !systemColumns.includes(names.at(-1) ?? ""),
    );
}

/**
 * A RETURNING list with each assigned column read from the record instead.
 * @returns undefined where that takes more than putting one for the other: a star, the row as a
 * whole, a subquery
 */
export function withAssigned(
    returningList: readonly Node[],
    target: Target,
    assignments: readonly Node[],
    record: Node,
): Node[] | undefined {
    const assigned = new Set(
        assignments.map((assignment) =>
            "ResTarget" in assignment ? assignment.ResTarget.name : undefined,
        ),
    );
    const isWholeRow = (names: readonly string[]): boolean =>
        names.includes("*") || (names.length === 1 && names[0] === target.name);
    if (namesIn(returningList).some(isWholeRow) || hasSubquery(returningList)) return undefined;
    return JSON.parse(JSON.stringify(returningList), (_, value) => {
        const names = namesOf(value);
        const column = names?.at(-1);
        const isAssigned = column !== undefined && assigned.has(column);
        const isTarget = names?.length === 1 || names?.[0] === target.name;
        return isAssigned && isTarget
            ? { A_Indirection: { arg: record, indirection: [nameNode(column)] } }
            : value;
    });
}

function hasSubquery(list: readonly Node[]): boolean {
    let isFound = false;
    JSON.stringify(list, (key, value) => {
        isFound ||= key === "SubLink";
        return value;
    });
    return isFound;
}

/** The names of all columns that are spoken of, subqueries included; `*` for a star. */
function namesIn(list: readonly Node[]): readonly (readonly string[])[] {
    const found: (readonly string[])[] = [];
    JSON.stringify(list, (_, value) => {
        const names = namesOf(value);
        if (names !== undefined) found.push(names);
        return value;
    });
    return found;
}

function namesOf(node: unknown): readonly string[] | undefined {
    if (typeof node !== "object" || node === null || !("ColumnRef" in node)) return undefined;
    const { fields } = (node as { ColumnRef: { fields?: Node[] } }).ColumnRef;
    return fields?.map((field) => ("String" in field ? (field.String.sval ?? "") : "*"));
}
