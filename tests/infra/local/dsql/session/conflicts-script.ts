import assert from "node:assert/strict";
import type { WireClient } from "../../../../support/wire-client";
import type { Outcome } from "../../../../support/wire-outcome";
import {
    type Action,
    createModel,
    type Expected,
    type Model,
    type ModelTransaction,
} from "./conflicts-model";
import type { Script, Step } from "./conflicts-scripts";

export interface Timing {
    steps: number;
    commits: number;
    conflicts: number;
    readonly slow: number[];
}

/**
 * Runs the script one step after the other, and compares every answer with the model.
 * @param firstKey the script's rows begin here; nobody else uses them
 */
export async function runScript(
    script: Script,
    clients: readonly WireClient[],
    firstKey: number,
    timing: Timing,
): Promise<void> {
    // One more may be inserted.
    const initial = new Map(
        Array.from({ length: script.rows - 1 }, (_, index) => [firstKey + index, 100 * index]),
    );
    const [client] = clients;
    assert.ok(client !== undefined);
    const rows = [...initial].map(([key, value]) => `(${key}, ${value})`).join(", ");
    await client.simple(`INSERT INTO counter VALUES ${rows}`);
    const run: Run = {
        model: createModel(initial, { isPair: script.sessions === 2 }),
        open: new Map(),
        clients,
        firstKey,
        lastKey: firstKey + script.rows - 1,
        timing,
    };
    try {
        for (const step of script.steps) {
            await runStep(run, step);
        }
    } finally {
        for (const session of run.open.keys()) {
            await clients[session]?.simple("ROLLBACK");
        }
    }
    const left = await client.simple(textOf(run, "select", 0));
    assert.deepEqual(rowsOf(left), run.model.rows(), "the committed rows");
}

interface Run {
    readonly model: Model;
    readonly open: Map<number, ModelTransaction>;
    readonly clients: readonly WireClient[];
    readonly firstKey: number;
    readonly lastKey: number;
    readonly timing: Timing;
}

async function runStep(run: Run, step: Step): Promise<void> {
    const { model, open } = run;
    const transaction = open.get(step.session);
    if (step.kind === "action" && transaction === undefined) {
        open.set(step.session, model.begin());
        await ask(run, step, "BEGIN");
        await runAction(run, step, open.get(step.session));
    } else if (step.kind === "rollback" && transaction !== undefined) {
        open.delete(step.session);
        model.end(transaction);
        await ask(run, step, "ROLLBACK");
    } else if (step.kind === "commit" && transaction !== undefined) {
        await runCommit(run, step, transaction);
    } else if (step.kind === "action" || step.kind === "autocommit") {
        await runAction(run, step, transaction);
    } else if (step.kind === "whole" && transaction === undefined) {
        await runWhole(run, step);
    }
}

async function runCommit(run: Run, step: Step, transaction: ModelTransaction): Promise<void> {
    const { model, open, timing } = run;
    const outcome = await ask(run, step, "COMMIT");
    const code = outcome.failure?.code ?? "";
    open.delete(step.session);
    if (transaction.hasFailed) {
        assert.equal(outcome.results[0]?.tag, "ROLLBACK", "a COMMIT after a failure");
    } else {
        allow(model.expectCommit(transaction), outcome, "COMMIT");
        timing[code === "" ? "commits" : "conflicts"] += 1;
    }
    model.noteCommit(transaction, code);
}

async function runAction(
    run: Run,
    step: Step,
    transaction: ModelTransaction | undefined,
): Promise<void> {
    const { model, firstKey } = run;
    const { action, key } = step.actions[0] ?? { action: "select", key: 0 };
    const current = transaction ?? model.begin();
    const expected = model.expect(current, action, firstKey + key);
    const outcome = await ask(run, step, textOf(run, action, key));
    const what = `${action} ${key} of session ${step.session}`;
    allow(expected, outcome, what);
    checkRows(expected, outcome, action, what);
    model.note(current, action, firstKey + key, outcome.failure?.code ?? "");
    if (transaction === undefined) {
        model.noteCommit(current, outcome.failure?.code ?? "");
    }
}

async function runWhole(run: Run, step: Step): Promise<void> {
    const { model, firstKey, open } = run;
    const transaction = model.begin();
    const texts = step.actions.map(({ action, key }) => textOf(run, action, key));
    const outcome = await ask(
        run,
        { ...step, isExtended: false },
        ["BEGIN", ...texts, "COMMIT"].join("; "),
    );
    for (const [index, { action, key }] of step.actions.entries()) {
        const what = `${action} ${key} of session ${step.session}'s whole transaction`;
        const expected = model.expect(transaction, action, firstKey + key);
        const result = outcome.results[index + 1];
        const one = result === undefined ? outcome : { results: [result], notices: [] };
        allow(expected, one, what);
        checkRows(expected, one, action, what);
        model.note(transaction, action, firstKey + key, one.failure?.code ?? "");
        if (result === undefined) {
            // It stays open, and has failed.
            open.set(step.session, transaction);
            return;
        }
    }
    allow(model.expectCommit(transaction), outcome, "the COMMIT of a whole transaction");
    model.noteCommit(transaction, outcome.failure?.code ?? "");
}

/** Nobody waits for anybody. */
// Far more than anybody should wait, and than a busy machine takes for one answer.
const maxStepMilliseconds = 5_000;

async function ask(run: Run, step: Step, text: string): Promise<Outcome> {
    const client = run.clients[step.session];
    assert.ok(client !== undefined);
    const startedAt = performance.now();
    const outcome = await (step.isExtended ? client.extended(text) : client.simple(text));
    const milliseconds = performance.now() - startedAt;
    run.timing.steps += 1;
    if (milliseconds > 50) {
        run.timing.slow.push(milliseconds);
    }
    assert.ok(milliseconds < maxStepMilliseconds, `${text} took ${Math.round(milliseconds)} ms`);
    return outcome;
}

function allow({ codes }: Expected, { failure }: Outcome, what: string): void {
    const said = `${failure?.code ?? "success"} (${failure?.message ?? ""})`;
    assert.ok(
        codes.includes(failure?.code ?? ""),
        `${what} answered ${said}, not ${codes.map((code) => code || "success").join(" or ")}`,
    );
    assert.ok(failure?.code !== "40001" || failure.message.includes("(OC000)"), said);
}

function checkRows({ rows }: Expected, outcome: Outcome, action: Action, what: string): void {
    const [result] = outcome.results;
    if (rows === undefined || outcome.failure !== undefined || result === undefined) {
        return;
    }
    assert.equal(Number(result.tag.split(" ").at(-1)), rows.length, `${what}: ${result.tag}`);
    if (!["update", "insert", "delete"].includes(action)) {
        assert.deepEqual(rowsOf(outcome), rows, what);
    }
}

function rowsOf({ results }: Outcome): readonly (readonly number[])[] {
    return (results[0]?.rows ?? []).map((row) => row.map(Number));
}

function textOf({ firstKey, lastKey }: Run, action: Action, key: number): string {
    const id = firstKey + key;
    const texts: Readonly<Record<Action, string>> = {
        select: `SELECT id, n FROM counter WHERE id BETWEEN ${firstKey} AND ${lastKey} ORDER BY id`,
        update: `UPDATE counter SET n = n + 1 WHERE id = ${id}`,
        updateReturning: `UPDATE counter SET n = n + 1 WHERE id = ${id} RETURNING id, n`,
        insert: `INSERT INTO counter VALUES (${id}, 0)`,
        delete: `DELETE FROM counter WHERE id = ${id}`,
        lockForUpdate: `SELECT id, n FROM counter WHERE id = ${id} FOR UPDATE`,
        lockForKeyShare: `SELECT id, n FROM counter WHERE id = ${id} FOR KEY SHARE`,
    };
    return texts[action];
}
