import type { Parameter, Schema } from "./document";

/** A UUID of any version, in either case. */
export const idSchema: Schema = {
    type: "string",
    format: "uuid",
    pattern: "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
    example: "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01",
};

/** An amount of money in major units. */
export const amountSchema: Schema = {
    type: "number",
    minimum: 0,
    maximum: 9_999_999_999,
    description: "An amount with at most the digits of its currency: 299.90, not 299.905.",
    example: 299.9,
};

export const currencySchema: Schema = {
    type: "string",
    pattern: "^[A-Z]{3}$",
    description: "The ISO 4217 code of an active currency.",
    example: "USD",
};

export const limitParameter: Parameter = {
    name: "limit",
    in: "query",
    description: "How many to return.",
    schema: { type: "integer", minimum: 1, maximum: 100, default: 50 },
};

export const cursorParameter: Parameter = {
    name: "cursor",
    in: "query",
    description: "The `next_cursor` of the page before, read with the same filters.",
    schema: { type: "string", minLength: 1, maxLength: 512 },
};

export const idempotencyKeyParameter: Parameter = {
    name: "Idempotency-Key",
    in: "header",
    description:
        "Makes it safe to repeat the request: the same key with the same body gives the same " +
        "answer and creates nothing more. 1-255 visible ASCII characters.",
    schema: { type: "string", minLength: 1, maxLength: 255 },
};

export const ifMatchParameter: Parameter = {
    name: "If-Match",
    in: "header",
    description: "The `ETag` you have read, or `*`. Without it the answer is 428.",
    schema: { type: "string" },
};

export const ifNoneMatchParameter: Parameter = {
    name: "If-None-Match",
    in: "header",
    description: "An `ETag` you hold; the answer is 304 while it is still current.",
    schema: { type: "string" },
};

/** The id in a path. */
export function idParameter(name: string, description: string): Parameter {
    return { name, in: "path", required: true, description, schema: idSchema };
}
