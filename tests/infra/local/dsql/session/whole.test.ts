import assert from "node:assert/strict";
import { createDialect } from "../../../../../infra/local/dsql/dialect/dialect";
import type { Dialect } from "../../../../../infra/local/dsql/dialect/plan";
import type { Session, Step } from "../../../../../infra/local/dsql/session/state";
import { stepsOf } from "../../../../../infra/local/dsql/session/steps";
import { beginTransaction } from "../../../../../infra/local/dsql/session/transaction";
import { syncsOfWhole } from "../../../../../infra/local/dsql/session/whole";
import {
    encodeBind,
    encodeExecute,
    encodeFlush,
    encodeParse,
    encodeQuery,
    encodeSync,
} from "../../../../../infra/local/dsql/wire/frontend";
import type { Message } from "../../../../../infra/local/dsql/wire/message";
import { fakeSession } from "./fake-session";

describe("a transaction that was sent as a whole", () => {
    let dialect: Dialect;
    before(async () => {
        dialect = await createDialect();
    });

    const stepsFor = (...messages: readonly Buffer[]): Step[] =>
        messages.flatMap((bytes) => [
            ...(stepsOf({ type: bytes.toString("latin1", 0, 1), bytes } as Message, dialect) ?? []),
        ]);
    const syncs = (messages: readonly Buffer[], changes: Partial<Session> = {}): number => {
        const [first, ...steps] = stepsFor(...messages);
        assert.ok(first !== undefined);
        return syncsOfWhole(fakeSession({ steps, ...changes }), first);
    };
    const q = encodeQuery;
    const bindAndExecute = (statement: string): Buffer[] => [
        encodeBind({
            portal: "",
            statement,
            parameterFormats: [],
            parameters: [],
            resultFormats: [],
        }),
        encodeExecute({ portal: "", maxRows: 0 }),
    ];
    const run = (text: string): Buffer[] => [
        encodeParse({ name: "", text, parameterTypes: [] }),
        ...bindAndExecute(""),
    ];
    const update = "UPDATE t SET n = 1";

    const table: readonly (readonly [string, readonly Buffer[], number])[] = [
        ["one query", [q(`BEGIN; ${update}; COMMIT`)], 1],
        ["a query for each statement", [q("BEGIN"), q(update), q("COMMIT")], 3],
        ["one exchange", [...run("BEGIN"), ...run(update), ...run("COMMIT"), encodeSync()], 1],
        [
            "an exchange for each statement",
            [
                ...run("BEGIN"),
                encodeSync(),
                ...run(update),
                encodeSync(),
                ...run("COMMIT"),
                encodeSync(),
            ],
            3,
        ],
        ["a mixture", [q("BEGIN"), ...run(update), encodeSync(), q("END")], 3],
        ["nothing but reads and locks", [q("BEGIN; SELECT 1; SELECT 1 FOR UPDATE; COMMIT")], 1],
        ["two of them: the first", [q("BEGIN"), q("COMMIT"), q("BEGIN"), q("COMMIT")], 2],
        ["no COMMIT", [q("BEGIN"), q(update)], 0],
        ["no Sync after the COMMIT", [...run("BEGIN"), encodeSync(), ...run("COMMIT")], 0],
        ["a ROLLBACK", [q("BEGIN"), q(update), q("ROLLBACK")], 0],
        ["more in the query of the COMMIT", [q("BEGIN"), q(`COMMIT; ${update}`)], 0],
        ["no BEGIN", [q(update), q("COMMIT")], 0],
        ["BEGIN READ ONLY", [q("BEGIN READ ONLY"), q("SELECT 1"), q("COMMIT")], 0],
        ["a definition", [q("BEGIN"), q("CREATE TABLE t (id int)"), q("COMMIT")], 0],
        ["a setting", [q("BEGIN"), q("SET search_path = a"), q("COMMIT")], 0],
        ["a refused statement", [q("BEGIN"), q("TRUNCATE t"), q("COMMIT")], 0],
        ["a COPY", [q("BEGIN"), q("COPY t FROM STDIN"), q("COMMIT")], 0],
        ["a Flush", [q("BEGIN"), ...run(update), encodeFlush(), encodeSync(), q("COMMIT")], 0],
        [
            "an unknown statement",
            [q("BEGIN"), ...bindAndExecute("x"), encodeSync(), q("COMMIT")],
            0,
        ],
        ["more than 512 KiB", [q("BEGIN"), q(`SELECT '${"x".repeat(524_288)}'`), q("COMMIT")], 0],
    ];
    for (const [name, messages, expected] of table) {
        it(`${expected === 0 ? "is not one" : `has ${expected} Syncs`}: ${name}`, () => {
            assert.equal(syncs(messages), expected);
        });
    }

    it("may use what was prepared before", () => {
        const [parsed] = stepsFor(encodeParse({ name: "b", text: "BEGIN", parameterTypes: [] }));
        assert.ok(parsed?.kind === "parse");
        const prepared = new Map([["b", parsed.prepared]]);
        const messages = [...bindAndExecute("b"), encodeSync(), q("COMMIT")];
        assert.equal(syncs(messages, { prepared }), 2);
    });

    it("is looked for in what was received and not yet read", () => {
        const session = fakeSession();
        const [first, ...steps] = stepsFor(q("BEGIN"), q("COMMIT"));
        assert.ok(first !== undefined);
        session.readAhead = () => void session.steps.push(...steps);
        assert.equal(syncsOfWhole(session, first), 2);
    });

    const disturbances: readonly (readonly [string, Partial<Session>])[] = [
        ["a transaction is open", { status: "T", transaction: beginTransaction(true) }],
        ["the session has not seen the catalogue's last change", { seenCatalogVersion: -1 }],
        ["a commit takes longer", { commitMilliseconds: () => 1 }],
    ];
    for (const [name, changes] of disturbances) {
        it(`goes step by step when ${name}`, () => {
            assert.equal(syncs([q("BEGIN"), q("COMMIT")], changes), 0);
        });
    }

    it("goes step by step when a fault may strike", () => {
        const { faults } = fakeSession();
        faults.plan({ next: { conflictAtCommit: 1 } });
        assert.equal(syncs([q("BEGIN"), q("COMMIT")], { faults }), 0);
    });
});
