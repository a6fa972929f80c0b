import { randomUUID } from "node:crypto";
import type { EnvironmentAnswer, ExecutionEnvironment } from "./lambda-environment";

export interface PoolOptions {
    start: () => Promise<ExecutionEnvironment>;
    maxEnvironments: number;
    /** How many invocations wait for an environment before more are throttled. */
    maxWaiting: number;
    /** An environment that has been idle for so long is given up. */
    idleMilliseconds: number;
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
    stop(): Promise<void>;
}

interface Idle {
    readonly environment: ExecutionEnvironment;
    readonly timer: NodeJS.Timeout;
}

/** Starts environments as they are needed and reuses the one that was used last. */
export function createFunctionPool(options: PoolOptions): FunctionPool {
    const idle: Idle[] = [];
    const waiting: Array<() => void> = [];
    const all = new Set<ExecutionEnvironment>();
    let active = 0;
    let coldStarts = 0;
    let isStopped = false;

    return {
        async invoke(event, waitMilliseconds) {
            if (isStopped || options.maxEnvironments === 0) {
                return { kind: "throttled" };
            }
            if (active >= options.maxEnvironments && waiting.length >= options.maxWaiting) {
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
        coldStarts: () => coldStarts,
        async stop() {
            isStopped = true;
            for (const { timer } of idle) {
                clearTimeout(timer);
            }
            await Promise.all([...all].map((environment) => environment.terminate()));
        },
    };

    async function runInTurn(event: string, gaveUp: AbortSignal): Promise<PoolAnswer> {
        if (active >= options.maxEnvironments) {
            await waitForTurn(gaveUp);
            if (gaveUp.aborted) {
                return { kind: "timeout" };
            }
        } else {
            active += 1;
        }
        try {
            return await run(event);
        } finally {
            // The turn passes on without `active` changing, so nobody can slip in between.
            const next = waiting.shift();
            if (next === undefined) {
                active -= 1;
            } else {
                next();
            }
        }
    }

    async function waitForTurn(gaveUp: AbortSignal): Promise<void> {
        await new Promise<void>((resolve) => {
            waiting.push(resolve);
            gaveUp.addEventListener("abort", () => {
                const index = waiting.indexOf(resolve);
                if (index >= 0) {
                    waiting.splice(index, 1);
                    resolve();
                }
            });
        });
    }

    async function run(event: string): Promise<EnvironmentAnswer> {
        const requestId = randomUUID();
        const warm = takeIdle();
        const startedAt = performance.now();
        const environment = warm ?? (await startOne());
        const answer = await environment.invoke(requestId, event);
        options.onReport({
            requestId,
            milliseconds: performance.now() - startedAt,
            isColdStart: warm === undefined,
            ...(answer.kind === "ok"
                ? { status: "success" }
                : { status: "error", message: answer.error.errorMessage }),
        });
        if (environment.isUsable() && !isStopped) {
            rest(environment);
        } else {
            all.delete(environment);
        }
        return answer;
    }

    /** One may have crashed while it was idle. */
    function takeIdle(): ExecutionEnvironment | undefined {
        for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
            clearTimeout(last.timer);
            if (last.environment.isUsable()) {
                return last.environment;
            }
            all.delete(last.environment);
        }
        return undefined;
    }

    async function startOne(): Promise<ExecutionEnvironment> {
        coldStarts += 1;
        const environment = await options.start();
        all.add(environment);
        if (isStopped) {
            await environment.terminate();
        }
        return environment;
    }

    function rest(environment: ExecutionEnvironment): void {
        const timer = setTimeout(() => {
            const index = idle.findIndex((entry) => entry.environment === environment);
            idle.splice(index, 1);
            all.delete(environment);
            void environment.terminate();
        }, options.idleMilliseconds);
        timer.unref();
        idle.push({ environment, timer });
    }
}
