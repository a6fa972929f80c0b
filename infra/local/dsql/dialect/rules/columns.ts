import { derived, notSupported, type Rule, recorded, type Statement, when } from "../rule";
import { constantOf, definesColumns, type Fields, fieldsOf, listOf } from "../tree";
import { isArray, modifierOf, refusedTypes, simpleTypeOf, typeNameOf } from "../types";

const supported = recorded("supported", "2026-09-18");
const types = recorded("types", "2026-09-15");
const notSupportedType = { code: notSupported, message: "datatype {} not supported" };
const noCache = (what: string) =>
    `${what} is not supported without an explicit cache size. please define CACHE greater than or equal to 65536 or equal to 1`;

/** The columns of CREATE TABLE and ADD COLUMN, and the sequences behind identity columns. */
export const columnRules: readonly Rule[] = [
    {
        id: "serial",
        finds: (statement) =>
            columnsOf(statement)
                .map(({ type }) => simpleTypeOf(type))
                .find((name) => /^(?:big|small)?serial$|^serial[248]$/.test(name)),
        code: "42704",
        message: 'type "{}" does not exist',
        ...recorded("unsupported", "2026-09-18"),
    },
    {
        id: "identity-cache",
        finds: ({ tree }) =>
            when(
                tree
                    .nodes("Constraint")
                    .some((constraint) => isIdentity(constraint) && !isCacheAccepted(constraint)),
            ),
        code: notSupported,
        message: noCache("identity column"),
        ...supported,
    },
    {
        id: "identity-type",
        finds: (statement) => {
            const column = columnsOf(statement).find(
                ({ type, constraints }) =>
                    constraints.some(isIdentity) && simpleTypeOf(type) !== "int8",
            );
            return column === undefined ? undefined : typeNameOf(column.type);
        },
        code: notSupported,
        message: "datatype {} not supported, identity column type must be bigint",
        ...supported,
    },
    {
        id: "sequence-cache",
        finds: ({ tree }) =>
            when(tree.nodes("CreateSeqStmt").some((sequence) => !isCacheAccepted(sequence))),
        code: notSupported,
        message: noCache("CREATE SEQUENCE"),
        ...supported,
    },
    {
        id: "alter-sequence-cache",
        finds: ({ tree }) =>
            when(
                tree.tag === "AlterSeqStmt" &&
                    optionOf(tree.fields, "cache") !== undefined &&
                    !isCacheAccepted(tree.fields),
            ),
        code: notSupported,
        message: noCache("ALTER SEQUENCE"),
        ...derived,
    },
    {
        id: "sequence-type",
        finds: ({ tree }) =>
            tree
                .nodes("CreateSeqStmt")
                .map((sequence) => fieldsOf(optionOf(sequence, "as"), "TypeName"))
                .filter((type) => type !== undefined && simpleTypeOf(type) !== "int8")
                .map((type) => typeNameOf(type ?? {}))[0],
        code: notSupported,
        message: "datatype {} not supported, sequence type must be bigint",
        ...derived,
    },
    { id: "column-type", ...typed(({ name }) => refusedTypes.has(name)), ...types },
    { id: "array-column", ...typed(({ type }) => isArray(type)), ...types },
    {
        id: "column-collation",
        finds: (statement) => when(columnsOf(statement).some(({ isCollated }) => isCollated)),
        code: notSupported,
        message: "COLLATE clause not supported",
        ...derived,
    },
    { id: "varchar-length", ...tooLong("varchar", 65_535), ...derived },
    { id: "char-length", ...tooLong("bpchar", 4_096), ...derived },
];

interface Column {
    readonly name: string;
    readonly type: Fields;
    readonly constraints: readonly Fields[];
    readonly isCollated: boolean;
}

/** A domain is declared as a column is. */
function columnsOf({ tree }: Statement): readonly Column[] {
    const columns = definesColumns(tree) ? tree.nodes("ColumnDef") : [];
    const domains = tree.tag === "CreateDomainStmt" ? [tree.fields] : [];
    return [...columns, ...domains].flatMap((column) => {
        const type = column["typeName"] as Fields | undefined;
        if (type === undefined) return [];
        const constraints = listOf(column["constraints"]).map(
            (constraint) => fieldsOf(constraint, "Constraint") ?? {},
        );
        const isCollated = column["collClause"] !== undefined;
        return [{ name: simpleTypeOf(type), type, constraints, isCollated }];
    });
}

function typed(isRefused: (column: Column) => boolean): Pick<Rule, "finds" | "code" | "message"> {
    return {
        finds: (statement) => {
            const column = columnsOf(statement).find(isRefused);
            return column === undefined ? undefined : typeNameOf(column.type);
        },
        ...notSupportedType,
    };
}

/** As PostgreSQL refuses what is too long for itself. */
function tooLong(type: string, most: number): Pick<Rule, "finds" | "code" | "message"> {
    return {
        finds: (statement) =>
            when(
                columnsOf(statement).some(
                    (column) => column.name === type && (modifierOf(column.type) ?? 0) > most,
                ),
            ),
        code: "22023",
        message: `length for type ${type === "bpchar" ? "char" : type} cannot exceed ${most}`,
    };
}

function isIdentity(constraint: Fields): boolean {
    return constraint["contype"] === "CONSTR_IDENTITY";
}

function isCacheAccepted(sequence: Fields): boolean {
    const cache = Number(constantOf(optionOf(sequence, "cache")));
    return cache === 1 || cache >= 65_536;
}

function optionOf(sequence: Fields, name: string): unknown {
    return listOf(sequence["options"])
        .map((option) => fieldsOf(option, "DefElem"))
        .find((option) => option?.["defname"] === name)?.["arg"];
}
