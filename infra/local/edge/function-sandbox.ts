import * as vm from "node:vm";
import { prepareFunctionCode } from "./function-code";
import type { OriginCall } from "./origin-choice";

/** What a run of a CloudFront function came to. */
export type FunctionOutcome =
    | { readonly kind: "returned"; readonly value: unknown; readonly calls: readonly OriginCall[] }
    | { readonly kind: "failed"; readonly message: string };

/** Runs the function for one event. Never throws. */
export type FunctionSandbox = (event: object) => FunctionOutcome;

/** Where a viewer enters, as `cf.edgeLocation` says it. */
export interface EdgeLocation {
    /** The point of presence. */
    readonly name: string;
    /** The Region of its regional edge cache. */
    readonly region: string;
}

/** The KeyValueStore that a function is associated with, as the functions of one edge read it. */
export interface ReadableKeyValueStore {
    /** @throws Error when the store cannot be reached */
    get(key: string): string | undefined;
    /** What `kvs.meta()` tells; left out: the local CloudFront does not know. */
    meta?(): KeyValueStoreMeta;
}

/** Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html */
export interface KeyValueStoreMeta {
    /** ISO 8601. */
    readonly creationDateTime: string;
    /** ISO 8601. */
    readonly lastUpdatedDateTime: string;
    readonly keyCount: number;
}

// CloudFront allows less than a millisecond of processor time; this only stops endless loops.
const runTimeMaxMilliseconds = 200;
/** What our own preparations may take, on a computer that is busy with other things. */
const startTimeMaxMilliseconds = 5_000;

// Node's engine has these, cloudfront-js-2.0 has not.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
const absentGlobals = [
    "AggregateError Atomics BigInt BigInt64Array BigUint64Array FinalizationRegistry Intl",
    "Iterator Map Proxy Reflect Set SharedArrayBuffer WeakMap WeakRef WeakSet WebAssembly",
    "escape eval unescape",
].flatMap((line) => line.split(" "));

/**
 * Makes a sandbox for a function's code: strict mode, no network, files, timers, modules or
 * evaluation of text, and none of the built-in objects that the runtime lacks. As on AWS, what a
 * function keeps at its top level may live on between requests.
 *
 * @param name For messages.
 * @param kvs what `cf.kvs()` reads; left out: no store is associated with the function
 */
export async function createFunctionSandbox(
    name: string,
    code: string,
    edgeLocation: EdgeLocation,
    kvs?: ReadableKeyValueStore,
): Promise<FunctionSandbox> {
    const script = await prepareFunctionCode(name, code);
    const globals: Globals = { readStore: kvs && storeReader(kvs) };
    const context = vm.createContext(globals, {
        codeGeneration: { strings: false, wasm: false },
        // Promises settle before a run is over; nothing is left to happen later.
        microtaskMode: "afterEvaluate",
    });
    const timeout = runTimeMaxMilliseconds;
    vm.runInContext(bootstrap(edgeLocation), context, { timeout: startTimeMaxMilliseconds });
    try {
        vm.runInContext(`"use strict";${script}`, context, { filename: name, timeout });
    } catch (error) {
        throw new Error(`The CloudFront function ${name} does not start: ${String(error)}`);
    }
    if (vm.runInContext("typeof handler", context) !== "function") {
        throw new Error(`The CloudFront function ${name} has no top-level function "handler".`);
    }
    const run = new vm.Script("__run();");
    return (event) => {
        globals.event = JSON.stringify(event);
        globals.outcome = undefined;
        try {
            run.runInContext(context, { timeout });
        } catch (error) {
            return { kind: "failed", message: String(error) };
        }
        return globals.outcome === undefined
            ? { kind: "failed", message: "the function waits for something that never comes" }
            : (JSON.parse(globals.outcome) as FunctionOutcome);
    };
}

/** A CloudFront function. */
export interface ViewerFunction {
    readonly code: string;
    /** The KeyValueStore that it is associated with. */
    readonly kvs?: ReadableKeyValueStore;
}

/** What lies between Node.js and the sandbox. */
interface Globals {
    event?: string;
    outcome?: string;
    /** Taken away from the function before it starts. */
    readStore: StoreReader | undefined;
}

/** Answers with JSON text: `{"value": ...}`, or `{"error": ...}`. Never throws. */
type StoreReader = (method: "get" | "meta", key: string) => string;

function storeReader(kvs: ReadableKeyValueStore): StoreReader {
    return (method, key) => {
        try {
            if (method === "get") {
                return JSON.stringify({ value: kvs.get(key) });
            }
            return JSON.stringify(
                kvs.meta === undefined
                    ? { error: "The local CloudFront does not imitate kvs.meta() here." }
                    : { value: kvs.meta() },
            );
        } catch (error) {
            return JSON.stringify({
                error: error instanceof Error ? error.message : String(error),
            });
        }
    };
}

/** Inside of the sandbox: what `cf.kvs()` returns. */
const storeCode = `const readStore = globalThis.readStore;
        delete globalThis.readStore;
        const read = function (method, key) {
            const answer = JSON.parse(readStore(method, String(key)));
            if (answer.error !== undefined) { throw new Error(answer.error); }
            return answer.value;
        };
        const store = {
            get: async function (key, options) {
                const format = (options && options.format) || "string";
                if (format === "bytes") { lacks("kvs.get() with the format bytes"); }
                if (format !== "string" && format !== "json") {
                    throw new Error("kvs.get() has no format " + format + ".");
                }
                const value = read("get", key);
                if (value === undefined) { throw new Error("KeyNotFound: " + key); }
                return format === "json" ? JSON.parse(value) : value;
            },
            exists: async function (key) { return read("get", key) !== undefined; },
            meta: async function () { return read("meta", ""); },
        };`;

/**
 * The inside of the sandbox. Only text crosses its border, so that the function never holds an
 * object of Node's.
 */
function bootstrap(edgeLocation: EdgeLocation): string {
    return `(function () {
        "use strict";
        const calls = [];
        const known = ["domainName", "hostHeader", "originPath", "customHeaders",
            "connectionAttempts", "timeouts"];
        const lacks = function (what) {
            throw new Error("The local CloudFront does not imitate " + what + ".");
        };
        ${storeCode}
        const cf = {
            edgeLocation: Object.freeze(${JSON.stringify(edgeLocation)}),
            selectRequestOriginById: function (originId, options) {
                const hostHeader = options && options.hostHeader;
                calls.push({ kind: "select", originId: String(originId), hostHeader });
            },
            updateRequestOrigin: function (properties) {
                Object.keys(properties).forEach(function (key) {
                    if (!known.includes(key)) { lacks("updateRequestOrigin with " + key); }
                });
                calls.push({ kind: "update", properties });
            },
            createRequestOriginGroup: function (group) {
                const originIds = group.originIds.map(function (origin) {
                    if (origin.originOverrides) { lacks("originOverrides"); }
                    return origin.originId || String(origin);
                });
                const statusCodes = group.failoverCriteria.statusCodes;
                calls.push({ kind: "group", originIds, statusCodes });
            },
            logCustomData: function () {},
            kvs: function () {
                if (!readStore) {
                    throw new Error("No KeyValueStore is associated with the function.");
                }
                return Object.freeze(store);
            },
        };
        const settle = function (outcome) { globalThis.outcome = JSON.stringify(outcome); };
        const fail = function (error) { settle({ kind: "failed", message: String(error) }); };
        globalThis.__cloudfront = Object.freeze(cf);
        globalThis.console = { log: function () {} };
        globalThis.__run = function () {
            calls.length = 0;
            const event = JSON.parse(globalThis.event);
            Promise.resolve(event).then(handler).then(function (value) {
                settle({ kind: "returned", value, calls });
            }).catch(fail);
        };
        ${JSON.stringify(absentGlobals)}.forEach(function (name) { delete globalThis[name]; });
    })();`;
}
