import type { FaultCode } from "../../fault";
import { problemKinds } from "../problem";

/** The parts of JSON Schema that OpenAPI 3.0 and API Gateway's models (draft 4) share. */
export interface Schema {
    readonly $ref?: string;
    readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
    readonly description?: string;
    readonly example?: unknown;
    readonly default?: unknown;
    readonly nullable?: boolean;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly required?: readonly string[];
    readonly additionalProperties?: boolean;
    readonly minProperties?: number;
    readonly items?: Schema;
    readonly minItems?: number;
    readonly maxItems?: number;
    readonly format?: string;
    readonly pattern?: string;
    readonly minLength?: number;
    readonly maxLength?: number;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly enum?: readonly (string | number)[];
}

export interface Parameter {
    readonly name: string;
    readonly in: "path" | "query" | "header";
    readonly required?: boolean;
    readonly description: string;
    readonly schema: Schema;
}

export interface Header {
    readonly description: string;
    readonly schema: Schema;
}

export interface Media {
    readonly schema: Schema;
    readonly example?: unknown;
}

export interface Response {
    readonly description: string;
    readonly headers?: Readonly<Record<string, Header>>;
    readonly content?: Readonly<Record<string, Media>>;
}

/** The function of a cell that owns a path. */
export type FunctionName = "catalog" | "customers" | "orders" | "status";

export interface Operation {
    readonly operationId: string;
    readonly "x-shop-function": FunctionName;
    readonly tags: readonly string[];
    readonly summary: string;
    readonly description?: string;
    readonly parameters?: readonly Parameter[];
    readonly requestBody?: {
        readonly required: boolean;
        readonly content: Readonly<Record<string, Media>>;
    };
    readonly responses: Readonly<Record<string, Response>>;
}

export const methods = ["get", "post", "patch", "delete"] as const;

export type Method = (typeof methods)[number];

export type PathItem = Readonly<Partial<Record<Method, Operation>>>;

export type Paths = Readonly<Record<string, PathItem>>;

/** Refers to a schema of the document. */
export function schemaOf(name: string): Schema {
    return { $ref: `#/components/schemas/${name}` };
}

/** A JSON body that must be sent. */
export function jsonBody(name: string, example: unknown): NonNullable<Operation["requestBody"]> {
    return { required: true, content: { "application/json": { schema: schemaOf(name), example } } };
}

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
