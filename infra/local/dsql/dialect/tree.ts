/** The inner part of a node: `{ SelectStmt: <this> }`. */
export type Fields = Readonly<Record<string, unknown>>;

/** One statement as the parser gives it, with all its nodes at hand. */
export interface Tree {
    /** What the statement is: `SelectStmt`, `CreateStmt`… */
    readonly tag: string;
    readonly fields: Fields;
    /** The statement and every node within it that has this tag, outer ones first. */
    nodes(tag: string): readonly Fields[];
    /** Every name in it; what is only a value is left out. */
    names(): ReadonlySet<string>;
}

/**
 * @param node One statement of the parser: an object with the tag as its only key.
 */
export function treeOf(node: unknown): Tree {
    const [tag, fields] = tagged(node) ?? ["", {}];
    const { byTag, names } = collect(node);
    return { tag, fields, nodes: (wanted) => byTag.get(wanted) ?? [], names: () => names };
}

/** The tag and the fields of a node in a list or of a statement. */
export function tagged(node: unknown): readonly [string, Fields] | undefined {
    if (!isFields(node)) return undefined;
    const [entry, ...others] = Object.entries(node);
    return entry !== undefined &&
        others.length === 0 &&
        isFields(entry[1]) &&
        /^[A-Z]/.test(entry[0])
        ? [entry[0], entry[1]]
        : undefined;
}

/** The fields of a node, if it has this tag. */
export function fieldsOf(node: unknown, tag: string): Fields | undefined {
    const found = tagged(node);
    return found?.[0] === tag ? found[1] : undefined;
}

/** A list of nodes in these fields; none is an empty list. */
export function listOf(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

/** The texts of a list of names: `pg_catalog.int4` is `["pg_catalog", "int4"]`. */
export function namesOf(value: unknown): readonly string[] {
    return listOf(value).map((item) => textOf(fieldsOf(item, "String")?.["sval"]));
}

/** The text, or "" if there is none: the parser leaves out what is empty. */
export function textOf(value: unknown): string {
    return typeof value === "string" ? value : "";
}

/** The value of a constant, as a text: `'utc'`, `1` and `on` alike. */
export function constantOf(node: unknown): string | undefined {
    const constant = fieldsOf(node, "A_Const") ?? fieldsOf(node, "Integer") ?? node;
    if (!isFields(constant)) return undefined;
    for (const key of ["sval", "ival", "boolval", "fval"]) {
        const value = constant[key];
        if (typeof value === "string" || typeof value === "number") return String(value);
        // The parser leaves out what is zero or false: `{ ival: {} }`.
        if (isFields(value)) return String(value[key] ?? (key === "boolval" ? false : 0));
    }
    return undefined;
}

/** Elsewhere, as in `FROM json_to_record(…) AS x(a inet)`, a column is only described. */
export function definesColumns(tree: Tree): boolean {
    return ["CreateStmt", "AlterTableStmt", "CreateSchemaStmt"].includes(tree.tag);
}

export function isFields(value: unknown): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Without recursion: a statement may be nested as deeply as its author likes. */
function collect(root: unknown): {
    byTag: ReadonlyMap<string, readonly Fields[]>;
    names: ReadonlySet<string>;
} {
    const byTag = new Map<string, Fields[]>();
    const names = new Set<string>();
    const waiting: unknown[] = [root];
    while (waiting.length > 0) {
        const node = waiting.pop();
        const found = tagged(node) ?? untagged(node);
        if (found !== undefined) {
            const same = byTag.get(found[0]);
            if (same === undefined) byTag.set(found[0], [found[1]]);
            else same.push(found[1]);
        }
        if (found?.[0] === "A_Const") continue;
        const inner = found?.[1] ?? node;
        if (typeof inner === "string") names.add(inner);
        if (typeof inner !== "object" || inner === null) continue;
        for (const value of Object.values(inner).reverse()) waiting.push(value);
    }
    return { byTag, names };
}

/** Where only one kind of node is possible the parser leaves out its tag. */
function untagged(node: unknown): readonly [string, Fields] | undefined {
    if (!isFields(node)) return undefined;
    if (typeof node["relname"] === "string") return ["RangeVar", node];
    if (Array.isArray(node["names"]) && "typemod" in node) return ["TypeName", node];
    if ("limitOption" in node && "op" in node) return ["SelectStmt", node];
    if (textOf(node["kind"]).startsWith("VAR_")) return ["VariableSetStmt", node];
    return undefined;
}
