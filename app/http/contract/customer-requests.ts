import type { RequestPaths, Schema, Schemas } from "./document";
import * as shared from "./parameters";

export const emailSchema: Schema = {
    type: "string",
    minLength: 3,
    maxLength: 300,
    description: "At most 254 characters; spaces around it are dropped.",
    example: "ada@example.com",
};
export const nameSchema: Schema = { type: "string", minLength: 1, maxLength: 100, pattern: "\\S" };

export const customerRequestSchemas: Schemas = {
    NewCustomer: {
        type: "object",
        additionalProperties: false,
        required: ["email", "first_name", "last_name"],
        properties: { email: emailSchema, first_name: nameSchema, last_name: nameSchema },
    },
};

export const customerRequestPaths: RequestPaths = {
    "/customers": {
        post: {
            operationId: "createCustomer",
            parameters: [shared.idempotencyKeyParameter],
            body: "NewCustomer",
        },
    },
    "/customers/{customer_id}": {
        get: {
            operationId: "getCustomer",
            parameters: [shared.idParameter("customer_id", "The customer.")],
        },
    },
};
