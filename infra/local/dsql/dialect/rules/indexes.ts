import {
    derived,
    measured,
    notSupported,
    type Rule,
    recorded,
    reported,
    type Statement,
    when,
} from "../rule";
import { isKeyword } from "../token";
import { type Fields, fieldsOf, listOf } from "../tree";

const parity = reported("https://github.com/ministackorg/ministack/pull/1387", "2026-08-14");

/** CREATE INDEX, in the order measured on a real cluster on 2026-10-04. */
export const indexRules: readonly Rule[] = [
    {
        id: "index-concurrently",
        finds: (statement) => when(indexOf(statement)?.["concurrent"] === true),
        code: notSupported,
        message: "CONCURRENTLY not supported for CREATE INDEX",
        ...parity,
    },
    {
        id: "index-using",
        finds: (statement) => when(indexOf(statement) !== undefined && hasMethod(statement)),
        code: notSupported,
        message: "USING not supported for CREATE INDEX",
        ...parity,
    },
    {
        id: "index-columns",
        finds: (statement) => when(keysOf(statement).length > 8),
        code: "54011",
        message: "more than 8 column keys in an index are not supported",
        ...measured("2026-10-04"),
    },
    {
        id: "index-mode",
        finds: (statement) => when(indexOf(statement) !== undefined && !statement.isAsync),
        code: notSupported,
        message: "unsupported mode. please use CREATE INDEX ASYNC.",
        ...recorded("index", "2026-09-15"),
    },
    {
        id: "index-order",
        finds: (statement) =>
            when(keysOf(statement).some((key) => key["ordering"] !== "SORTBY_DEFAULT")),
        code: notSupported,
        message: "specifying sort order not supported for index keys",
        ...reported("https://github.com/aws-devtools-labs/aws-blocks/pull/148", "2026-07-03"),
    },
    {
        id: "index-collation",
        finds: (statement) =>
            when(keysOf(statement).some((key) => listOf(key["collation"]).length > 0)),
        code: notSupported,
        message: "COLLATE clause not supported",
        ...derived,
    },
    {
        id: "index-clause",
        finds: refusedClause,
        code: notSupported,
        message: "{} not supported for CREATE INDEX",
        ...derived,
    },
];

function indexOf({ tree }: Statement): Fields | undefined {
    return tree.nodes("IndexStmt")[0];
}

function keysOf(statement: Statement): readonly Fields[] {
    return listOf(indexOf(statement)?.["indexParams"]).map(
        (key) => fieldsOf(key, "IndexElem") ?? {},
    );
}

/** The parser fills in btree where no method is written. */
function hasMethod({ tokens }: Statement): boolean {
    const keys = tokens.findIndex(({ text }) => text === "(");
    return tokens.slice(0, keys).some((token) => isKeyword(token, "USING"));
}

function refusedClause(statement: Statement): string | undefined {
    const index = indexOf(statement);
    if (index === undefined) return undefined;
    if (listOf(index["options"]).length > 0) return "WITH";
    if (index["tableSpace"] !== undefined) return "TABLESPACE";
    return keysOf(statement).some((key) => listOf(key["opclass"]).length > 0)
        ? "operator class"
        : undefined;
}
