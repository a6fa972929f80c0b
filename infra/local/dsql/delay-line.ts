/** What time it is, and a way to wait. */
export interface Clock {
    /** Milliseconds since some moment. */
    now(): number;
    /** Runs something later, once; the result prevents it. */
    after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
    now: () => performance.now(),
    after(milliseconds, run) {
        const timer = setTimeout(run, milliseconds);
        return () => clearTimeout(timer);
    },
};

/** One direction of a connection: what is sent arrives later, in order. */
export interface DelayLine {
    /** Takes a chunk, or the end. Without a delay it arrives before this returns. */
    send(item: Chunk, delayMilliseconds: number): void;
    /** Whether whoever sends may go on; otherwise `onRoom` tells when. */
    hasRoom(): boolean;
    /** The receiver takes more again. */
    open(): void;
    /** Ends the line and gives what is under way. */
    stop(): readonly Chunk[];
}

export type Chunk = Buffer | "end";

export interface DelayLineOptions {
    /** Receives what arrives; false: it takes no more until `open` is called. */
    readonly deliver: (item: Chunk) => boolean;
    /** Maybe told more often than needed. */
    readonly onRoom: () => void;
    readonly clock: Clock;
    /**
     * Timers count whole milliseconds, so of a delay the fraction is left to a later chunk: half a
     * millisecond is none and one in turn. This much is left from the start, 0 unless given.
     */
    readonly fractionMilliseconds?: number;
}

/** More than the longest way at the speed of a busy session; a sender that is ahead waits. */
const maxBytesUnderWay = 1_048_576;
/** Timers ring a little early now and then; another one would cost a millisecond. */
const toleranceMilliseconds = 0.5;

export function createDelayLine(options: DelayLineOptions): DelayLine {
    const { deliver, onRoom, clock, fractionMilliseconds = 0 } = options;
    const round = createRounding(fractionMilliseconds);
    const underWay: { readonly dueAt: number; readonly item: Chunk }[] = [];
    let bytes = 0;
    let lastDueAt = 0;
    let isOpen = true;
    let isStopped = false;

    const hasRoom = (): boolean => isOpen && bytes < maxBytesUnderWay;
    const arrive = (): void => {
        const now = clock.now() + toleranceMilliseconds;
        while (isOpen && (underWay[0]?.dueAt ?? Number.POSITIVE_INFINITY) <= now) {
            const item = underWay.shift()?.item ?? "end";
            bytes -= lengthOf(item);
            isOpen = deliver(item);
        }
        if (isStopped) {
            return;
        }
        alarm.set(isOpen ? underWay[0]?.dueAt : undefined);
        if (hasRoom()) {
            onRoom();
        }
    };
    const alarm = createAlarm(clock, arrive);
    return {
        send(item, delayMilliseconds) {
            if (isStopped) {
                return;
            }
            const delay = round(delayMilliseconds);
            if (delay <= 0 && underWay.length === 0 && isOpen) {
                isOpen = deliver(item);
                return;
            }
            // Nothing overtakes, also when the way has become shorter.
            lastDueAt = Math.max(lastDueAt, clock.now() + delay);
            underWay.push({ dueAt: lastDueAt, item });
            bytes += lengthOf(item);
            alarm.set(isOpen ? lastDueAt : undefined);
        },
        hasRoom,
        open() {
            if (isOpen || isStopped) {
                return;
            }
            isOpen = true;
            arrive();
        },
        stop() {
            isStopped = true;
            isOpen = false;
            alarm.cancel();
            return underWay.splice(0).map(({ item }) => item);
        },
    };
}

/** Rounds down, and adds what it took away to the next one. */
function createRounding(start: number): (milliseconds: number) => number {
    let fraction = start;
    return (milliseconds) => {
        if (milliseconds <= 0) {
            return 0;
        }
        const whole = Math.floor(milliseconds + fraction);
        fraction += milliseconds - whole;
        return whole;
    };
}

/** Rings once; one that is set already stays as it is, because what is sent first is due first. */
function createAlarm(clock: Clock, ring: () => void) {
    let cancelTimer: (() => void) | undefined;
    return {
        set(at: number | undefined): void {
            if (at !== undefined && cancelTimer === undefined) {
                cancelTimer = clock.after(Math.max(1, Math.ceil(at - clock.now())), () => {
                    cancelTimer = undefined;
                    ring();
                });
            }
        },
        cancel: (): void => cancelTimer?.(),
    };
}

function lengthOf(item: Chunk): number {
    return item === "end" ? 0 : item.length;
}
