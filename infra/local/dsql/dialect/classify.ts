import type { StatementKind } from "./plan";
import { constantOf, fieldsOf, listOf, namesOf, type Tree, textOf } from "./tree";

/** What a statement does to its transaction; every statement that is not named is a definition. */
export function kindOf(tree: Tree): StatementKind {
    switch (tree.tag) {
        case "TransactionStmt":
            return kindOfTransaction(textOf(tree.fields["kind"]));
        case "ExplainStmt":
            // Only ANALYZE runs the statement.
            return hasOption(tree, "analyze") ? kindOfQuery(tree) : "read";
        case "CopyStmt":
            return tree.fields["is_from"] === true ? "write" : kindOfQuery(tree);
        case "SelectStmt":
        case "DeclareCursorStmt":
            return kindOfQuery(tree);
        default:
            return kinds.get(tree.tag) ?? "definition";
    }
}

/** Whether a BEGIN asks for a transaction that only reads. */
export function isReadOnly(tree: Tree): boolean {
    return listOf(tree.fields["options"]).some((option) => {
        const element = fieldsOf(option, "DefElem");
        return (
            element?.["defname"] === "transaction_read_only" && constantOf(element["arg"]) === "1"
        );
    });
}

/** The text of a function's body, unless it is written as BEGIN ATOMIC. */
export function bodyOf(tree: Tree): string | undefined {
    if (tree.tag !== "CreateFunctionStmt") return undefined;
    const body = listOf(tree.fields["options"])
        .map((option) => fieldsOf(option, "DefElem"))
        .find((option) => option?.["defname"] === "as");
    return namesOf(fieldsOf(body?.["arg"], "List")?.["items"])[0];
}

const kinds: ReadonlyMap<string, StatementKind> = new Map([
    ["InsertStmt", "write"],
    ["UpdateStmt", "write"],
    ["DeleteStmt", "write"],
    ["MergeStmt", "write"],
    ["CallStmt", "read"],
    ["FetchStmt", "read"],
    ["ClosePortalStmt", "session"],
    ["VariableSetStmt", "session"],
    ["VariableShowStmt", "session"],
    ["ConstraintsSetStmt", "session"],
    ["VacuumStmt", "session"],
    ["PrepareStmt", "session"],
    ["ExecuteStmt", "session"],
    ["DeallocateStmt", "session"],
    ["DiscardStmt", "session"],
    ["LockStmt", "session"],
    ["ListenStmt", "session"],
    ["NotifyStmt", "session"],
    ["UnlistenStmt", "session"],
    ["CheckPointStmt", "session"],
    ["LoadStmt", "session"],
    ["DoStmt", "session"],
]);

function kindOfTransaction(kind: string): StatementKind {
    if (kind === "TRANS_STMT_BEGIN" || kind === "TRANS_STMT_START") return "begin";
    if (kind === "TRANS_STMT_COMMIT") return "commit";
    if (kind === "TRANS_STMT_ROLLBACK") return "rollback";
    return "session";
}

const writes = ["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"];

function kindOfQuery(tree: Tree): StatementKind {
    // A SELECT writes if a statement of its WITH does.
    if (writes.some((tag) => tree.nodes(tag).length > 0)) return "write";
    return tree.nodes("LockingClause").length > 0 ? "lock" : "read";
}

function hasOption(tree: Tree, name: string): boolean {
    return listOf(tree.fields["options"]).some((option) => {
        const element = fieldsOf(option, "DefElem");
        if (element?.["defname"] !== name) return false;
        const value = fieldsOf(element["arg"], "String")?.["sval"] ?? constantOf(element["arg"]);
        return !["false", "off", "0"].includes(String(value ?? "true").toLowerCase());
    });
}
