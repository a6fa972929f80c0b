import type { Node, RangeVar, SelectStmt } from "@pgsql/types";

/** The table that a statement changes. */
export interface Target {
    /** What the statement's expressions call it. */
    readonly name: string;
    readonly node: Node;
}

export function targetOf(relation: RangeVar | undefined): Target | undefined {
    const name = relation?.alias?.aliasname ?? relation?.relname;
    return relation === undefined || name === undefined
        ? undefined
        : { name, node: { RangeVar: relation } };
}

/** What is undefined is left out, as the parser does. */
export function selectOf(
    parts: { readonly [Key in keyof SelectStmt]: SelectStmt[Key] | undefined },
): Node {
    const given = Object.fromEntries(
        Object.entries(parts).filter(([, part]) => part !== undefined),
    );
    return { SelectStmt: { ...given, limitOption: "LIMIT_OPTION_DEFAULT", op: "SETOP_NONE" } };
}

export function subselectOf(subquery: Node, aliasname: string): Node {
    return { RangeSubselect: { subquery, alias: { aliasname } } };
}

export function exists(subselect: Node): Node {
    return { SubLink: { subLinkType: "EXISTS_SUBLINK", subselect } };
}

export function columnOf(table: string, column: string): Node {
    return { ColumnRef: { fields: [nameNode(table), nameNode(column)] } };
}

export function callOf(name: string, args: Node[]): Node {
    return {
        FuncCall: {
            funcname: [nameNode("pg_catalog"), nameNode(name)],
            args,
            funcformat: "COERCE_EXPLICIT_CALL",
        },
    };
}

/** `count(*)`, as an item of a list of results. */
export const countOfRows: Node = {
    ResTarget: {
        val: {
            FuncCall: {
                funcname: [nameNode("pg_catalog"), nameNode("count")],
                agg_star: true,
                funcformat: "COERCE_EXPLICIT_CALL",
            },
        },
    },
};

export function nameNode(sval: string): Node {
    return { String: { sval } };
}
