import { encodeMessage, encodeText } from "../../../../../infra/local/dsql/wire/fields";
import { type Batches, describeAsPostgres } from "./protocol-comparison";
import {
    bind,
    describe as describeMessage,
    exchange,
    execute,
    parse,
    query,
    run,
    sync,
} from "./protocol-messages";

const copyIn = "COPY item (id, name) FROM STDIN";
const copyOut = "COPY (SELECT id, name FROM item ORDER BY id) TO STDOUT";
const count = query("SELECT count(*), sum(length(name)) FROM item");

const rows = (text: string): Buffer => encodeMessage("d", Buffer.from(text));
const done = encodeMessage("c");
const giveUp = encodeMessage("f", encodeText("enough"));

/** A simple query and the rows for it; one piece, for its answer comes after the last row. */
const simple = (text: string, ...messages: readonly Buffer[]): Buffer =>
    Buffer.concat([query(text), ...messages]);
const extended = (...messages: readonly Buffer[]): readonly Buffer[] => [
    Buffer.concat([parse(copyIn), bind(), describeMessage(), execute(), ...messages]),
    sync,
];

/** As many rows, and nearly as many bytes, as one transaction may write. */
const many = Array.from({ length: 2_900 }, (_, index) =>
    rows(`${index + 100}\t${String(index % 10).repeat(3_000)}\n`),
);

const batches: Batches = {
    "rows for a COPY": [simple(copyIn, rows("7\tx\n8\t"), rows("y\n"), done), count],
    "no rows for a COPY": [simple(copyIn, done), count],
    "a COPY that is given up": [simple(copyIn, rows("7\tx\n"), giveUp), count],
    "a row that cannot be": [
        simple(copyIn, rows("7\tx\n"), rows("eight\ty\n"), rows("9\tz\n"), done),
        count,
    ],
    "a row that is there already": [
        simple(copyIn, rows("7\tx\n1\ty\n"), rows("9\tz\n"), done),
        count,
    ],
    "a COPY between statements": [
        simple(`SELECT 1; ${copyIn}; SELECT 2`, rows("7\tx\n"), done),
        count,
    ],
    "a COPY in a transaction": [
        query("BEGIN"),
        simple(copyIn, rows("7\tx\n"), done),
        count,
        query("ROLLBACK"),
        count,
    ],
    "a COPY of a table that is not there": [query("COPY nowhere FROM STDIN"), count],
    "rows without a COPY": [rows("7\tx\n"), done, count],
    "rows for a COPY, in the extended protocol": [
        ...extended(rows("7\tx\n"), rows("8\ty\n"), done),
        count,
    ],
    "rows after a Sync, which does not count": [...extended(sync, rows("7\tx\n"), done), count],
    "a COPY that is given up, in the extended protocol": [
        ...extended(rows("7\tx\n"), giveUp),
        count,
    ],
    "a row that cannot be, in the extended protocol": [
        ...extended(rows("seven\tx\n"), rows("8\ty\n"), done),
        count,
    ],
    "statements around a COPY": [
        ...run("SELECT 1"),
        ...extended(rows("7\tx\n"), done).slice(0, 1),
        ...exchange("SELECT count(*) FROM item"),
    ],
    "a COPY to the client": [query(copyOut), query("SELECT 1")],
    "a COPY to the client, in the extended protocol": [
        ...exchange(copyOut),
        ...exchange("SELECT 1"),
    ],
    "a COPY to the client that fails": [
        query("COPY (SELECT 1 / (id - 2) FROM item ORDER BY id) TO STDOUT"),
        count,
    ],
};

describe("the front door copies as PostgreSQL does", () => describeAsPostgres(batches));

describe("the front door copies much as PostgreSQL does", () =>
    describeAsPostgres(
        {
            "many rows": [simple(copyIn, ...many, done), count, query(copyOut)],
            "many rows, in the extended protocol": [
                ...extended(...many, done),
                count,
                ...exchange(copyOut),
            ],
            "an error after many rows": [
                simple(copyIn, ...many, rows("x\n"), ...many, done),
                count,
            ],
        },
        ["in one write", "exchange by exchange"],
    ));
