import { type AcceptedMessage, sizeBytes } from "./message";
import { createTimeline } from "./timeline";

/** A message that a queue holds. */
export interface Held {
    readonly message: AcceptedMessage;
    /** Its number in this queue. */
    readonly sequence: number;
    readonly bytes: number;
    receiveCount: number;
    firstReceivedMilliseconds: number | undefined;
    isInFlight: boolean;
    visibleAtMilliseconds: number;
}

/** The messages of a queue: each is visible, or hidden until a time. */
export interface HeldMessages {
    add(message: AcceptedMessage, visibleAtMilliseconds: number): void;
    /** The visible message of a place; the oldest is at 0. */
    visibleAt(place: number): Held;
    find(sequence: number): Held | undefined;
    hide(held: Held, untilMilliseconds: number, isInFlight: boolean): void;
    remove(held: Held): void;
    /** Lets time pass: shows what was hidden long enough, forgets what was kept long enough. */
    settle(nowMilliseconds: number): void;
    /** Every one, in the order of their arrival. */
    all(): Iterable<Held>;
    /** When the next hidden message may become visible. */
    nextVisibleMilliseconds(): number | undefined;
    /** Visible ones, those in flight, all of them, and their bytes. */
    totals(): { visible: number; inFlight: number; all: number; bytes: number };
    clear(): void;
}

/** Makes room for messages. */
export function createHeldMessages(retentionSeconds: number): HeldMessages {
    const all = new Map<number, Held>();
    const visible = new Map<number, Held>();
    const hidden = createTimeline<Held>();
    let [sequence, bytes, inFlight] = [0, 0, 0];

    const setInFlight = (held: Held, isInFlight: boolean): void => {
        inFlight += Number(isInFlight) - Number(held.isInFlight);
        held.isInFlight = isInFlight;
    };
    const hide = (held: Held, untilMilliseconds: number, isInFlight: boolean): void => {
        visible.delete(held.sequence);
        setInFlight(held, isInFlight);
        held.visibleAtMilliseconds = untilMilliseconds;
        hidden.add(untilMilliseconds, held);
    };
    const remove = (held: Held): void => {
        if (all.delete(held.sequence)) {
            visible.delete(held.sequence);
            setInFlight(held, false);
            bytes -= held.bytes;
        }
    };
    return {
        add(message, visibleAtMilliseconds) {
            sequence += 1;
            const held = hold(message, sequence, visibleAtMilliseconds);
            bytes += held.bytes;
            all.set(sequence, held);
            hide(held, visibleAtMilliseconds, false);
        },
        visibleAt: (place) => itemAt(visible.values(), place),
        find: (wanted) => all.get(wanted),
        hide,
        remove,
        settle(nowMilliseconds) {
            for (const held of hidden.takeUntil(nowMilliseconds)) {
                // It may have been deleted since, or hidden for longer.
                if (all.has(held.sequence) && held.visibleAtMilliseconds <= nowMilliseconds) {
                    setInFlight(held, false);
                    visible.set(held.sequence, held);
                }
            }
            const sentUntil = nowMilliseconds - retentionSeconds * 1_000;
            for (const held of sentBy(all.values(), sentUntil)) {
                remove(held);
            }
        },
        all: () => all.values(),
        nextVisibleMilliseconds: () => hidden.earliest(),
        totals: () => ({ visible: visible.size, inFlight, all: all.size, bytes }),
        clear() {
            for (const held of all.values()) {
                remove(held);
            }
        },
    };
}

/** Those at the front that were sent until then. */
function* sentBy(messages: Iterable<Held>, atMilliseconds: number): Iterable<Held> {
    for (const held of messages) {
        if (held.message.sentMilliseconds > atMilliseconds) {
            return;
        }
        yield held;
    }
}

function hold(message: AcceptedMessage, sequence: number, visibleAtMilliseconds: number): Held {
    return {
        message,
        sequence,
        bytes: sizeBytes(message),
        receiveCount: 0,
        firstReceivedMilliseconds: undefined,
        isInFlight: false,
        visibleAtMilliseconds,
    };
}

function itemAt(items: Iterable<Held>, place: number): Held {
    let left = place;
    for (const item of items) {
        if (left <= 0) {
            return item;
        }
        left -= 1;
    }
    throw new Error(`There is no visible message at place ${place}.`);
}
