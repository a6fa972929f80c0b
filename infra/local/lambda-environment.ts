import * as path from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { type KillOrder, killedExitCode } from "./kill-order";
import type {
    BootstrapData,
    FunctionError,
    InvocationMessage,
    WorkerMessage,
} from "./lambda-bootstrap";

export interface EnvironmentOptions extends BootstrapData {
    readonly variables: Readonly<Record<string, string>>;
    readonly timeoutSeconds: number;
    readonly writeLog: (line: string) => void;
}

export type EnvironmentAnswer =
    | { readonly kind: "ok"; readonly payload: string }
    | { readonly kind: "error"; readonly error: FunctionError };

/** What an invocation fails with that was killed on order. */
export const killedError: FunctionError = runtimeError(
    "Runtime.ExitError",
    "Runtime exited with error: signal: killed",
);

/** One execution environment: it runs one invocation at a time. */
export interface ExecutionEnvironment {
    /** @param kill when it is to die during this invocation; left out: never */
    invoke(requestId: string, event: string, kill?: KillOrder): Promise<EnvironmentAnswer>;
    /** False once it has crashed or timed out; it must not be used again. */
    isUsable(): boolean;
    terminate(): Promise<void>;
}

// Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
const initTimeoutMilliseconds = 10_000;
// Lambda's memory is the whole process's; V8's old generation is most, not all, of it.
const oldGenerationShare = 0.8;

let bootstrap: Promise<string> | undefined;

/**
 * Starts a worker thread that loads the function's code, as Lambda's runtime does. A failing
 * start is told by the first invocation.
 */
export async function startEnvironment(options: EnvironmentOptions): Promise<ExecutionEnvironment> {
    const worker = await createWorker(options);
    const runtime = connectRuntime(worker, options.writeLog);
    const initTimer = setTimeout(
        () =>
            runtime.lose(
                runtimeError("Sandbox.Timedout", "The function's start took over 10 seconds."),
            ),
        initTimeoutMilliseconds,
    );
    void runtime.ready.then(() => clearTimeout(initTimer));
    return {
        async invoke(requestId, event, kill) {
            await runtime.ready;
            const stroke = scheduleKill(kill, () => runtime.lose(killedError));
            const milliseconds = options.timeoutSeconds * 1000;
            const deadline = Date.now() + milliseconds;
            const timer = setTimeout(
                () => runtime.lose(timeoutOf(options.timeoutSeconds)),
                milliseconds,
            );
            const dieAfterAwaits =
                kill !== undefined && "afterAwaits" in kill ? kill.afterAwaits : undefined;
            const answer = await runtime.send({ requestId, event, deadline, dieAfterAwaits });
            clearTimeout(timer);
            clearTimeout(stroke);
            return answer;
        },
        isUsable: () => !runtime.isLost(),
        async terminate() {
            clearTimeout(initTimer);
            runtime.lose(runtimeError("Runtime.ExitError", "The environment was given up."));
            await worker.terminate();
        },
    };
}

function scheduleKill(kill: KillOrder | undefined, strike: () => void): NodeJS.Timeout | undefined {
    return kill !== undefined && "afterMilliseconds" in kill
        ? setTimeout(strike, kill.afterMilliseconds)
        : undefined;
}

/** The function's runtime at the other end of a worker. */
interface Runtime {
    /** Resolves when the code has been loaded, or never will be. */
    readonly ready: Promise<void>;
    isLost(): boolean;
    /** Ends the worker; whoever waits for an answer gets the error. */
    lose(error: FunctionError): void;
    send(message: InvocationMessage): Promise<EnvironmentAnswer>;
}

function connectRuntime(worker: Worker, writeLog: (line: string) => void): Runtime {
    let loss: FunctionError | undefined;
    let settle: (answer: EnvironmentAnswer) => void = () => undefined;
    let whenReady: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
        whenReady = resolve;
    });
    const lose = (error: FunctionError): void => {
        loss ??= error;
        whenReady();
        settle({ kind: "error", error: loss });
        void worker.terminate();
    };
    worker.on("message", (message: WorkerMessage) => {
        switch (message.kind) {
            case "ready":
                return whenReady();
            case "initFailed":
                return lose(message.error);
            case "log":
                return writeLog(message.line);
            case "answer":
                return settle({ kind: "ok", payload: message.payload });
            case "failed":
                return settle({ kind: "error", error: message.error });
        }
    });
    worker.on("error", (error) => lose(crashOf(error)));
    worker.on("exit", (code) =>
        lose(
            code === killedExitCode
                ? killedError
                : runtimeError("Runtime.ExitError", `Runtime exited with exit status ${code}`),
        ),
    );
    return {
        ready,
        isLost: () => loss !== undefined,
        lose,
        send: (message) =>
            new Promise((resolve) => {
                settle = resolve;
                if (loss === undefined) {
                    worker.postMessage(message);
                } else {
                    resolve({ kind: "error", error: loss });
                }
            }),
    };
}

async function createWorker(options: EnvironmentOptions): Promise<Worker> {
    bootstrap ??= compileBootstrap();
    const { variables, timeoutSeconds: _, writeLog, ...data } = options;
    const worker = new Worker(await bootstrap, {
        eval: true,
        workerData: data satisfies BootstrapData,
        env: { ...variables },
        // The parent's loaders are no part of the function.
        execArgv: [],
        resourceLimits: {
            maxOldGenerationSizeMb: Math.floor(options.memoryMegabytes * oldGenerationShare),
        },
        stdout: true,
        stderr: true,
    });
    for (const output of [worker.stdout, worker.stderr]) {
        createInterface({ input: output }).on("line", writeLog);
    }
    return worker;
}

async function compileBootstrap(): Promise<string> {
    const { outputFiles } = await build({
        entryPoints: [path.join(__dirname, "lambda-bootstrap.ts")],
        bundle: true,
        write: false,
        platform: "node",
        format: "cjs",
        target: "node20",
        logLevel: "silent",
    });
    return outputFiles.map(({ text }) => text).join("\n");
}

function crashOf(error: Error): FunctionError {
    if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY") {
        return runtimeError("Runtime.OutOfMemory", "Runtime exited with error: signal: killed");
    }
    const trace = (error.stack ?? "").split("\n");
    return { errorType: error.name, errorMessage: error.message, trace };
}

function timeoutOf(seconds: number): FunctionError {
    return runtimeError("Sandbox.Timedout", `Task timed out after ${seconds.toFixed(2)} seconds`);
}

function runtimeError(errorType: string, errorMessage: string): FunctionError {
    return { errorType, errorMessage, trace: [] };
}
