import assert from "node:assert/strict";
import { createDialect } from "../../../../../infra/local/dsql/dialect/dialect";
import type { StatementPlan } from "../../../../../infra/local/dsql/dialect/plan";

const dialect = createDialect();

export async function plansOf(text: string): Promise<readonly StatementPlan[]> {
    return (await dialect).plan(text);
}

/** The plan of a text with one statement. */
export async function planOf(text: string): Promise<StatementPlan> {
    const [plan, ...others] = await plansOf(text);
    assert.ok(plan !== undefined && others.length === 0, `one statement: ${text}`);
    return plan;
}

/** Statements that are accepted, then refused ones: `0A000 message`, and the statements it answers. */
export interface Answers {
    readonly source: string;
    readonly accepted: readonly string[];
    readonly refused: Readonly<Record<string, readonly string[]>>;
}

export function describeAnswers(subject: string, answers: Answers): void {
    describe(`${subject} (${answers.source})`, () => {
        for (const text of answers.accepted) {
            it(`accepts ${text}`, async () => {
                assert.equal((await planOf(text)).refusal, undefined);
            });
        }
        for (const [answer, texts] of Object.entries(answers.refused)) {
            for (const text of texts) {
                it(`refuses ${text}: ${answer}`, async () => {
                    const { refusal } = await planOf(text);
                    assert.equal(refusal && `${refusal.code} ${refusal.message}`, answer);
                });
            }
        }
    });
}
