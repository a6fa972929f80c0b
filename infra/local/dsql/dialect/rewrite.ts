import { type Edit, edited, positionsOf, quoted } from "./edit";
import type { StatementPlan } from "./plan";
import { type Token, tokensOf } from "./token";
import {
    constantOf,
    definesColumns,
    type Fields,
    fieldsOf,
    listOf,
    namesOf,
    type Tree,
    textOf,
} from "./tree";

/** Sources of the values: `environment`, recorded on a real cluster, 2026-09-15. */
const settings: Readonly<Record<string, string>> = {
    server_version: "16.15",
    server_version_num: "160015",
};
const version = "PostgreSQL 16";

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/batched-nested-loop-joins.html */
const batchedJoins = "dsql.enable_batched_nestloop";
/** PostgreSQL knows the setting only once it is set, and forgets its value at RESET. */
const batchedJoinsQuery = `SELECT coalesce(nullif(current_setting(${quoted(batchedJoins)}, true), ''), 'on') AS "${batchedJoins}"`;

/** How PostgreSQL has to be asked to answer as Aurora DSQL does. */
export function rewrite(text: string, tree: Tree): Pick<StatementPlan, "text" | "commandTag"> {
    const shown = textOf(tree.fields["name"]).toLowerCase();
    const setting = tree.tag === "VariableShowStmt" ? settings[shown] : undefined;
    if (setting !== undefined) {
        return { text: `SELECT ${quoted(setting)}::text AS ${shown}`, commandTag: "SHOW" };
    }
    if (tree.tag === "VariableShowStmt" && shown === batchedJoins) {
        return { text: batchedJoinsQuery, commandTag: "SHOW" };
    }
    const columns = definesColumns(tree) ? tree.nodes("ColumnDef") : [];
    const calls = queries.has(tree.tag) ? tree.nodes("FuncCall").filter(isAnswered) : [];
    if (columns.length === 0 && calls.length === 0) return { text };
    const tokens = [...tokensOf(text)];
    const position = positionsOf(text);
    const edits = [
        ...columns.flatMap((column) => numericEdit(column, tokens, position)),
        ...calls.flatMap((call) => callEdit(call, tree, tokens, position)),
    ];
    return { text: edited(text, edits) };
}

/** Where a subquery may stand for a value. */
const queries: ReadonlySet<string> = new Set([
    "SelectStmt",
    "InsertStmt",
    "UpdateStmt",
    "DeleteStmt",
    "ExplainStmt",
    "CopyStmt",
    "DeclareCursorStmt",
    "ViewStmt",
]);

/**
 * A numeric without precision is numeric(18,6).
 *
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-postgresql-compatibility-supported-data-types.html
 */
function numericEdit(
    column: Fields,
    tokens: readonly Token[],
    position: (location: unknown) => number,
): readonly Edit[] {
    const type = column["typeName"] as Fields | undefined;
    const isBare = listOf(type?.["typmods"]).length === 0;
    if (type === undefined || !isBare || namesOf(type["names"]).at(-1) !== "numeric") return [];
    let last = tokens.findIndex((token) => token.start === position(type["location"]));
    while (tokens[last + 1]?.text === ".") last += 2;
    const end = tokens[last]?.end;
    return end === undefined ? [] : [{ start: end, end, text: "(18,6)" }];
}

/** A subquery with one column gives its name to the column it stands for, as the call did. */
function callEdit(
    call: Fields,
    tree: Tree,
    tokens: readonly Token[],
    position: (location: unknown) => number,
): readonly Edit[] {
    const first = tokens.findIndex((token) => token.start === position(call["location"]));
    const start = tokens[first]?.start;
    const end = tokens[closingOf(tokens, first)]?.end;
    if (start === undefined || end === undefined) return [];
    const range = tree.nodes("RangeFunction").find((item) => isFromCall(item, call));
    if (range?.["ordinality"] === true || range?.["is_rowsfrom"] === true) return [];
    const name = namesOf(call["funcname"]).at(-1) ?? "";
    const alias = range?.["alias"] as Fields | undefined;
    // In FROM, the alias of a function is the name of its column too.
    const column =
        alias === undefined ? name : `"${textOf(alias["aliasname"]).replaceAll('"', '""')}"`;
    const subquery = `(SELECT ${quoted(recordedValueOf(call) ?? "")}::text AS ${column})`;
    const needsAlias = range !== undefined && alias === undefined;
    return [{ start, end, text: needsAlias ? `${subquery} AS ${name}` : subquery }];
}

/** Whether the call itself stands in FROM, as in `FROM version()`. */
function isFromCall(range: Fields, call: Fields): boolean {
    return listOf(range["functions"]).some((item) =>
        listOf(fieldsOf(item, "List")?.["items"]).some(
            (member) => fieldsOf(member, "FuncCall") === call,
        ),
    );
}

function isAnswered(call: Fields): boolean {
    return recordedValueOf(call) !== undefined;
}

function recordedValueOf(call: Fields): string | undefined {
    const names = namesOf(call["funcname"]);
    if (names.length === 2 && names[0] !== "pg_catalog") return undefined;
    const values = listOf(call["args"]);
    if (names.at(-1) === "version" && values.length === 0) return version;
    return names.at(-1) === "current_setting"
        ? settings[constantOf(values[0])?.toLowerCase() ?? ""]
        : undefined;
}

/** The index of the parenthesis that closes the first one at or after this token. */
function closingOf(tokens: readonly Token[], from: number): number {
    let depth = 0;
    for (let index = Math.max(from, 0); index < tokens.length; index += 1) {
        if (tokens[index]?.text === "(") depth += 1;
        if (tokens[index]?.text === ")") depth -= 1;
        if (tokens[index]?.text === ")" && depth === 0) return index;
    }
    return -1;
}
