import { setTimeout as wait } from "node:timers/promises";
import { type Fault, fault, isFault } from "../fault";
import { type SqlFailure, sqlFailure } from "./sqlstate";

/** How long to keep trying, and the outside world, which tests replace. */
export interface RetryOptions {
    /** Time from the first attempt within which another one may start; 5,000 by default. */
    readonly budgetMilliseconds?: number;
    /** Attempts altogether; 40 by default. */
    readonly maxAttempts?: number;
    /** Milliseconds of a clock that never goes back. */
    readonly clock?: () => number;
    /** At least 0, below 1. */
    readonly random?: () => number;
    readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Time from the first attempt within which another one may start. */
export const defaultBudgetMilliseconds = 5_000;
const baseMilliseconds = 10;
const capMilliseconds = 500;

/**
 * The one retry loop. Repeats an attempt that lost a conflict, was refused a connection or lost it,
 * with full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/):
 * a random pause of at most 10 ms, doubled each time up to 500 ms. Whoever passes an attempt
 * promises that it is safe to repeat after an unknown outcome.
 * @throws fault conflict, overloaded or database_unavailable, with the last error as its cause, when
 * the budget or the attempts are spent; any other error, and every fault, as it came
 */
export async function retryConflicts<Result>(
    attempt: () => Promise<Result>,
    options: RetryOptions = {},
): Promise<Result> {
    const { budgetMilliseconds = defaultBudgetMilliseconds, maxAttempts = 40 } = options;
    const { clock = () => performance.now(), random = Math.random, sleep = wait } = options;
    const start = clock();
    for (let attempts = 1; ; attempts++) {
        try {
            return await attempt();
        } catch (error) {
            const giveUp = isFault(error) ? undefined : faultOf(sqlFailure(error));
            if (giveUp === undefined) {
                throw error;
            }
            const ceiling = Math.min(capMilliseconds, baseMilliseconds * 2 ** (attempts - 1));
            const pause = random() * ceiling;
            if (attempts >= maxAttempts || clock() - start + pause >= budgetMilliseconds) {
                throw giveUp(error);
            }
            await sleep(pause);
        }
    }
}

/**
 * The error for an attempt that found the rows changed since it read them: `retryConflicts` treats
 * it as the conflict (40001) that the database would have reported, had it seen the reads.
 */
export function staleRead(message: string, cause: unknown): Error {
    return Object.assign(new Error(message, { cause }), { code: "40001" });
}

function faultOf(failure: SqlFailure | undefined): ((cause: unknown) => Fault) | undefined {
    switch (failure) {
        case "conflict":
            return (cause) =>
                fault("conflict", "Others are changing the same thing. Repeat the request.", {
                    cause,
                });
        case "connection_limit":
            return (cause) =>
                fault("overloaded", "The cell is overloaded. Repeat the request shortly.", {
                    cause,
                });
        case "lost_connection":
            return (cause) =>
                fault(
                    "database_unavailable",
                    "The cell's database cannot be reached. Repeat the request shortly.",
                    { cause },
                );
        case "access_denied":
            return (cause) =>
                fault(
                    "database_unavailable",
                    "The cell's database does not let this function in. If it was deployed a " +
                        "moment ago, repeat the request shortly.",
                    { cause },
                );
        default:
            return undefined;
    }
}
