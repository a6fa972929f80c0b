import { formatWithOptions } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import { type HostRedirection, redirectHosts } from "./host-redirection";
import { dieAfter } from "./kill-order";

/** What the worker is started with. */
export interface BootstrapData {
    readonly codeFile: string;
    /** The name under which the code file exports its handler. */
    readonly exportName: string;
    readonly functionName: string;
    readonly functionArn: string;
    readonly memoryMegabytes: number;
    readonly logGroupName: string;
    readonly logFormat: string;
    /** Where the function finds hosts of AWS on this computer, as far as anything stands for them. */
    readonly redirections: readonly HostRedirection[];
}

/** One invocation, sent to the worker. */
export interface InvocationMessage {
    readonly requestId: string;
    /** JSON. */
    readonly event: string;
    /** Milliseconds since 1970. */
    readonly deadline: number;
    /** Events of sockets and timers that it lives to see; undefined: all. */
    readonly dieAfterAwaits?: number | undefined;
}

/** An error as Lambda reports it to whoever invoked the function. */
export interface FunctionError {
    readonly errorType: string;
    readonly errorMessage: string;
    readonly trace: readonly string[];
}

/** What the worker sends. */
export type WorkerMessage =
    | { readonly kind: "ready" }
    | { readonly kind: "initFailed"; readonly error: FunctionError }
    | { readonly kind: "log"; readonly line: string }
    | { readonly kind: "answer"; readonly payload: string }
    | { readonly kind: "failed"; readonly error: FunctionError };

type Handler = (event: unknown, context: object) => unknown;

const data = workerData as BootstrapData;
let requestId = "";

redirectConsole();
for (const redirection of data.redirections) {
    redirectHosts(redirection);
}
start();

/** Runs in a worker thread, as Lambda's runtime runs in an execution environment. */
function start(): void {
    let handler: Handler;
    try {
        const loaded = require(data.codeFile) as Record<string, unknown>;
        const exported = loaded[data.exportName];
        if (typeof exported !== "function") {
            throw Object.assign(
                new Error(`index.${data.exportName} is undefined or not exported`),
                { name: "Runtime.HandlerNotFound" },
            );
        }
        if (exported.length > 2) {
            throw Object.assign(
                new Error("the Node.js 24 runtime knows no callbacks; make the handler async"),
                { name: "Runtime.CallbackHandlerDeprecated" },
            );
        }
        handler = exported as Handler;
    } catch (error) {
        send({ kind: "initFailed", error: describe(error) });
        return;
    }
    parentPort?.on("message", (message: InvocationMessage) => {
        void run(handler, message);
    });
    send({ kind: "ready" });
}

async function run(handler: Handler, message: InvocationMessage): Promise<void> {
    requestId = message.requestId;
    const reprieve = dieAfter(message.dieAfterAwaits);
    try {
        const result = await handler(JSON.parse(message.event), contextOf(message));
        send({ kind: "answer", payload: JSON.stringify(result) ?? "null" });
    } catch (error) {
        const description = describe(error);
        log("ERROR", [{ ...description, stackTrace: description.trace, trace: undefined }]);
        send({ kind: "failed", error: description });
    } finally {
        reprieve();
    }
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf(message: InvocationMessage): object {
    return {
        awsRequestId: message.requestId,
        functionName: data.functionName,
        functionVersion: "$LATEST",
        invokedFunctionArn: data.functionArn,
        memoryLimitInMB: String(data.memoryMegabytes),
        logGroupName: data.logGroupName,
        logStreamName: "local",
        callbackWaitsForEmptyEventLoop: true,
        getRemainingTimeInMillis: () => Math.max(0, message.deadline - Date.now()),
    };
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html */
function redirectConsole(): void {
    const levels = {
        trace: "TRACE",
        debug: "DEBUG",
        log: "INFO",
        info: "INFO",
        warn: "WARN",
        error: "ERROR",
    } as const;
    for (const [method, level] of Object.entries(levels)) {
        Object.assign(console, { [method]: (...values: unknown[]) => log(level, values) });
    }
}

function log(level: string, values: readonly unknown[]): void {
    const timestamp = new Date().toISOString();
    const text = formatWithOptions({ colors: false }, ...values);
    if (data.logFormat !== "JSON") {
        send({ kind: "log", line: `${timestamp}\t${requestId}\t${level}\t${text}` });
        return;
    }
    const [only] = values;
    const isObject = values.length === 1 && typeof only === "object" && only !== null;
    const message = isObject && !(only instanceof Error) ? only : text;
    const thrown = values.find((value) => value instanceof Error);
    const failure = thrown === undefined ? {} : describe(thrown);
    send({
        kind: "log",
        line: JSON.stringify({ timestamp, level, requestId, message, ...failure }),
    });
}

function describe(error: unknown): FunctionError {
    if (error instanceof Error) {
        const trace = (error.stack ?? "").split("\n");
        return { errorType: error.name, errorMessage: error.message, trace };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function send(message: WorkerMessage): void {
    parentPort?.postMessage(message);
}
