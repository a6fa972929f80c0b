import type { Row, Session, Statement } from "../../app/database/session";

/** What a statement answers in a test: its rows, or the error it fails with. */
export type Answer = readonly Row[] | Error;

/** A session that answers by the names of the statements and keeps what it was asked. */
export interface ScriptedSession extends Session {
    readonly calls: readonly (readonly Statement[])[];
}

/**
 * @param script the answer of each statement by its name; a statement that is not in it has no rows
 */
export function scriptedSession(
    script: Readonly<Record<string, (statement: Statement) => Answer>> = {},
): ScriptedSession {
    const calls: (readonly Statement[])[] = [];
    const run = (statement: Statement): readonly Row[] => {
        const answer = script[statement.name]?.(statement) ?? [];
        if (answer instanceof Error) {
            throw answer;
        }
        return answer;
    };
    const session: ScriptedSession = {
        calls,
        query: async (statement) => {
            calls.push([statement]);
            return run(statement);
        },
        transact: async (statements) => {
            calls.push(statements);
            return statements.map(run);
        },
        within: () => session,
        close: async () => undefined,
    };
    return session;
}

/** The error of a violated unique constraint, as the driver gives it. */
export function uniqueViolation(constraint: string): Error {
    const message = `duplicate key value violates unique constraint "${constraint}"`;
    return Object.assign(new Error(message), { code: "23505", constraint });
}
