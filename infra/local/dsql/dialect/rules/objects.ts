import {
    derived,
    measured,
    notSupported,
    type Rule,
    recorded,
    type Statement,
    when,
} from "../rule";
import { constantOf, fieldsOf, listOf, textOf } from "../tree";

const enums = recorded("enum", "2026-09-15");

/** Functions, renaming and dropping, statistics, COPY. */
export const objectRules: readonly Rule[] = [
    {
        id: "function-language",
        finds: (statement) => languageOf(statement, false),
        code: notSupported,
        message: "CREATE FUNCTION with language {} not supported",
        ...recorded("unsupported", "2026-09-18"),
    },
    {
        id: "procedure-language",
        finds: (statement) => languageOf(statement, true),
        code: notSupported,
        message: "CREATE PROCEDURE with language {} not supported",
        ...derived,
    },
    {
        id: "rename-object",
        finds: ({ tree }) =>
            when(tree.tag === "RenameStmt" && !isRenamed.has(textOf(tree.fields["renameType"]))),
        code: notSupported,
        message: "unsupported object in RENAME statement",
        ...enums,
    },
    {
        id: "drop-object",
        finds: ({ tree }) =>
            when(tree.tag === "DropStmt" && !isDropped.has(textOf(tree.fields["removeType"]))),
        code: notSupported,
        message: "unsupported object in DROP statement",
        ...enums,
    },
    {
        id: "alter-type",
        finds: ({ tree }) =>
            when(
                ["AlterOwnerStmt", "AlterObjectSchemaStmt"].includes(tree.tag) &&
                    tree.fields["objectType"] === "OBJECT_TYPE",
            ),
        code: notSupported,
        message: "ALTER TYPE not supported",
        ...derived,
    },
    {
        id: "drop-index-concurrently",
        finds: ({ tree }) => when(tree.tag === "DropStmt" && tree.fields["concurrent"] === true),
        code: notSupported,
        message: "CONCURRENTLY not supported for DROP INDEX",
        ...derived,
    },
    {
        id: "statistics-target",
        finds: ({ tree }) => {
            if (tree.tag !== "AlterStatsStmt") return undefined;
            const target = constantOf(tree.fields["stxstattarget"]) ?? tree.fields["stxstattarget"];
            return Number(target) > 100 ? String(target) : undefined;
        },
        code: "22023",
        message: "statistics target {} exceeds maximum allowed value of 100",
        ...measured("2026-10-04"),
    },
    {
        id: "copy-file",
        finds: ({ tree }) =>
            when(tree.tag === "CopyStmt" && textOf(tree.fields["filename"]) !== ""),
        code: notSupported,
        message: "COPY to or from a file or program not supported",
        ...derived,
    },
];

/** The language of a routine, if it is not SQL. */
function languageOf({ tree }: Statement, isProcedure: boolean): string | undefined {
    if (tree.tag !== "CreateFunctionStmt") return undefined;
    if ((tree.fields["is_procedure"] === true) !== isProcedure) return undefined;
    const option = listOf(tree.fields["options"])
        .map((element) => fieldsOf(element, "DefElem"))
        .find((element) => element?.["defname"] === "language");
    const language = fieldsOf(option?.["arg"], "String")?.["sval"];
    return language === undefined || language === "sql" ? undefined : textOf(language);
}

const common = "TABLE VIEW INDEX SEQUENCE SCHEMA DOMAIN FUNCTION PROCEDURE ROUTINE STATISTIC_EXT";

const isDropped: ReadonlySet<string> = objects(common);

const isRenamed: ReadonlySet<string> = objects(`${common} COLUMN TABCONSTRAINT DOMCONSTRAINT ROLE`);

function objects(names: string): ReadonlySet<string> {
    return new Set(names.split(" ").map((name) => `OBJECT_${name}`));
}
