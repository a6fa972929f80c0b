/**
 * Every way a request can fail that a client may branch on. `http/problem.ts` gives each its
 * status and title; nothing else maps codes to statuses.
 */
export type FaultCode =
    | "malformed_json"
    | "invalid_request"
    | "invalid_cursor"
    | "forbidden"
    | "route_not_found"
    | "method_not_allowed"
    | "not_found"
    | "body_too_large"
    | "unsupported_media_type"
    | "precondition_required"
    | "precondition_failed"
    | "email_taken"
    | "out_of_stock"
    | "stock_in_transit"
    | "stock_below_zero"
    | "order_not_cancellable"
    | "unknown_customer"
    | "unknown_product"
    | "mixed_currencies"
    | "idempotency_key_reused"
    | "request_in_progress"
    | "conflict"
    | "throttled"
    | "overloaded"
    | "database_unavailable"
    | "cell_unreachable"
    | "internal";

/** One thing that is wrong with a request: where (a JSON pointer, RFC 6901) and why. */
export interface FaultDetail {
    readonly pointer: string;
    readonly detail: string;
}

/** What a fault carries beside its code and message. */
export interface FaultContext {
    readonly errors?: readonly FaultDetail[];
    /** Members added to the problem document, for example the products that are short. */
    readonly members?: Readonly<Record<string, unknown>>;
    /** Response headers, for example `Allow` or `Retry-After`. */
    readonly headers?: Readonly<Record<string, string>>;
    /** The error that caused this one: logged, never sent. */
    cause?: unknown;
}

/** An error that the client may see: a code to branch on and a message with the next step. */
export interface Fault extends Error, FaultContext {
    readonly code: FaultCode;
}

/** Makes a fault; throw it. */
export function fault(code: FaultCode, message: string, context: FaultContext = {}): Fault {
    return Object.assign(new Error(message), { ...context, code, name: "Fault" });
}

/** Whether an error is a fault, as opposed to a bug or a driver's error. */
export function isFault(error: unknown): error is Fault {
    return error instanceof Error && error.name === "Fault" && "code" in error;
}
