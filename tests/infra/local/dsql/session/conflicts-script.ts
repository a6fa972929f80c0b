import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { WireClient } from "../../../../support/wire-client";
import type { Outcome } from "../../../../support/wire-outcome";
import {
    type Action,
    createModel,
    type Expected,
    type Model,
    type ModelTransaction,
} from "./conflicts-model";

/** What one client does next: an "action" without a transaction begins one first. */
export interface Step {
    readonly session: number;
    readonly kind: "action" | "autocommit" | "commit" | "rollback" | "whole";
    readonly isExtended: boolean;
    readonly actions: readonly { readonly action: Action; readonly key: number }[];
}

export interface Script {
    readonly sessions: number;
    readonly rows: number;
    readonly steps: readonly Step[];
}

export interface Timing {
    steps: number;
    commits: number;
    conflicts: number;
    readonly slow: number[];
}

const actions = fc.oneof(
    { weight: 3, arbitrary: fc.constant<Action>("select") },
    { weight: 5, arbitrary: fc.constant<Action>("update") },
    { weight: 3, arbitrary: fc.constant<Action>("updateReturning") },
    { weight: 1, arbitrary: fc.constant<Action>("insert") },
    { weight: 1, arbitrary: fc.constant<Action>("delete") },
    { weight: 2, arbitrary: fc.constant<Action>("lockForUpdate") },
    { weight: 2, arbitrary: fc.constant<Action>("lockForKeyShare") },
);

/** Scripts of 2 to 4 sessions about 3 to 5 rows. */
export const scripts: fc.Arbitrary<Script> = fc
    .record({ sessions: fc.integer({ min: 2, max: 4 }), rows: fc.integer({ min: 3, max: 5 }) })
    .chain(({ sessions, rows }) =>
        fc.record({
            sessions: fc.constant(sessions),
            rows: fc.constant(rows),
            steps: fc.array(stepOf(sessions, rows), { minLength: 1, maxLength: 40, size: "max" }),
        }),
    )
    .map((script) => ({ ...script, [fc.toStringMethod]: () => describeScript(script) }));

/** One line for each step; "+" marks those of the extended protocol. */
function describeScript({ sessions, rows, steps }: Script): string {
    const lines = steps.map(({ session, kind, isExtended, actions: all }) => {
        const isOne = kind === "action" || kind === "autocommit";
        const shown = kind === "whole" ? all : isOne ? all.slice(0, 1) : [];
        const words = shown.map(({ action, key }) => `${action} ${key}`).join(", ");
        return `${session}${isExtended ? "+" : ""}: ${kind} ${words}`;
    });
    return [`${sessions} sessions, ${rows} rows`, ...lines].join("\n");
}

function stepOf(sessions: number, rows: number): fc.Arbitrary<Step> {
    const kinds: readonly (readonly [Step["kind"], number])[] = [
        ["action", 16],
        ["autocommit", 2],
        ["commit", 6],
        ["rollback", 1],
        ["whole", 1],
    ];
    return fc.record({
        session: fc.integer({ min: 0, max: sessions - 1 }),
        kind: fc.oneof(
            ...kinds.map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind) })),
        ),
        isExtended: fc.boolean(),
        actions: fc.array(
            fc.record({ action: actions, key: fc.integer({ min: 0, max: rows - 1 }) }),
            { minLength: 1, maxLength: 3 },
        ),
    });
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
const maxStepMilliseconds = 200;

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
