import { derived, notSupported, type Rule, recorded, reported, when } from "../rule";
import { constantOf, type Fields, fieldsOf, listOf, namesOf, type Tree } from "../tree";
import { geometric, simpleTypeOf, typeNameOf } from "../types";
import { lateralTable } from "./lateral";

const queries = recorded("queries", "2026-09-18");

/** What no query may contain, wherever it stands: in a view, a WITH, a default, an EXPLAIN. */
export const queryRules: readonly Rule[] = [
    {
        id: "locking-clause",
        finds: ({ tree }) => when(tree.nodes("SelectStmt").some(locksOtherwise)),
        code: notSupported,
        message: "locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported",
        ...recorded("occ", "2026-09-15"),
    },
    {
        id: "tablesample",
        finds: ({ tree }) => when(tree.nodes("RangeTableSample").length > 0),
        code: notSupported,
        message: "TABLESAMPLE clause not supported",
        ...queries,
    },
    {
        id: "text-search",
        finds: ({ tree }) => called(tree, isTextSearch).map(configurationOf)[0],
        code: "42704",
        message: 'text search configuration "{}" does not exist',
        ...queries,
    },
    {
        id: "geometric-function",
        finds: ({ tree }) => called(tree, (name) => geometric.has(name)).map(functionOf)[0],
        code: notSupported,
        message: "datatype {} not supported",
        ...queries,
    },
    {
        id: "geometric-cast",
        finds: ({ tree }) => {
            const type = tree
                .nodes("TypeCast")
                .map((cast) => cast["typeName"] as Fields)
                .find((cast) => geometric.has(simpleTypeOf(cast)));
            return type && typeNameOf(type);
        },
        code: notSupported,
        message: "datatype {} not supported",
        ...derived,
    },
    {
        // A fault of the planner; it is there only if the columns' types differ, which no text tells.
        id: "left-join-lateral",
        finds: ({ tree }) => lateralTable(tree),
        code: "42804",
        message: "attribute 1 of type {} has wrong type",
        ...queries,
    },
    {
        id: "advisory-lock",
        finds: ({ tree }) =>
            called(tree, (name) => /^pg_(?:try_)?advisory_/.test(name)).map(functionOf)[0],
        code: notSupported,
        message: "function {} not supported",
        ...reported("https://github.com/golang-migrate/migrate/issues/1289", "2025-06-19"),
    },
    {
        // They run text that nobody has looked at, keep files, or speak to other sessions.
        id: "refused-function",
        finds: ({ tree }) => called(tree, (name) => refused.test(name)).map(functionOf)[0],
        code: notSupported,
        message: "function {} not supported",
        ...derived,
    },
];

const refused =
    /^(?:(?:query|table|cursor|schema|database)_to_xml(?:schema|_and_xmlschema)?|pg_notify|pg_export_snapshot|lo_\w+)$/;

function called(tree: Tree, isWanted: (name: string) => boolean): readonly Fields[] {
    return tree.nodes("FuncCall").filter((call) => {
        const names = namesOf(call["funcname"]);
        return (names.length === 1 || names[0] === "pg_catalog") && isWanted(names.at(-1) ?? "");
    });
}

function functionOf(call: Fields): string {
    return namesOf(call["funcname"]).at(-1) ?? "";
}

function isTextSearch(name: string): boolean {
    return /^(?:(?:jsonb?_)?to_tsvector|(?:plain|phrase|websearch_)?to_tsquery|ts_headline)$/.test(
        name,
    );
}

/** The configuration is the first of two arguments. */
function configurationOf(call: Fields): string {
    const [first, ...others] = listOf(call["args"]);
    const argument = fieldsOf(first, "TypeCast")?.["arg"] ?? first;
    return (others.length > 0 ? constantOf(argument) : undefined) ?? "simple";
}

/** Without a table there is nothing to lock, and the clause is accepted (2026-08-18). */
function locksOtherwise(select: Fields): boolean {
    return (
        listOf(select["fromClause"]).length > 0 &&
        listOf(select["lockingClause"]).some((item) => {
            const strength = fieldsOf(item, "LockingClause")?.["strength"];
            return strength === "LCS_FORSHARE" || strength === "LCS_FORNOKEYUPDATE";
        })
    );
}
