import type { Clock } from "../../infra/local/clock";

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
    /** Lets time pass, and everything happen that happens meanwhile. */
    pass(milliseconds: number): Promise<void>;
    /** How many runs are waited for. */
    readonly timers: number;
}

interface Timer {
    readonly at: number;
    readonly run: () => void;
}

/** Makes a clock that stands. */
export function createFakeClock(startMilliseconds = Date.UTC(2026, 10, 23)): FakeClock {
    const timers = new Set<Timer>();
    let now = startMilliseconds;
    const nextUntil = (end: number): Timer | undefined =>
        [...timers].filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
    return {
        nowMilliseconds: () => now,
        after(milliseconds, run) {
            const timer = { at: now + milliseconds, run };
            timers.add(timer);
            return () => void timers.delete(timer);
        },
        async pass(milliseconds) {
            const end = now + milliseconds;
            await settle();
            for (let next = nextUntil(end); next !== undefined; next = nextUntil(end)) {
                timers.delete(next);
                now = Math.max(now, next.at);
                next.run();
                await settle();
            }
            now = end;
            await settle();
        },
        get timers() {
            return timers.size;
        },
    };
}

/** Lets promises settle that wait for nothing but each other. */
export function settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
}
