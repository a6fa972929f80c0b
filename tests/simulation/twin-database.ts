import assert from "node:assert/strict";
import type { Row, Session, Statement } from "../../app/database/session";
import { sqlState, violatedConstraint } from "../../app/database/sqlstate";
import { createRandom } from "../chaos/random";
import { migratedDatabase, type TestDatabase } from "../support/database";
import { createKernel } from "./kernel";
import { createMemoryDatabase, type MemoryDatabase } from "./memory-database";

/** A real database whose every transaction is also made in a memory database, and compared. */
export interface TwinDatabase extends TestDatabase {
    readonly memory: MemoryDatabase;
    /** The statements that were compared, by name. */
    readonly compared: Set<string>;
    /** What was not equal; kept, because the program answers an error and goes on. */
    readonly differences: unknown[];
}

export async function openTwinDatabase(): Promise<TwinDatabase> {
    const real = await migratedDatabase();
    const ignore = () => undefined;
    const memory = createMemoryDatabase(createKernel(), createRandom("unused"), {
        committed: ignore,
        refused: ignore,
        lostAnswer: ignore,
        conflict: ignore,
    });
    const compared = new Set<string>();
    const differences: unknown[] = [];
    const inTurn = turns();
    return {
        ...real,
        memory,
        compared,
        differences,
        session: (role, options) =>
            twinSession(real.session(role, options), { memory, compared, differences, inTurn }),
    };
}

/** Runs one thing after the other. */
function turns(): Twin["inTurn"] {
    let last: Promise<unknown> = Promise.resolve();
    return (work) => {
        const mine = last.then(work, work);
        last = mine;
        return mine;
    };
}

interface Twin {
    readonly memory: MemoryDatabase;
    readonly compared: Set<string>;
    readonly differences: unknown[];
    /** Both databases must see concurrent transactions in the same order. */
    readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

function twinSession(real: Session, twin: Twin): Session {
    const { memory, compared, inTurn } = twin;
    const compareOne: Session["transact"] = async (statements) => {
        const [found, expected] = [
            outcomeIn(() => memory.execute(statements)),
            await real.transact(statements).then(
                (rows) => ({ rows, error: undefined }),
                (error: unknown) => ({ rows: [], error }),
            ),
        ];
        try {
            compare(statements, expected, found);
        } catch (error) {
            twin.differences.push(error);
        }
        for (const { name } of statements) {
            compared.add(name);
        }
        if (expected.error !== undefined) {
            throw expected.error;
        }
        return expected.rows;
    };
    const transact: Session["transact"] = (statements) => inTurn(() => compareOne(statements));
    return {
        transact,
        query: async (statement) => (await transact([statement]))[0] ?? [],
        within: (milliseconds) => twinSession(real.within(milliseconds), twin),
        close: () => real.close(),
    };
}

interface Outcome {
    readonly rows: readonly (readonly Row[])[];
    readonly error: unknown;
}

function outcomeIn(execute: () => Outcome["rows"]): Outcome {
    try {
        return { rows: execute(), error: undefined };
    } catch (error) {
        return { rows: [], error };
    }
}

function compare(statements: readonly Statement[], real: Outcome, found: Outcome): void {
    const names = statements.map(({ name }) => name).join(", ");
    const refusal = ({ error }: Outcome) => [
        error === undefined ? undefined : (sqlState(error) ?? String(error)),
        violatedConstraint(error),
    ];
    assert.deepEqual(refusal(found), refusal(real), names);
    for (const [index, rows] of real.rows.entries()) {
        const inMemory = found.rows[index] ?? [];
        const columns = Object.keys(rows[0] ?? {});
        assert.deepEqual(
            inMemory.map((row) => texts(row, columns)).sort(),
            rows.map((row) => texts(row, columns)).sort(),
            `${statements[index]?.name} among ${names}`,
        );
    }
}

/** As text, because drivers and tables write the same number and time in different ways. */
function texts(row: Row, columns: readonly string[]): string {
    return JSON.stringify(columns.map((column) => [column, textOf(row[column])]));
}

function textOf(value: unknown): string {
    const isTime = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);
    return value instanceof Date || isTime ? new Date(value).toISOString() : String(value ?? null);
}
