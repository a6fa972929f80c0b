import { createHook, executionAsyncResource } from "node:async_hooks";

/** When an invocation is to die. */
export type KillOrder =
    /** Counted in the worker, so that it does not depend on how fast the computer is. */
    { readonly afterAwaits: number } | { readonly afterMilliseconds: number };

/** How a worker ends that was told to. */
export const killedExitCode = 137;

/**
 * Ends the worker before the next event of a socket or a timer, once so many have passed. Between
 * two of them nothing reaches the function from outside, so it can die at each of its waits.
 * @returns lets it live after all
 */
export function dieAfter(awaits: number | undefined): () => void {
    if (awaits === undefined) {
        return () => undefined;
    }
    let left = awaits;
    const hook = createHook({
        before() {
            if (!isOutsideEvent(executionAsyncResource())) {
                return;
            }
            if (left === 0) {
                process.exit(killedExitCode);
            }
            left -= 1;
        },
    });
    hook.enable();
    return () => hook.disable();
}

/** Promises, ticks and immediates are steps of the function itself. */
function isOutsideEvent(resource: object): boolean {
    const name = resource.constructor?.name;
    return (
        !(resource instanceof Promise) &&
        !["Object", "TickObject", "Immediate", "MessagePort"].includes(name)
    );
}
