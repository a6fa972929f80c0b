import type { Lifetime } from "./freshness";
import type { OriginAnswer } from "./origin-client";

/** A kept answer. Times are in milliseconds of the store's user's clock. */
export interface CachedObject {
    readonly answer: OriginAnswer;
    readonly storedAt: number;
    readonly freshUntil: number;
    readonly staleWhileRevalidateUntil: number;
    readonly staleIfErrorUntil: number;
}

export interface ObjectStore {
    get(key: string): CachedObject | undefined;
    set(key: string, object: CachedObject): void;
    delete(key: string): void;
}

// What an entry costs beside its body: the key, the headers and the bookkeeping.
const overheadBytes = 1024;

/** Keeps objects up to a size in bytes; beyond it the least recently used ones go. */
export function createObjectStore(maxBytes: number): ObjectStore {
    // A Map keeps the order of insertion, so the first entry is the least recently used.
    const objects = new Map<string, CachedObject>();
    let bytes = 0;

    const remove = (key: string): void => {
        const object = objects.get(key);
        if (object !== undefined) {
            objects.delete(key);
            bytes -= sizeOf(key, object);
        }
    };
    return {
        get(key) {
            const object = objects.get(key);
            if (object !== undefined) {
                objects.delete(key);
                objects.set(key, object);
            }
            return object;
        },
        set(key, object) {
            remove(key);
            objects.set(key, object);
            bytes += sizeOf(key, object);
            for (const oldest of objects.keys()) {
                if (bytes <= maxBytes) {
                    break;
                }
                remove(oldest);
            }
        },
        delete: remove,
    };
}

/** An object that lives from now. */
export function cachedObject(answer: OriginAnswer, lifetime: Lifetime, now: number): CachedObject {
    const freshUntil = now + lifetime.freshSeconds * 1000;
    return {
        answer,
        storedAt: now,
        freshUntil,
        staleWhileRevalidateUntil: freshUntil + lifetime.staleWhileRevalidateSeconds * 1000,
        staleIfErrorUntil: freshUntil + lifetime.staleIfErrorSeconds * 1000,
    };
}

function sizeOf(key: string, object: CachedObject): number {
    return key.length + object.answer.body.length + overheadBytes;
}
