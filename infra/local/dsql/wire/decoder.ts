import { type Message, protocolViolation } from "./message";

/** Cuts a stream of bytes into messages. */
export interface Decoder {
    push(chunk: Buffer): void;
    /**
     * The next complete message; undefined until more bytes come.
     * @throws ProtocolViolation for a length that cannot be
     */
    next(): Message | undefined;
    readonly bufferedBytes: number;
}

const headerBytes = 5;
/** Up to here, chunks that wait are put together, for many small ones cost more than their bytes. */
const smallBytes = 65_536;

/**
 * A message that lies in one chunk is a slice of it, not a copy; one in several chunks is put
 * together once. What waits takes a number of chunks that grows with its bytes, not with how many
 * pieces they came in.
 */
export function createDecoder(options: { readonly maxMessageBytes: number }): Decoder {
    const chunks: Buffer[] = [];
    let bufferedBytes = 0;
    /** Of the message that is being received, once its header is complete. */
    let wantedBytes: number | undefined;

    const take = (byteLength: number): Buffer => {
        const first = chunks[0] ?? Buffer.alloc(0);
        bufferedBytes -= byteLength;
        if (first.length >= byteLength) {
            const taken = first.subarray(0, byteLength);
            replaceFirst(chunks, first.subarray(byteLength));
            return taken;
        }
        const parts: Buffer[] = [];
        let missing = byteLength;
        let used = 0;
        while (missing > 0) {
            const part = (chunks[used] ?? Buffer.alloc(0)).subarray(0, missing);
            parts.push(part);
            missing -= part.length;
            used += 1;
        }
        const last = chunks[used - 1] ?? Buffer.alloc(0);
        chunks.splice(0, used - 1);
        replaceFirst(chunks, last.subarray(parts.at(-1)?.length ?? 0));
        return Buffer.concat(parts, byteLength);
    };

    return {
        push(chunk) {
            if (chunk.length > 0) {
                chunks.push(chunk);
                bufferedBytes += chunk.length;
                joinSmall(chunks);
            }
        },
        next() {
            if (wantedBytes === undefined) {
                if (bufferedBytes < headerBytes) {
                    return undefined;
                }
                wantedBytes = 1 + lengthIn(chunks, options.maxMessageBytes);
            }
            if (bufferedBytes < wantedBytes) {
                return undefined;
            }
            const bytes = take(wantedBytes);
            wantedBytes = undefined;
            return { type: String.fromCharCode(bytes[0] ?? 0), bytes };
        },
        get bufferedBytes() {
            return bufferedBytes;
        },
    };
}

/**
 * As in a binary counter: a chunk is put together with later ones that are at least as long, so
 * that a byte is copied once when it comes and then once for each doubling, at most 16 times.
 */
function joinSmall(chunks: Buffer[]): void {
    let byteLength = chunks.at(-1)?.length ?? 0;
    let start = chunks.length - 1;
    for (; start > 0; start -= 1) {
        const before = chunks[start - 1]?.length ?? 0;
        if (before > byteLength || before + byteLength > smallBytes) {
            break;
        }
        byteLength += before;
    }
    if (start < chunks.length - 1) {
        chunks.push(Buffer.concat(chunks.splice(start), byteLength));
    }
}

function replaceFirst(chunks: Buffer[], rest: Buffer): void {
    if (rest.length === 0) {
        chunks.shift();
    } else {
        chunks[0] = rest;
    }
}

function lengthIn(chunks: readonly Buffer[], maxMessageBytes: number): number {
    const first = chunks[0] ?? Buffer.alloc(0);
    const header =
        first.length >= headerBytes ? first : Buffer.concat(chunks.slice(0, headerBytes));
    const length = header.readInt32BE(1);
    if (length < 4 || length > maxMessageBytes) {
        throw protocolViolation(
            `invalid message length ${length}; allowed are 4 to ${maxMessageBytes} bytes`,
        );
    }
    return length;
}
