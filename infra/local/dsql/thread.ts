import * as path from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { bundleWorker } from "../worker-code";
import { connectCalls } from "./calls";
import type { FrontDoor, FrontDoorOptions } from "./front-door";
import type { OwnerProcedures, ThreadProcedures } from "./thread-service";

export interface ThreadSettings {
    /** What the thread runs: serves a front door. */
    readonly entryFile: string;
    /** How long closing may take before the thread is ended. */
    readonly closeMilliseconds: number;
    /** Told once, when the thread ends unexpectedly; connections of clients have ended with it. */
    readonly onLoss: (reason: Error) => void;
}

const defaultSettings: ThreadSettings = {
    entryFile: path.join(__dirname, "thread-host.ts"),
    closeMilliseconds: 5_000,
    onLoss: () => undefined,
};

/**
 * Opens the front door in a thread of its own, where it neither slows the rest down nor is slowed
 * down. When the thread ends unexpectedly, `log` is told, and every call fails with the code
 * `ERR_FRONT_DOOR_LOST`; after `close`, with `ERR_FRONT_DOOR_CLOSED`.
 * @throws Error as `startFrontDoor` does, with its code, such as EADDRINUSE
 */
export async function startFrontDoorThread(
    { authorize, log, ...options }: FrontDoorOptions,
    settings: Partial<ThreadSettings> = {},
): Promise<FrontDoor> {
    const { entryFile, closeMilliseconds, onLoss } = { ...defaultSettings, ...settings };
    const worker = createWorker(await bundleWorker(entryFile), log);
    const { call, fail } = connectCalls<ThreadProcedures>(worker, {
        authorize,
        log,
    } satisfies OwnerProcedures);
    let closing: Promise<void> | undefined;
    let isLost = false;
    const lose = (reason: string, trace = reason): void => {
        const loss = lossOf(reason);
        fail(loss);
        if (!isLost && closing === undefined) {
            log(`The front door's thread is lost: ${trace}`);
            onLoss(loss);
        }
        isLost = true;
    };
    worker.on("error", ({ message, stack }: Error) => lose(message, stack));
    worker.on("messageerror", ({ message, stack }: Error) => lose(message, stack));
    worker.on("exit", (code) => lose(`it ended with exit code ${code}`));

    const close = async (): Promise<void> => {
        const closed = call("close").catch(() => undefined);
        await withTimeout(closed, closeMilliseconds);
        fail(closedError());
        await worker.terminate();
    };
    try {
        const opened = await call("start", options);
        return {
            ...opened,
            addCluster: (cluster) => call("addCluster", cluster),
            removeCluster: (identifier) => call("removeCluster", identifier),
            setFaults: (identifier, plan) => call("setFaults", identifier, plan),
            setLatency: (identifier, latency) => call("setLatency", identifier, latency),
            statistics: () => call("statistics"),
            close() {
                closing ??= close();
                return closing;
            },
        };
    } catch (error) {
        closing = Promise.resolve();
        await worker.terminate();
        throw error;
    }
}

function createWorker(code: string, log: (line: string) => void): Worker {
    const worker = new Worker(code, {
        eval: true,
        // Variables such as PGHOST must not decide where it connects to.
        env: {},
        // The parent's loaders are no part of it.
        execArgv: [],
        stdout: true,
        stderr: true,
    });
    for (const output of [worker.stdout, worker.stderr]) {
        createInterface({ input: output }).on("line", log);
    }
    return worker;
}

function lossOf(reason: string): Error {
    const message = `The front door's thread is lost: ${reason.replace(/\.$/, "")}. Start it again.`;
    return Object.assign(new Error(message), { code: "ERR_FRONT_DOOR_LOST" });
}

function closedError(): Error {
    const message = "The front door is closed; start another one.";
    return Object.assign(new Error(message), { code: "ERR_FRONT_DOOR_CLOSED" });
}

async function withTimeout(work: Promise<unknown>, milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
