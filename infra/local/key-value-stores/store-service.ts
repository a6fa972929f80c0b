import * as path from "node:path";
import { arnOf } from "../aws-names";
import type { ReadableKeyValueStore } from "../edge/function-sandbox";
import { type KeyValueStore, openKeyValueStore } from "../edge/key-value-store";

/** Who cannot reach the KeyValueStores. */
export type StoreOutage = "readers" | "writers" | "all" | "none";

/** The KeyValueStores of the account. */
export interface KeyValueStoreService {
    /** Opens a store of that name, with what it held before. */
    createStore(name: string, id: string): { readonly arn: string };
    find(arn: string): KeyValueStore | undefined;
    /** The ARN of every store. */
    arns(): readonly string[];
    /** As the functions of every edge read it. @throws Error where there is no such store */
    reader(arn: string): ReadableKeyValueStore;
    /** Lets functions at the edge, the data plane, or both reach no store. */
    setOutage(outage: StoreOutage): void;
    outage(): StoreOutage;
    /** Resolves as soon as the data plane can be reached; rejects when the asker has gone. */
    untilReachable(signal: AbortSignal): Promise<void>;
    /** How often somebody has not reached a store. */
    readonly counts: Readonly<Record<"readers" | "writers", number>>;
}

/** Where the stores of a stack are kept. */
export function storeFolder(stackFolder: string): string {
    return path.join(stackFolder, "key-value-stores");
}

/** @param folder where the stores are kept, one file each */
export function createKeyValueStoreService(folder: string): KeyValueStoreService {
    const stores = new Map<string, KeyValueStore>();
    const waiting = new Set<() => void>();
    const counts = { readers: 0, writers: 0 };
    let outage: StoreOutage = "none";
    const isOut = (who: "readers" | "writers"): boolean => outage === who || outage === "all";
    const reach = (arn: string): KeyValueStore => {
        if (isOut("readers")) {
            counts.readers += 1;
            throw new Error("The KeyValueStore cannot be reached.");
        }
        const store = stores.get(arn);
        if (store === undefined) {
            throw new Error(`There is no KeyValueStore ${arn}.`);
        }
        return store;
    };
    return {
        createStore(name, id) {
            const arn = arnOf("cloudfront", "", `key-value-store/${id}`);
            const file = path.join(folder, `${name}.json`);
            stores.set(arn, openKeyValueStore({ arn, file, nowMilliseconds: Date.now }));
            return { arn };
        },
        find: (arn) => stores.get(arn),
        arns: () => [...stores.keys()],
        reader: (arn) => ({
            get: (key) => reach(arn).get(key),
            meta: () => reach(arn).meta(),
        }),
        setOutage(next) {
            outage = next;
            const looking = [...waiting];
            waiting.clear();
            for (const look of looking) {
                look();
            }
        },
        outage: () => outage,
        async untilReachable(signal) {
            counts.writers += Number(isOut("writers"));
            while (isOut("writers")) {
                await nextLook(waiting, signal);
            }
        },
        counts,
    };
}

function nextLook(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const giveUp = (): void => {
            waiting.delete(look);
            reject(signal.reason);
        };
        const look = (): void => {
            signal.removeEventListener("abort", giveUp);
            resolve();
        };
        waiting.add(look);
        signal.addEventListener("abort", giveUp, { once: true });
    });
}
