import { type FaultCode, type FaultDetail, fault, isFault } from "../fault";
import type { Reply } from "./operation";

/** What a fault code means over HTTP. */
export interface ProblemKind {
    readonly status: number;
    readonly title: string;
    /** Whether the same request, unchanged, may succeed when it is sent again. */
    readonly retryable: boolean;
    /** How long a client should wait before it does. */
    readonly retryAfterSeconds?: number;
}

/**
 * The one table of how faults are answered. 400 is for requests that are wrong in themselves, 422
 * for those that are wrong because of what they refer to, 409 for those that the present state
 * refuses.
 */
export const problemKinds: Readonly<Record<FaultCode, ProblemKind>> = {
    malformed_json: kind(400, "The body is not JSON"),
    invalid_request: kind(400, "The request is not valid"),
    invalid_cursor: kind(400, "The cursor is not valid"),
    forbidden: kind(403, "The caller may not do this"),
    route_not_found: kind(404, "There is no such route"),
    method_not_allowed: kind(405, "The route does not have this method"),
    not_found: kind(404, "There is no such resource"),
    body_too_large: kind(413, "The body is too large"),
    unsupported_media_type: kind(415, "The body has another type than JSON"),
    precondition_required: kind(428, "The request needs a precondition"),
    precondition_failed: kind(412, "The resource has changed"),
    email_taken: kind(409, "The email address is taken"),
    out_of_stock: kind(409, "Out of stock"),
    stock_in_transit: retryable(409, "The stock is in another cell", 2),
    stock_below_zero: kind(409, "Stock cannot go below zero"),
    order_not_cancellable: kind(409, "The order cannot be cancelled"),
    unknown_customer: kind(422, "There is no such customer"),
    unknown_product: kind(422, "There is no such product"),
    mixed_currencies: kind(422, "The products have different currencies"),
    idempotency_key_reused: kind(422, "The idempotency key was used for another request"),
    request_in_progress: retryable(409, "The first request with this key is still running", 1),
    conflict: retryable(409, "The request met with a concurrent change"),
    throttled: retryable(429, "Too many requests", 1),
    overloaded: retryable(503, "Too busy", 1),
    database_unavailable: retryable(503, "The database cannot be reached", 2),
    cell_unreachable: retryable(503, "Another cell cannot be reached", 2),
    internal: kind(500, "Something went wrong here"),
};

/** The stable URI of a code, the `type` of its problem documents. */
export function problemType(code: FaultCode): string {
    return `urn:shop:problem:${code}`;
}

/** The code an error is answered with: its own, or `internal` for anything that is no fault. */
export function codeOf(error: unknown): FaultCode {
    return isFault(error) ? error.code : "internal";
}

/** What a problem document says about one failed request. */
export interface Problem {
    readonly code: FaultCode;
    readonly detail: string;
    readonly requestId: string;
    readonly errors: readonly FaultDetail[];
    /** Members of this code alone, for example the products that are short. */
    readonly members?: Readonly<Record<string, unknown>>;
}

/** Writes a problem document (RFC 9457, with the members `code`, `retryable` and `errors`). */
export function problemDocument(problem: Problem): Readonly<Record<string, unknown>> {
    const { title, status, retryable } = problemKinds[problem.code];
    return {
        ...problem.members,
        type: problemType(problem.code),
        title,
        status,
        detail: problem.detail,
        code: problem.code,
        request_id: problem.requestId,
        retryable,
        errors: problem.errors,
    };
}

/**
 * Answers an error as a problem document. Of an error that is not a fault nothing is told but the
 * request id, under which its cause is in the log.
 */
export function problemReply(error: unknown, requestId: string): Reply {
    const known = isFault(error)
        ? error
        : fault("internal", "The request failed. If it persists, report its request_id.");
    const { status, retryAfterSeconds } = problemKinds[known.code];
    const { code, message: detail, errors = [], members = {} } = known;
    return {
        status,
        headers: {
            ...(retryAfterSeconds === undefined ? {} : { "Retry-After": `${retryAfterSeconds}` }),
            ...known.headers,
            "Content-Type": "application/problem+json",
        },
        body: problemDocument({ code, detail, requestId, errors, members }),
    };
}

function kind(status: number, title: string): ProblemKind {
    return { status, title, retryable: false };
}

function retryable(status: number, title: string, retryAfterSeconds?: number): ProblemKind {
    return {
        status,
        title,
        retryable: true,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
}
