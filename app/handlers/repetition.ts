import { setTimeout as wait } from "node:timers/promises";

/** How long one invocation goes on: a schedule cannot start it more often than each minute. */
export interface Repetition {
    /** 0 for a single run. */
    readonly loopSeconds?: number;
    /** From the beginning of one run to that of the next, unless it takes longer. */
    readonly everySeconds?: number;
}

/**
 * Runs something again and again within one invocation; at least once.
 * @param mayGoOn asked before each further run: whether there is time for it
 */
export async function repeat(
    { loopSeconds = 0, everySeconds = 5 }: Repetition,
    run: () => Promise<void>,
    mayGoOn: () => boolean = () => true,
): Promise<void> {
    const endsAt = performance.now() + loopSeconds * 1_000;
    for (;;) {
        const startedAt = performance.now();
        await run();
        const nextAt = startedAt + everySeconds * 1_000;
        if (nextAt >= endsAt) {
            return;
        }
        await wait(Math.max(0, nextAt - performance.now()));
        if (!mayGoOn()) {
            return;
        }
    }
}
