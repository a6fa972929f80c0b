import { Duplex } from "node:stream";
import { type Clock, createDelayLine, type DelayLine, systemClock } from "./delay-line";

/**
 * The far end of a connection: what is written to the result reaches `inner` that much later, and
 * what arrives at `inner` is read from the result that much later; ends and breaks, too. At most
 * 1 MiB and one chunk is under way in each direction; whoever is ahead waits. Without a latency
 * everything arrives at once.
 * @param oneWayMilliseconds asked for each chunk, so that it may change; fractions hold on average
 */
export function delayStream(
    inner: Duplex,
    oneWayMilliseconds: () => number,
    clock: Clock = systemClock,
): Duplex {
    let isBroken = false;
    const waiting: Waiting = {};
    const outward = createOutward(inner, waiting, clock);
    const inward = createDelayLine({
        clock,
        // So that a question and its answer take a millisecond together, not none and two in turn.
        fractionMilliseconds: 0.5,
        deliver: (item) => outer.push(item === "end" ? null : item),
        onRoom: () => inner.resume(),
    });
    const outer = new Duplex({
        allowHalfOpen: inner.allowHalfOpen,
        read: () => inward.open(),
        write(chunk: Buffer, _encoding, callback) {
            outward.send(chunk, oneWayMilliseconds());
            if (outward.hasRoom()) {
                callback();
            } else {
                waiting.written = callback;
            }
        },
        final(callback) {
            waiting.finished = callback;
            outward.send("end", oneWayMilliseconds());
        },
        destroy(error, callback) {
            inward.stop();
            if (!isBroken && !(outer.writableFinished && outer.readableEnded)) {
                later(oneWayMilliseconds(), clock, () => breakOff(inner, outward));
            }
            callback(error);
        },
    });
    listen(inner, inward, outward, oneWayMilliseconds);
    let reason: Error | undefined;
    inner.on("error", (error) => {
        reason = error;
    });
    inner.on("close", () => {
        isBroken = true;
        if (!(inner.readableEnded && inner.writableFinished)) {
            later(oneWayMilliseconds(), clock, () => outer.destroy(reason));
        }
    });
    return outer;
}

/** Who waits until there is room again, and until the end has arrived. */
interface Waiting {
    written?: (() => void) | undefined;
    finished?: () => void;
}

function createOutward(inner: Duplex, waiting: Waiting, clock: Clock): DelayLine {
    return createDelayLine({
        clock,
        deliver(item) {
            if (item !== "end") {
                return !inner.writable || inner.write(item);
            }
            inner.end();
            waiting.finished?.();
            return true;
        },
        onRoom() {
            const { written } = waiting;
            waiting.written = undefined;
            written?.();
        },
    });
}

function listen(
    inner: Duplex,
    inward: DelayLine,
    outward: DelayLine,
    oneWayMilliseconds: () => number,
): void {
    inner.on("data", (chunk: Buffer) => {
        inward.send(chunk, oneWayMilliseconds());
        if (!inward.hasRoom()) {
            inner.pause();
        }
    });
    inner.on("end", () => inward.send("end", oneWayMilliseconds()));
    inner.on("drain", () => outward.open());
}

/** What was written before still arrives, as with a socket, unless the client does not read. */
function breakOff(inner: Duplex, outward: DelayLine): void {
    for (const item of outward.stop()) {
        if (item !== "end" && inner.writable) {
            inner.write(item);
        }
    }
    inner.destroy();
}

function later(milliseconds: number, clock: Clock, run: () => void): void {
    if (milliseconds > 0) {
        clock.after(milliseconds, run);
    } else {
        run();
    }
}
