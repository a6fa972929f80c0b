import { Duplex } from "node:stream";
import { setImmediate as settle } from "node:timers/promises";
import type { Clock } from "../../infra/local/dsql/delay-line";

/** Time that passes when a test says so. */
export interface TestClock extends Clock {
    /** Lets time pass, timer by timer. */
    advance(milliseconds: number): Promise<void>;
    pending(): number;
}

export function createClock(): TestClock {
    let now = 1_000;
    const timers = new Set<{ at: number; run: () => void }>();
    return {
        now: () => now,
        after(milliseconds, run) {
            const timer = { at: now + milliseconds, run };
            timers.add(timer);
            return () => timers.delete(timer);
        },
        pending: () => timers.size,
        async advance(milliseconds) {
            const end = now + milliseconds;
            for (;;) {
                await settle();
                const [next] = [...timers].sort((a, b) => a.at - b.at);
                if (next === undefined || next.at > end) {
                    break;
                }
                timers.delete(next);
                now = next.at;
                next.run();
            }
            now = end;
            await settle();
        },
    };
}

/** Two streams: what is written to one is read from the other. */
export function createPair(allowHalfOpen = true): [Duplex, Duplex] {
    const make = (other: () => Duplex): Duplex => {
        let resume: (() => void) | undefined;
        const stream = new Duplex({
            allowHalfOpen,
            highWaterMark: 65_536,
            read: () => other().emit("room"),
            write(chunk: Buffer, _, callback) {
                if (other().push(chunk)) {
                    callback();
                } else {
                    resume = callback;
                }
            },
            final(callback) {
                other().push(null);
                callback();
            },
            destroy(error, callback) {
                setImmediate(() => other().destroy());
                callback(error);
            },
        });
        stream.on("room", () => {
            const callback = resume;
            resume = undefined;
            callback?.();
        });
        return stream;
    };
    const left: Duplex = make(() => right);
    const right: Duplex = make(() => left);
    return [left, right];
}
