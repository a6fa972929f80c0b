import type { Writable } from "node:stream";

/** Collects messages for one receiver, so that many small ones leave in one write. */
export interface Outbox {
    append(bytes: Buffer): void;
    /** Hands everything to the receiver; false when the receiver asks to wait for its "drain". */
    flush(): boolean;
}

/** Up to here one write of a copy costs less than one of many pieces. */
const maxCopiedBytes = 16_384;

export function createOutbox(receiver: Writable): Outbox {
    const pending: Buffer[] = [];
    return {
        append(bytes) {
            const last = pending.at(-1);
            const joined = last === undefined ? undefined : join(last, bytes);
            if (joined === undefined) {
                pending.push(bytes);
            } else {
                pending[pending.length - 1] = joined;
            }
        },
        flush() {
            if (pending.length === 0 || !receiver.writable) {
                pending.length = 0;
                return true;
            }
            const [first] = pending;
            const isSmall = pending.reduce((sum, { length }) => sum + length, 0) < maxCopiedBytes;
            if (first !== undefined && (pending.length === 1 || isSmall)) {
                receiver.write(pending.length === 1 ? first : Buffer.concat(pending));
            } else {
                receiver.cork();
                for (const bytes of pending) {
                    receiver.write(bytes);
                }
                receiver.uncork();
            }
            pending.length = 0;
            return !receiver.writableNeedDrain;
        },
    };
}

/** Neighbours in one received chunk, such as the rows of a result, stay one piece. */
function join(before: Buffer, after: Buffer): Buffer | undefined {
    const isNext =
        before.buffer === after.buffer &&
        before.byteOffset + before.byteLength === after.byteOffset;
    return isNext
        ? Buffer.from(before.buffer, before.byteOffset, before.byteLength + after.byteLength)
        : undefined;
}
