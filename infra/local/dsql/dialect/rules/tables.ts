import {
    derived,
    measured,
    notSupported,
    type Rule,
    recorded,
    type Statement,
    when,
} from "../rule";
import { type Fields, fieldsOf, listOf, namesOf, textOf } from "../tree";
import { refusedKeyTypes, typeNameOf } from "../types";

const documented = {
    date: "2026-09-22",
    source: "https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html",
};
const unsupported = recorded("unsupported", "2026-09-18");
const notForTables = { code: notSupported, message: "{} not supported for CREATE TABLE" };

/** CREATE TABLE as a whole, and what else makes a relation; its columns have rules of their own. */
export const tableRules: readonly Rule[] = [
    {
        id: "temporary-table",
        finds: (statement) => when(tablesOf(statement).some(persists("t"))),
        ...notForTables,
        message: "TEMPORARY or TEMP table not supported for CREATE TABLE",
        ...unsupported,
    },
    {
        id: "unlogged-table",
        finds: (statement) => when(tablesOf(statement).some(persists("u"))),
        ...notForTables,
        message: "UNLOGGED table not supported for CREATE TABLE",
        ...unsupported,
    },
    {
        id: "temporary-view",
        finds: ({ tree }) =>
            when(tree.nodes("ViewStmt").some((view) => persists("t")({ relation: view["view"] }))),
        code: notSupported,
        message: "TEMPORARY or TEMP view not supported for CREATE VIEW",
        ...derived,
    },
    {
        id: "temporary-sequence",
        finds: ({ tree }) =>
            when(
                tree
                    .nodes("CreateSeqStmt")
                    .some((made) => persists("t")({ relation: made["sequence"] })),
            ),
        code: notSupported,
        message: "TEMPORARY or TEMP sequence not supported for CREATE SEQUENCE",
        ...derived,
    },
    { id: "table-clause", finds: refusedClause, ...notForTables, ...derived },
    {
        id: "exclusion-constraint",
        finds: ({ tree }) =>
            tree.tag === "AlterTableStmt"
                ? undefined
                : when(tree.nodes("Constraint").some(isOfType("CONSTR_EXCLUSION"))),
        ...notForTables,
        message: "EXCLUDE constraint not supported for CREATE TABLE",
        ...derived,
    },
    {
        // Only a foreign key may be checked as late as the commit.
        id: "deferrable-constraint",
        finds: (statement) => when(tablesOf(statement).some(defersKey)),
        code: notSupported,
        message: "DEFERRABLE constraint not supported",
        ...measured("2026-08-30"),
    },
    {
        id: "table-columns",
        finds: (statement) =>
            when(tablesOf(statement).some((table) => columnsOf(table).length > 255)),
        code: "54011",
        message: "tables can have at most 255 columns",
        ...documented,
    },
    {
        id: "constraint-columns",
        finds: ({ tree }) =>
            when(
                tree
                    .nodes("Constraint")
                    .some((key) => isKey(key) && listOf(key["keys"]).length > 8),
            ),
        code: "54011",
        message: "more than 8 column keys in an index are not supported",
        ...documented,
    },
    {
        id: "key-type",
        finds: (statement) => tablesOf(statement).map(refusedKeyType).find(isFound),
        code: notSupported,
        message: "datatype {} not supported as an index key",
        ...derived,
    },
];

function tablesOf({ tree }: Statement): readonly Fields[] {
    return tree.nodes("CreateStmt");
}

const persists = (persistence: string) => (made: Fields) =>
    textOf((made["relation"] as Fields | undefined)?.["relpersistence"]) === persistence;

const isOfType = (type: string) => (constraint: Fields) => constraint["contype"] === type;

function columnsOf(table: Fields): readonly Fields[] {
    return listOf(table["tableElts"])
        .map((element) => fieldsOf(element, "ColumnDef"))
        .filter((column) => column !== undefined);
}

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/create-table-syntax-support.html */
const clauses: readonly (readonly [string, (table: Fields) => boolean])[] = [
    ["PARTITION OF", (table) => table["partbound"] !== undefined],
    ["INHERITS", (table) => listOf(table["inhRelations"]).length > 0],
    ["PARTITION BY", (table) => table["partspec"] !== undefined],
    ["OF", (table) => table["ofTypename"] !== undefined],
    ["USING", (table) => table["accessMethod"] !== undefined],
    ["WITH", (table) => listOf(table["options"]).length > 0],
    ["ON COMMIT", (table) => table["oncommit"] !== "ONCOMMIT_NOOP"],
    ["TABLESPACE", (table) => table["tablespacename"] !== undefined],
];

function refusedClause(statement: Statement): string | undefined {
    return clauses.find(([, isWritten]) => tablesOf(statement).some(isWritten))?.[0];
}

function isKey(constraint: Fields): boolean {
    return /^CONSTR_(?:PRIM|UNIQUE)/.test(textOf(constraint["contype"]));
}

/** In a column, DEFERRABLE is a constraint of its own that follows the one it speaks of. */
function defersKey(table: Fields): boolean {
    const lists = [table["tableElts"], ...columnsOf(table).map((column) => column["constraints"])];
    return lists.some((list) => {
        const constraints = listOf(list).map((element) => fieldsOf(element, "Constraint"));
        return constraints.some(
            (constraint, index) =>
                constraint !== undefined &&
                isKey(constraint) &&
                (constraint["deferrable"] === true ||
                    constraints[index + 1]?.["contype"] === "CONSTR_ATTR_DEFERRABLE"),
        );
    });
}

function refusedKeyType(table: Fields): string | undefined {
    const keys = listOf(table["tableElts"])
        .map((element) => fieldsOf(element, "Constraint"))
        .flatMap((constraint) =>
            constraint !== undefined && isKey(constraint) ? namesOf(constraint["keys"]) : [],
        );
    for (const column of columnsOf(table)) {
        const constraints = listOf(column["constraints"]);
        const isKeyColumn =
            keys.includes(textOf(column["colname"])) ||
            constraints.some((constraint) => isKey(fieldsOf(constraint, "Constraint") ?? {}));
        const type = column["typeName"] as Fields | undefined;
        if (!isKeyColumn || type === undefined) continue;
        if (refusedKeyTypes.has(namesOf(type["names"]).at(-1) ?? "")) return typeNameOf(type);
    }
    return undefined;
}

function isFound(found: string | undefined): found is string {
    return found !== undefined;
}
