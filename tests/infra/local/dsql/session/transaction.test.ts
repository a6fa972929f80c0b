import assert from "node:assert/strict";
import type { StatementKind } from "../../../../../infra/local/dsql/dialect/plan";
import {
    beginTransaction,
    type Content,
    contentAfter,
    declareRivals,
    endTransaction,
    noteChange,
    type Replayable,
} from "../../../../../infra/local/dsql/session/transaction";

const mixed = "ddl and dml are not supported in the same transaction";
const repeated = "multiple ddl statements not supported in a transaction";

describe("what a transaction may contain", () => {
    const neutral: readonly StatementKind[] = [
        "begin",
        "commit",
        "rollback",
        "read",
        "session",
        "empty",
    ];
    const table: readonly (readonly [Content, readonly StatementKind[], Content | string])[] = [
        ["nothing", neutral, "nothing"],
        ["nothing", ["write", "lock"], "rows"],
        ["nothing", ["definition"], "definition"],
        ["rows", neutral, "rows"],
        ["rows", ["write", "lock"], "rows"],
        ["rows", ["definition"], mixed],
        ["definition", neutral, "definition"],
        ["definition", ["write", "lock"], mixed],
        ["definition", ["definition"], repeated],
    ];
    for (const [content, kinds, expected] of table) {
        for (const kind of kinds) {
            it(`after ${content}, a ${kind}: ${expected}`, () => {
                const after = contentAfter(content, kind);
                if (typeof after === "string") {
                    assert.equal(after, expected);
                } else {
                    assert.deepEqual(after, { code: "0A000", message: expected });
                }
            });
        }
    }
});

describe("rivals", () => {
    const three = () => {
        const [one, two, third] = [0, 1, 2].map(() => beginTransaction(true));
        assert.ok(one !== undefined && two !== undefined && third !== undefined);
        declareRivals(one, two);
        declareRivals(two, one);
        declareRivals(one, third);
        return { one, two, third };
    };

    it("lose when the first of them commits", () => {
        const { one, two, third } = three();
        endTransaction(one, true);
        assert.deepEqual(
            [one, two, third].map(({ isDoomed }) => isDoomed),
            [false, true, true],
        );
    });

    it("go on when one of them is rolled back", () => {
        const { one, two, third } = three();
        endTransaction(one, false);
        assert.deepEqual(
            [one, two, third].map(({ isDoomed }) => isDoomed),
            [false, false, false],
        );
    });

    it("are rivals of nobody who has ended", () => {
        const { one, two, third } = three();
        endTransaction(two, true);
        endTransaction(third, true);
        assert.deepEqual([one.rivals.size, two.rivals.size, third.rivals.size], [0, 0, 0]);
        assert.equal(third.isDoomed, false);
    });
});

describe("the changes that a transaction remembers", () => {
    const change = (text: string, parameter: Buffer | null = null): Replayable => ({
        text,
        parameterTypes: [],
        parameterFormats: [],
        parameters: [parameter],
        commandTag: "UPDATE 1",
    });

    it("are kept in order", () => {
        const transaction = beginTransaction(true);
        noteChange(transaction, change("a"));
        noteChange(transaction, change("bc", Buffer.alloc(5)));
        assert.deepEqual(
            transaction.changes?.map(({ text }) => text),
            ["a", "bc"],
        );
        assert.equal(transaction.changedBytes, 8);
    });

    const limits: readonly (readonly [string, number, Replayable, number])[] = [
        ["1,000 changes", 1_000, change(""), 1],
        ["1 MiB of parameters", 1, change("", Buffer.alloc(1_048_576)), 1],
        ["1 MiB of text", 16, change("x".repeat(65_536)), 1],
    ];
    for (const [name, times, one, more] of limits) {
        it(`are at most ${name}, and forgotten beyond`, () => {
            const transaction = beginTransaction(true);
            for (let count = 0; count < times; count += 1) {
                noteChange(transaction, one);
            }
            assert.equal(transaction.changes?.length, times);
            for (let count = 0; count < more; count += 1) {
                noteChange(transaction, change("x"));
            }
            assert.equal(transaction.changes, undefined);
        });
    }

    it("are forgotten with the first that cannot be made again, and stay so", () => {
        const transaction = beginTransaction(true);
        noteChange(transaction, change("a"));
        noteChange(transaction, undefined);
        assert.equal(transaction.changes, undefined);
        noteChange(transaction, change("b"));
        assert.equal(transaction.changes, undefined);
    });
});
