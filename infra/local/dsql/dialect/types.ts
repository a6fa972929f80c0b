import { type Fields, listOf, namesOf } from "./tree";

/** The names PostgreSQL shows where they are not those it stores. */
const shown: Readonly<Record<string, string>> = {
    bool: "boolean",
    bpchar: "character",
    float4: "real",
    float8: "double precision",
    int2: "smallint",
    int4: "integer",
    int8: "bigint",
    time: "time without time zone",
    timestamp: "timestamp without time zone",
    timestamptz: "timestamp with time zone",
    timetz: "time with time zone",
    varbit: "bit varying",
    varchar: "character varying",
};

/** What PostgreSQL calls a type in its messages, without its modifiers: `integer[]`. */
export function typeNameOf(type: Fields): string {
    const name = simpleTypeOf(type);
    return `${shown[name] ?? name}${isArray(type) ? "[]" : ""}`;
}

/** The last part of the type's name, as PostgreSQL stores it: `int4`. */
export function simpleTypeOf(type: Fields): string {
    return namesOf(type["names"]).at(-1) ?? "";
}

export function isArray(type: Fields): boolean {
    return listOf(type["arrayBounds"]).length > 0;
}

/** The declared length or precision: 10 of `varchar(10)`. */
export function modifierOf(type: Fields): number | undefined {
    const [first] = listOf(type["typmods"]) as readonly {
        A_Const?: { ival?: { ival?: number } };
    }[];
    const value = first?.A_Const?.ival;
    return value === undefined ? undefined : (value.ival ?? 0);
}

const geometricTypes = ["point", "line", "lseg", "box", "path", "polygon", "circle"];

export const geometric: ReadonlySet<string> = new Set(geometricTypes);

const ranges = ["int4", "int8", "num", "ts", "tstz", "date"];

/**
 * Types no column may have; a few of them can still be used in a query.
 *
 * Source: `types`, recorded on a real cluster, 2026-09-15; macaddr8, multiranges and those of the
 * system catalogue are derived.
 */
export const refusedTypes: ReadonlySet<string> = new Set([
    ...geometricTypes,
    ...ranges.flatMap((range) => [`${range}range`, `${range}multirange`]),
    ...["money", "xml", "inet", "cidr", "macaddr", "macaddr8", "tsvector", "tsquery"],
    ...["bit", "varbit", "pg_lsn", "pg_snapshot", "txid_snapshot", "jsonpath", "refcursor"],
    ...["oid", "xid", "xid8", "cid", "tid", "name", "char", "int2vector", "oidvector", "aclitem"],
    ...["class", "proc", "procedure", "oper", "operator", "type", "role", "namespace"].map(
        (object) => `reg${object}`,
    ),
    ...["regconfig", "regdictionary", "regcollation"],
]);

/**
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-postgresql-compatibility-supported-data-types.html
 */
export const refusedKeyTypes: ReadonlySet<string> = new Set([
    "bytea",
    "interval",
    "json",
    "jsonb",
    "timetz",
]);
