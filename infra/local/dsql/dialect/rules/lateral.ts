import { type Fields, fieldsOf, listOf, namesOf, type Tree, tagged, textOf, treeOf } from "../tree";

/**
 * The table within a LEFT JOIN LATERAL whose columns take from outside: `LEFT JOIN LATERAL
 * (SELECT outer.x FROM <this table> …)`. Columns without the name of their table are not seen.
 */
export function lateralTable(tree: Tree): string | undefined {
    for (const join of tree.nodes("JoinExpr")) {
        const subselect = fieldsOf(join["rarg"], "RangeSubselect");
        if (join["jointype"] !== "JOIN_LEFT" || subselect?.["lateral"] !== true) continue;
        const select = fieldsOf(subselect["subquery"], "SelectStmt") ?? {};
        const inner = listOf(select["fromClause"]).flatMap(rangesOf);
        const outer = rangesOf(join["larg"]).map(aliasOf);
        const [table] = inner.filter((range) => range["relname"] !== undefined);
        const names = inner.map(aliasOf);
        const takesFrom = referencesOf(listOf(select["targetList"])).some(
            (name) => outer.includes(name) && !names.includes(name),
        );
        if (takesFrom && table !== undefined) return textOf(table["relname"]);
    }
    return undefined;
}

/** What stands in a FROM: tables, subqueries and functions. */
function rangesOf(item: unknown): readonly Fields[] {
    const [tag, fields] = tagged(item) ?? [];
    if (fields === undefined) return [];
    return tag === "JoinExpr"
        ? [...rangesOf(fields["larg"]), ...rangesOf(fields["rarg"])]
        : [fields];
}

function aliasOf(range: Fields): string {
    const alias = range["alias"] as Fields | undefined;
    return textOf(alias?.["aliasname"] ?? range["relname"]);
}

function referencesOf(targets: readonly unknown[]): readonly string[] {
    return treeOf({ List: { items: targets } })
        .nodes("ColumnRef")
        .map((reference) => namesOf(reference["fields"]))
        .filter((names) => names.length > 1)
        .map((names) => names.at(-2) ?? "");
}
