import { derived, notSupported, type Rule, recorded, reported, when } from "../rule";
import { textOf } from "../tree";

const unsupported = recorded("unsupported", "2026-09-18");
const enums = recorded("enum", "2026-09-15");
const queries = recorded("queries", "2026-09-18");

/** Kinds of statement that are refused whatever they say, also within EXPLAIN. */
export const statementRules: readonly Rule[] = [
    { id: "truncate", ...statement("TruncateStmt"), ...unsupported },
    { id: "create-extension", ...statement("CreateExtensionStmt"), ...unsupported },
    {
        id: "create-trigger",
        ...statement("CreateTrigStmt", "CREATE TRIGGER not supported"),
        ...unsupported,
    },
    { id: "create-database", ...statement("CreatedbStmt"), ...unsupported },
    { id: "create-table-as", ...statement("CreateTableAsStmt"), ...unsupported },
    { id: "create-enum", ...statement("CreateEnumStmt", "CREATE TYPE not supported"), ...enums },
    { id: "alter-enum", ...statement("AlterEnumStmt", "ALTER TYPE not supported"), ...enums },
    { id: "create-composite-type", ...statement("CompositeTypeStmt"), ...unsupported },
    { id: "create-range-type", ...statement("CreateRangeStmt"), ...unsupported },
    { id: "create-tablespace", ...statement("CreateTableSpaceStmt"), ...unsupported },
    { id: "create-foreign-table", ...statement("CreateForeignTableStmt"), ...unsupported },
    { id: "listen", ...statement("ListenStmt"), ...unsupported },
    { id: "notify", ...statement("NotifyStmt"), ...unsupported },
    { id: "unlisten", ...statement("UnlistenStmt"), ...unsupported },
    { id: "alter-system", ...statement("AlterSystemStmt"), ...unsupported },
    { id: "merge", ...statement("MergeStmt", "unsupported statement type: MERGE"), ...queries },
    {
        id: "execute",
        ...statement("ExecuteStmt"),
        ...reported("https://github.com/transact-rs/sqlx/issues/4162", "2026-02-13"),
    },
    {
        // ANALYZE alone is the same kind of statement, and is accepted.
        id: "vacuum",
        finds: ({ tree }) =>
            when(tree.tag === "VacuumStmt" && tree.fields["is_vacuumcmd"] === true),
        code: notSupported,
        message: "unsupported VACUUM statement",
        ...unsupported,
    },
    {
        // PostgreSQL makes a CREATE TABLE AS of it.
        id: "select-into",
        finds: ({ tree }) =>
            when(tree.nodes("SelectStmt").some((select) => select["intoClause"] !== undefined)),
        code: notSupported,
        message: "unsupported statement: CreateTableAs",
        ...derived,
    },
    {
        // The form of a type that CREATE TYPE only announces or takes from C functions.
        id: "create-base-type",
        finds: ({ tree }) =>
            when(tree.tag === "DefineStmt" && tree.fields["kind"] === "OBJECT_TYPE"),
        code: notSupported,
        message: "CREATE TYPE not supported",
        ...derived,
    },
];

/** The last of all rules: what is not known to be accepted is named as its neighbours are. */
export const otherStatementRule: Rule = {
    id: "other-statement",
    finds: ({ tree }) => (accepted.has(tree.tag) ? undefined : nameOf(tree.tag)),
    code: notSupported,
    message: "unsupported statement: {}",
    ...derived,
};

/**
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-postgresql-compatibility-supported-sql-features.html
 */
const accepted: ReadonlySet<string> = new Set(
    [
        "Select Insert Update Delete Explain Copy Call",
        "DeclareCursor Fetch ClosePortal",
        "Transaction VariableSet VariableShow ConstraintsSet Vacuum",
        "Create AlterTable Drop Index View CreateSchema CreateFunction AlterFunction",
        "CreateSeq AlterSeq CreateDomain AlterDomain CreateStats AlterStats",
        "CreateRole AlterRole AlterRoleSet DropRole Grant GrantRole AlterDefaultPrivileges",
        "Rename AlterOwner AlterObjectSchema AlterObjectDepends Comment DropOwned ReassignOwned",
    ].flatMap((names) => names.split(" ").map((name) => `${name}Stmt`)),
);

function statement(tag: string, message?: string): Pick<Rule, "finds" | "code" | "message"> {
    return {
        finds: ({ tree }) => (tree.nodes(tag).length > 0 ? nameOf(tag) : undefined),
        code: notSupported,
        message: message ?? "unsupported statement: {}",
    };
}

function nameOf(tag: string): string {
    return textOf(tag).replace(/Stmt$/, "");
}
