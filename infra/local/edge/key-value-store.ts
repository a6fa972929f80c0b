import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { KeyValueStoreMeta } from "./function-sandbox";

/** What a store holds, as `DescribeKeyValueStore` says it. */
export interface StoreDescription {
    readonly arn: string;
    readonly itemCount: number;
    readonly totalBytes: number;
    readonly createdMilliseconds: number;
    readonly modifiedMilliseconds: number;
    /** Changes with every change of the store. */
    readonly eTag: string;
}

/** Changes that are made together or not at all. */
export interface StoreUpdate {
    readonly puts: readonly { readonly key: string; readonly value: string }[];
    readonly deletes: readonly string[];
}

/** One KeyValueStore of CloudFront, kept in a file. */
export interface KeyValueStore {
    describe(): StoreDescription;
    get(key: string): string | undefined;
    /** In the order of the keys. */
    entries(): readonly (readonly [key: string, value: string])[];
    /**
     * @param ifMatch the ETag that the store must have
     * @throws StoreError for an ETag that is not the store's, and for what exceeds a quota
     */
    update(update: StoreUpdate, ifMatch: string): StoreDescription;
    meta(): KeyValueStoreMeta;
}

/** A refusal, under the name that the service gives it. */
export interface StoreError extends Error {
    readonly name: "ConflictException" | "ServiceQuotaExceededException" | "ValidationException";
}

/**
 * Quotas of CloudFront's KeyValueStores; none can be raised.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores
 */
export const storeQuotas = {
    keyBytes: 512,
    valueBytes: 1_024,
    storeBytes: 5 * 1024 * 1024,
    updateKeys: 50,
    updateBytes: 3 * 1024 * 1024,
} as const;

/** What is written to the file. */
interface StoreFile {
    readonly eTag: string;
    readonly createdMilliseconds: number;
    readonly modifiedMilliseconds: number;
    readonly items: Readonly<Record<string, string>>;
}

export interface KeyValueStoreOptions {
    readonly arn: string;
    /** Made when it is not there; what it holds outlives the process. */
    readonly file: string;
    readonly nowMilliseconds: () => number;
}

/** Opens a store, with what an earlier process has left in it. */
export function openKeyValueStore({
    arn,
    file,
    nowMilliseconds,
}: KeyValueStoreOptions): KeyValueStore {
    let state = readState(file) ?? firstState(nowMilliseconds());
    const items = new Map(Object.entries(state.items));
    const describe = (): StoreDescription => ({
        arn,
        itemCount: items.size,
        totalBytes: sizeOf(items),
        createdMilliseconds: state.createdMilliseconds,
        modifiedMilliseconds: state.modifiedMilliseconds,
        eTag: state.eTag,
    });
    return {
        describe,
        get: (key) => items.get(key),
        entries: () => [...items].sort(([left], [right]) => (left < right ? -1 : 1)),
        update(update, ifMatch) {
            if (ifMatch !== state.eTag) {
                throw storeError(
                    "ConflictException",
                    "Provided ETag is not the current one of the KeyValueStore.",
                );
            }
            const changed = applied(items, update);
            const modifiedMilliseconds = nowMilliseconds();
            const entries = Object.fromEntries(changed);
            const next = { ...state, eTag: newETag(), modifiedMilliseconds, items: entries };
            writeState(file, next);
            state = next;
            items.clear();
            for (const [key, value] of changed) {
                items.set(key, value);
            }
            return describe();
        },
        meta: () => ({
            creationDateTime: new Date(state.createdMilliseconds).toISOString(),
            lastUpdatedDateTime: new Date(state.modifiedMilliseconds).toISOString(),
            keyCount: items.size,
        }),
    };
}

/** Makes a refusal of the service. */
export function storeError(name: StoreError["name"], message: string): StoreError {
    return Object.assign(new Error(message), { name });
}

/** The items as they are after an update. */
function applied(items: ReadonlyMap<string, string>, update: StoreUpdate): Map<string, string> {
    const { puts, deletes } = update;
    checkUpdate(update);
    const changed = new Map(items);
    for (const key of deletes) {
        changed.delete(key);
    }
    for (const { key, value } of puts) {
        changed.set(key, value);
    }
    refuseAbove("bytes in the store", sizeOf(changed), storeQuotas.storeBytes);
    return changed;
}

function checkUpdate({ puts, deletes }: StoreUpdate): void {
    const keys = [...puts.map(({ key }) => key), ...deletes];
    if (keys.length === 0 || new Set(keys).size !== keys.length) {
        throw storeError(
            "ValidationException",
            "An update names at least one key, and each key once.",
        );
    }
    refuseAbove("keys in an update", keys.length, storeQuotas.updateKeys);
    const bytes = sizeOf(puts.map(({ key, value }) => [key, value] as const));
    refuseAbove("bytes in an update", bytes, storeQuotas.updateBytes);
    for (const key of keys) {
        if (key === "") {
            throw storeError("ValidationException", "A key has at least one character.");
        }
        refuseAbove("bytes in a key", Buffer.byteLength(key), storeQuotas.keyBytes);
    }
    for (const { value } of puts) {
        refuseAbove("bytes in a value", Buffer.byteLength(value), storeQuotas.valueBytes);
    }
}

function refuseAbove(what: string, count: number, allowed: number): void {
    if (count > allowed) {
        throw storeError(
            "ServiceQuotaExceededException",
            `There would be ${count} ${what}; allowed: at most ${allowed}.`,
        );
    }
}

function sizeOf(items: Iterable<readonly [string, string]>): number {
    let bytes = 0;
    for (const [key, value] of items) {
        bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    }
    return bytes;
}

function firstState(nowMilliseconds: number): StoreFile {
    return {
        eTag: newETag(),
        createdMilliseconds: nowMilliseconds,
        modifiedMilliseconds: nowMilliseconds,
        items: {},
    };
}

function newETag(): string {
    return `E${randomBytes(8).toString("hex").toUpperCase()}`;
}

function readState(file: string): StoreFile | undefined {
    let text: string;
    try {
        text = fs.readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
    return JSON.parse(text) as StoreFile;
}

/** Synchronous, so that the next request finds what this one was told is written. */
function writeState(file: string, state: StoreFile): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const unfinished = `${file}.new`;
    fs.writeFileSync(unfinished, `${JSON.stringify(state)}\n`);
    fs.renameSync(unfinished, file);
}
