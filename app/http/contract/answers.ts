import type { FaultCode } from "../../fault";
import { problemKinds } from "../problem";
import { type Header, type Response, type Schema, schemaOf } from "./document";

/** A JSON answer. */
export function jsonResponse(
    description: string,
    name: string,
    example: unknown,
    headers: Readonly<Record<string, Header>> = {},
): Response {
    return {
        description,
        headers: { ...everyHeader, ...headers },
        content: { "application/json": { schema: schemaOf(name), example } },
    };
}

/** An answer without a body. */
export function emptyResponse(
    description: string,
    headers: Readonly<Record<string, Header>> = {},
): Response {
    return { description, headers: { ...everyHeader, ...headers } };
}

/**
 * The problem answers of an operation, by status: those of the given codes, and those that every
 * operation has. They are written in full, because API Gateway does not follow references to
 * responses. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export function problems(...codes: readonly FaultCode[]): Record<string, Response> {
    const byStatus = new Map<number, FaultCode[]>();
    for (const code of [...codes, ...everyCode]) {
        const { status } = problemKinds[code];
        byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    }
    return Object.fromEntries([...byStatus].map(([status, group]) => [status, problem(group)]));
}

/** A time, always with milliseconds and in UTC. */
export const timeSchema: Schema = {
    type: "string",
    format: "date-time",
    example: "2026-11-22T09:30:00.000Z",
};

export const nextCursorSchema: Schema = {
    type: "string",
    nullable: true,
    description: "Pass it as `cursor` to read the next page; null on the last page.",
};

export const entityTagHeader = {
    ETag: textHeader('What you hold, as a strong tag: `"v1"`, or `"v1.20"` with 20 units left.'),
};

export const createdHeaders = {
    Location: textHeader("The path of what was created."),
    "Idempotent-Replayed": textHeader("`true` when an earlier request had created it."),
};

export const cachedHeaders = {
    "Cache-Control": textHeader("How long the edge may keep the answer."),
};

/** What every successful write answers with. */
export const writtenHeaders = {
    "Set-Cookie": textHeader(
        "`shop_wrote`, kept for 30 seconds: a client that sends it back reads its own write.",
    ),
};

/** The description of a header whose value is text. */
export function textHeader(description: string): Header {
    return { description, schema: { type: "string" } };
}

const everyCode: readonly FaultCode[] = [
    "invalid_request",
    "internal",
    "throttled",
    "overloaded",
    "database_unavailable",
];

const everyHeader: Readonly<Record<string, Header>> = {
    "x-request-id": textHeader("The id under which the request is in the logs."),
    "x-cell": textHeader("The cell that answered."),
};

function problem(codes: readonly FaultCode[]): Response {
    const waits = codes.some((code) => problemKinds[code].retryAfterSeconds !== undefined);
    const retryAfter = { "Retry-After": textHeader("How many seconds to wait.") };
    return {
        description: codes.map((code) => `\`${code}\`: ${problemKinds[code].title}`).join(". "),
        headers: { ...everyHeader, ...(waits ? retryAfter : {}) },
        content: { "application/problem+json": { schema: schemaOf("Problem") } },
    };
}
