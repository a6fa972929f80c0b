import * as fc from "fast-check";
import type { Action } from "./conflicts-model";

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
