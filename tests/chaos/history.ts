/** What a client asks for, as far as a checker needs to know it. */
export type Action =
    | { readonly kind: "createProduct"; readonly units: number }
    | { readonly kind: "updateProduct"; readonly productId: string }
    | { readonly kind: "readProduct"; readonly productId: string }
    | { readonly kind: "receiveStock"; readonly productId: string; readonly units: number }
    | { readonly kind: "readStock"; readonly productId: string }
    | { readonly kind: "createCustomer" }
    | { readonly kind: "readCustomer"; readonly customerId: string }
    | {
          readonly kind: "placeOrder";
          readonly customerId: string;
          readonly lines: readonly { readonly productId: string; readonly quantity: number }[];
      }
    | { readonly kind: "readOrder"; readonly orderId: string }
    | { readonly kind: "cancelOrder"; readonly orderId: string };

export type ActionKind = Action["kind"];

/** A request that is about to be sent. */
export interface Invocation {
    /** The client; it waits for an answer before it asks again. */
    readonly process: number;
    /** The name of the cell that is asked. */
    readonly cell: string;
    /** The `Idempotency-Key`. */
    readonly key?: string;
    readonly action: Action;
}

/** What is kept of an answer. */
export interface Answer {
    readonly status: number;
    /** A problem's code; undefined where the answer is no problem document. */
    readonly code?: string;
    /** What a problem says of itself. */
    readonly isRetryable?: boolean;
    /** The id of the product, customer, order or movement. */
    readonly resourceId?: string;
    readonly version?: number;
    /** Of an order. */
    readonly orderStatus?: string;
    /** Of an order: what never changes about it, as text. */
    readonly fingerprint?: string;
    /** Whether it says that an earlier request has done this. */
    readonly isReplay?: boolean;
    /** The cell that says it answered; another one where the edge failed over. */
    readonly servedBy?: string;
    /** Whether a cache gave it. */
    readonly isCached?: boolean;
}

/**
 * `ok`: it was done. `failed`: it was not done and will not be. `unknown`: no answer, or one that
 * leaves open whether it was, is or will be done.
 */
export type Outcome = "ok" | "failed" | "unknown";

/** A request and what came of it. */
export interface Operation extends Invocation {
    readonly number: number;
    readonly invokedAtMilliseconds: number;
    /** Undefined while it is running; its outcome is unknown for as long. */
    readonly endedAtMilliseconds?: number;
    readonly outcome: Outcome;
    readonly answer?: Answer;
    /** Why there is no answer. */
    readonly failure?: string;
}

/** Everything that all clients did. */
export interface History {
    /**
     * @returns what to call with the answer, or with the reason why there is none
     * @throws Error when the history is full
     */
    begin(invocation: Invocation): (end: Answer | { readonly failure: string }) => Operation;
    /** In the order in which they were begun. */
    operations(): readonly Operation[];
    /** One JSON document a line, in the order of time: each operation when it begins and ends. */
    lines(): readonly string[];
}

export interface HistoryOptions {
    /** How many operations it holds; default 200,000, which is some 100 MB. */
    readonly capacity?: number;
    readonly now?: () => number;
}

/** Makes an empty history. */
export function createHistory({
    capacity = 200_000,
    now = Date.now,
}: HistoryOptions = {}): History {
    const operations: Operation[] = [];
    return {
        begin(invocation) {
            if (operations.length >= capacity) {
                throw new Error(
                    `The history is full: it holds ${capacity} operations. Let it run shorter or slower.`,
                );
            }
            const number = operations.length;
            const invokedAtMilliseconds = now();
            operations.push({ ...invocation, number, invokedAtMilliseconds, outcome: "unknown" });
            return (end) => {
                const answer = "failure" in end ? { failure: end.failure } : { answer: end };
                const ended: Operation = {
                    ...invocation,
                    number,
                    invokedAtMilliseconds,
                    endedAtMilliseconds: now(),
                    outcome: "failure" in end ? "unknown" : outcomeOf(end),
                    ...answer,
                };
                operations[number] = ended;
                return ended;
            };
        },
        operations: () => operations,
        lines: () => linesOf(operations),
    };
}

/**
 * A refusal (4xx) says that nothing was done. An error of the server leaves it open, whatever it
 * says: it may have been raised after the commit, and a request whose answer was lost may still run.
 */
export function outcomeOf({ status }: Answer): Outcome {
    if (status >= 200 && status < 400) {
        return "ok";
    }
    return status >= 400 && status < 500 ? "failed" : "unknown";
}

function linesOf(operations: readonly Operation[]): readonly string[] {
    const events = operations.flatMap((operation) => {
        const { invokedAtMilliseconds, endedAtMilliseconds, outcome, answer, failure, ...rest } =
            operation;
        const invoked = { at: invokedAtMilliseconds, type: "invoked", ...rest };
        if (endedAtMilliseconds === undefined) {
            return [invoked];
        }
        const { number, process } = rest;
        return [
            invoked,
            { at: endedAtMilliseconds, type: outcome, number, process, answer, failure },
        ];
    });
    return events.sort((a, b) => a.at - b.at).map((event) => JSON.stringify(event));
}
