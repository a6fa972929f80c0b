import assert from "node:assert/strict";
import { compileRouter, type RoutableOrigin } from "../../infra/edge/router";
import {
    createFunctionSandbox,
    type FunctionSandbox,
    type ReadableKeyValueStore,
} from "../../infra/local/edge/function-sandbox";
import type { OriginCall } from "../../infra/local/edge/origin-choice";
import { homeOrigins } from "./edge-origins";

export type Headers = Record<string, { value: string }>;

export interface Asked {
    readonly method?: string;
    readonly uri?: string;
    readonly headers?: Headers;
    readonly cookies?: Headers;
    readonly querystring?: Headers;
}

export interface Routed {
    /** The first is the best one; a second is tried where the first fails. Reads or not. */
    readonly originIds: readonly string[];
    readonly failoverStatuses: readonly number[];
    readonly headers: Headers;
    /** What the router gave back: the request, or an answer of its own. */
    readonly returned: { statusCode?: number; headers: Headers; body?: { data: string } };
}

/** A KeyValueStore with the given texts. */
export function storeOf(values: Readonly<Record<string, string>>): ReadableKeyValueStore {
    return { get: (key) => values[key] };
}

export const noFlags = storeOf({});

/** The compiled router as it runs at a regional edge cache. */
export async function routerAt(
    region: string,
    origins: readonly [RoutableOrigin, ...RoutableOrigin[]] = homeOrigins,
    store: ReadableKeyValueStore = noFlags,
): Promise<FunctionSandbox> {
    const location = { name: "POP", region };
    return createFunctionSandbox("router", await compileRouter(origins), location, store);
}

/** What the router makes of a request. */
export function route(router: FunctionSandbox, asked: Asked = {}): Routed {
    const { method = "GET", uri = "/products", headers = {}, cookies = {} } = asked;
    const { querystring = {} } = asked;
    const context = { requestId: "request-1" };
    const outcome = router({ context, request: { method, uri, querystring, headers, cookies } });
    assert.ok(outcome.kind === "returned", JSON.stringify(outcome));
    const returned = outcome.value as Routed["returned"];
    const [call] = outcome.calls;
    return { ...choiceOf(call), headers: returned.headers, returned };
}

function choiceOf(call: OriginCall | undefined) {
    const none = { originIds: [], failoverStatuses: [] };
    switch (call?.kind) {
        case "select":
            return { ...none, originIds: [call.originId] };
        case "group":
            return {
                originIds: call.originIds.map((id) => id.replace(/-reads$/, "")),
                failoverStatuses: call.statusCodes,
            };
        default:
            return none;
    }
}

export const nowSeconds = () => Math.floor(Date.now() / 1_000);

/** A flag's text that says the same of each Region. */
export function flags(regions: readonly string[], flag: unknown): string {
    return JSON.stringify(Object.fromEntries(regions.map((region) => [region, flag])));
}
