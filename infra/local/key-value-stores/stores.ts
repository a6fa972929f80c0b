import { createStoreEndpoint, type StoreEndpoint } from "./store-endpoint";
import type { StoreRequestOptions } from "./store-request";
import {
    createKeyValueStoreService,
    type KeyValueStoreService,
    storeFolder,
} from "./store-service";

export interface StoresOptions extends Omit<StoreRequestOptions, "stores"> {
    /** Of the stack. */
    readonly folder: string;
}

/** Makes the KeyValueStores of one cloud, and their data plane. */
export function createStores({ folder, ...options }: StoresOptions): {
    readonly keyValueStores: KeyValueStoreService;
    readonly storeEndpoint: StoreEndpoint;
} {
    const keyValueStores = createKeyValueStoreService(storeFolder(folder));
    const storeEndpoint = createStoreEndpoint({ ...options, stores: keyValueStores });
    return { keyValueStores, storeEndpoint };
}
