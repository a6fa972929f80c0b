import type { ActionKind, Operation } from "../history";
import { groupBy } from "../state";

/** Everything that was sent for one intention: a request and its repetitions with the same key. */
export interface Attempt {
    /** Undefined for a request without a key, which is never repeated. */
    readonly key?: string;
    readonly first: Operation;
    readonly operations: readonly Operation[];
    /** Of the answers that say it was done. */
    readonly done: readonly Operation[];
    /** `ok` if any answer says so, `failed` if all of them refuse it, else `unknown`. */
    readonly outcome: Operation["outcome"];
}

/** Puts requests of a kind and their repetitions together. */
export function attemptsOf(operations: readonly Operation[], kind: ActionKind): readonly Attempt[] {
    const ofKind = operations.filter(({ action }) => action.kind === kind);
    const groups = groupBy(ofKind, ({ key, number }) => key ?? `without key ${number}`);
    return [...groups.values()].flatMap((group) => {
        const [first] = group;
        return first === undefined ? [] : [attemptOf(first, group)];
    });
}

function attemptOf(first: Operation, operations: readonly Operation[]): Attempt {
    const done = operations.filter(({ outcome }) => outcome === "ok");
    const isRefused = operations.every(({ outcome }) => outcome === "failed");
    return {
        ...(first.key === undefined ? {} : { key: first.key }),
        first,
        operations,
        done,
        outcome: done.length > 0 ? "ok" : isRefused ? "failed" : "unknown",
    };
}

/** Who asked what when, for a violation's text. */
export function describe({ number, process, cell, key, action }: Operation): string {
    const named = key === undefined ? "" : ` with key ${key}`;
    return `operation ${number} (client ${process} in ${cell}, ${action.kind}${named})`;
}
