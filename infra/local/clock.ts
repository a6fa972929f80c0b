/** Time, and being woken by it. */
export interface Clock {
    /** Since 1970. */
    nowMilliseconds(): number;
    /** @returns takes the run back, if it has not begun */
    after(milliseconds: number, run: () => void): () => void;
}

/** What a timer of Node.js can wait at most. */
const longestTimerMilliseconds = 2 ** 31 - 1;

/** The time of this computer. */
export const realClock: Clock = {
    nowMilliseconds: () => Date.now(),
    after(milliseconds, run) {
        const timer = setTimeout(run, Math.min(milliseconds, longestTimerMilliseconds));
        return () => clearTimeout(timer);
    },
};
