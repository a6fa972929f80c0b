import { setTimeout as wait } from "node:timers/promises";
import { differencesOf, type Summary } from "./summary";

/** How a wait for convergence ended. */
export interface Convergence {
    readonly milliseconds: number;
    /** Whether what runs by schedule was run out of turn, to save time. */
    readonly wasHurried: boolean;
    /** What differed when the limit was reached; nothing when the cells converged. */
    readonly differences: readonly string[];
    /** Messages that waited to be sent at the beginning. */
    readonly backlog: number;
}

export interface ConvergenceOptions {
    readonly readSummaries: () => Promise<readonly Summary[]>;
    /** Runs what would run by schedule. */
    readonly hurry: () => Promise<void>;
    readonly limitMilliseconds: number;
    /** When to hurry for the first time; later ones come at the same intervals. */
    readonly hurryAfterMilliseconds: number;
    /** Replaced by tests. */
    readonly now?: () => number;
    readonly pause?: (milliseconds: number) => Promise<unknown>;
}

const pollMilliseconds = 100;

/** Waits until all cells hold the same, or until the limit. Call it when nobody writes any more. */
export async function waitForConvergence({
    readSummaries,
    hurry,
    limitMilliseconds,
    hurryAfterMilliseconds,
    now = () => performance.now(),
    pause = wait,
}: ConvergenceOptions): Promise<Convergence> {
    const started = now();
    let hurries = 0;
    let backlog: number | undefined;
    for (;;) {
        const read = await attempt(readSummaries);
        const milliseconds = now() - started;
        if ("summaries" in read) {
            backlog ??= read.summaries.reduce((sum, { outboxDepth }) => sum + outboxDepth, 0);
        }
        const differences =
            "summaries" in read ? differencesOf(read.summaries) : [`unreadable: ${read.failure}`];
        if (differences.length === 0 || milliseconds >= limitMilliseconds) {
            return { milliseconds, wasHurried: hurries > 0, differences, backlog: backlog ?? 0 };
        }
        if (milliseconds >= hurryAfterMilliseconds * (hurries + 1)) {
            hurries += 1;
            await hurry();
        }
        await pause(pollMilliseconds);
    }
}

/** A database that has just come back may refuse a connection. */
async function attempt(
    readSummaries: () => Promise<readonly Summary[]>,
): Promise<{ readonly summaries: readonly Summary[] } | { readonly failure: string }> {
    try {
        return { summaries: await readSummaries() };
    } catch (error) {
        return { failure: error instanceof Error ? error.message : String(error) };
    }
}
