/** Lets so many run at once and so many more wait, in the order in which they came. */
export interface Turns {
    /** Whether one more can neither run nor wait. */
    isFull(): boolean;
    /** Waits for a turn; false where the caller gave up before it came. */
    take(gaveUp: AbortSignal): Promise<boolean>;
    /** Gives a taken turn to the next who waits. */
    pass(): void;
}

/** Makes turns; with a maximum of 0 nobody ever gets one. */
export function createTurns(maxRunning: number, maxWaiting: number): Turns {
    const waiting: Array<() => void> = [];
    let running = 0;
    return {
        isFull: () => maxRunning === 0 || (running >= maxRunning && waiting.length >= maxWaiting),
        async take(gaveUp) {
            if (running < maxRunning) {
                running += 1;
                return true;
            }
            await new Promise<void>((resolve) => {
                waiting.push(resolve);
                gaveUp.addEventListener("abort", () => {
                    const index = waiting.indexOf(resolve);
                    if (index >= 0) {
                        waiting.splice(index, 1);
                        resolve();
                    }
                });
            });
            return !gaveUp.aborted;
        },
        pass() {
            // The turn passes on without `running` changing, so nobody can slip in between.
            const next = waiting.shift();
            if (next === undefined) {
                running -= 1;
            } else {
                next();
            }
        },
    };
}
