import { randomUUID } from "node:crypto";
import type { Sentence } from "./chaos/kills";
import {
    type EnvironmentAnswer,
    type ExecutionEnvironment,
    killedError,
} from "./lambda-environment";
import { createTurns } from "./lambda-turns";

export interface PoolOptions {
    start: () => Promise<ExecutionEnvironment>;
    maxEnvironments: number;
    /** How many invocations wait for an environment before more are throttled. */
    maxWaiting: number;
    /** An environment that has been idle for so long is given up. */
    idleMilliseconds: number;
    /** Asked for each invocation whether it is to die; left out: none is. */
    drawKill?: () => Sentence | undefined;
    onReport: (report: InvocationReport) => void;
}

/** What Lambda's REPORT line says. */
export interface InvocationReport {
    readonly requestId: string;
    readonly milliseconds: number;
    readonly isColdStart: boolean;
    readonly status: "success" | "error";
    readonly message?: string;
}

export type PoolAnswer =
    | EnvironmentAnswer
    | { readonly kind: "throttled" }
    | { readonly kind: "timeout" };

/** The execution environments of one function. */
export interface FunctionPool {
    /** @param waitMilliseconds how long the caller waits; the function may run on after that */
    invoke(event: string, waitMilliseconds: number): Promise<PoolAnswer>;
    coldStarts(): number;
    /** Ends every environment, busy or not; the next invocation starts another one. */
    crash(): Promise<void>;
    stop(): Promise<void>;
}

/** Starts environments as they are needed and reuses the one that was used last. */
export function createFunctionPool(options: PoolOptions): FunctionPool {
    const turns = createTurns(options.maxEnvironments, options.maxWaiting);
    const environments = createEnvironments(options);

    const runInTurn = async (event: string, gaveUp: AbortSignal): Promise<PoolAnswer> => {
        if (!(await turns.take(gaveUp))) {
            return { kind: "timeout" };
        }
        try {
            return await run(event, environments, options);
        } finally {
            turns.pass();
        }
    };
    return {
        async invoke(event, waitMilliseconds) {
            if (environments.isStopped() || turns.isFull()) {
                return { kind: "throttled" };
            }
            const gaveUp = new AbortController();
            let timer: NodeJS.Timeout | undefined;
            const patience = new Promise<PoolAnswer>((resolve) => {
                timer = setTimeout(() => {
                    gaveUp.abort();
                    resolve({ kind: "timeout" });
                }, waitMilliseconds);
            });
            const answer = runInTurn(event, gaveUp.signal);
            return Promise.race([answer, patience]).finally(() => clearTimeout(timer));
        },
        coldStarts: () => environments.coldStarts(),
        crash: () => environments.crash(),
        stop: () => environments.stop(),
    };
}

async function run(
    event: string,
    environments: Environments,
    { onReport, drawKill }: PoolOptions,
): Promise<EnvironmentAnswer> {
    const requestId = randomUUID();
    const startedAt = performance.now();
    const { environment, isColdStart } = await environments.take();
    const sentence = drawKill?.();
    const answer = await environment.invoke(requestId, event, sentence?.order);
    if (answer.kind === "error" && answer.error === killedError) {
        sentence?.carriedOut();
    } else {
        sentence?.escaped();
    }
    environments.giveBack(environment);
    onReport({
        requestId,
        milliseconds: performance.now() - startedAt,
        isColdStart,
        ...(answer.kind === "ok"
            ? { status: "success" }
            : { status: "error", message: answer.error.errorMessage }),
    });
    return answer;
}

/** The environments of one function, busy and idle. */
interface Environments {
    /** An idle one, or a new one where there is none. */
    take(): Promise<{ environment: ExecutionEnvironment; isColdStart: boolean }>;
    giveBack(environment: ExecutionEnvironment): void;
    coldStarts(): number;
    isStopped(): boolean;
    crash(): Promise<void>;
    stop(): Promise<void>;
}

function createEnvironments(options: PoolOptions): Environments {
    const idle: { environment: ExecutionEnvironment; timer: NodeJS.Timeout }[] = [];
    const all = new Set<ExecutionEnvironment>();
    let coldStarts = 0;
    let isStopped = false;
    return {
        async take() {
            for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
                clearTimeout(last.timer);
                // It may have crashed while nobody used it.
                if (last.environment.isUsable()) {
                    return { environment: last.environment, isColdStart: false };
                }
                all.delete(last.environment);
            }
            coldStarts += 1;
            const environment = await options.start();
            all.add(environment);
            if (isStopped) {
                await environment.terminate();
            }
            return { environment, isColdStart: true };
        },
        giveBack(environment) {
            if (!environment.isUsable() || isStopped) {
                all.delete(environment);
                return;
            }
            const timer = setTimeout(() => {
                idle.splice(
                    idle.findIndex((entry) => entry.environment === environment),
                    1,
                );
                all.delete(environment);
                void environment.terminate();
            }, options.idleMilliseconds);
            timer.unref();
            idle.push({ environment, timer });
        },
        coldStarts: () => coldStarts,
        isStopped: () => isStopped,
        async crash() {
            await Promise.all([...all].map((environment) => environment.terminate()));
        },
        async stop() {
            isStopped = true;
            for (const { timer } of idle) {
                clearTimeout(timer);
            }
            await Promise.all([...all].map((environment) => environment.terminate()));
        },
    };
}
