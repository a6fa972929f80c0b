import { jsonBody, jsonResponse, type Paths, problems, type Schema } from "./document";
import * as shared from "./parameters";

const emailSchema: Schema = {
    type: "string",
    minLength: 3,
    maxLength: 300,
    description: "At most 254 characters; spaces around it are dropped.",
    example: "ada@example.com",
};
const nameSchema: Schema = { type: "string", minLength: 1, maxLength: 100, pattern: "\\S" };

export const customerSchemas: Readonly<Record<string, Schema>> = {
    NewCustomer: {
        type: "object",
        additionalProperties: false,
        required: ["email", "first_name", "last_name"],
        properties: { email: emailSchema, first_name: nameSchema, last_name: nameSchema },
    },
    Customer: {
        type: "object",
        additionalProperties: false,
        required: [
            "customer_id",
            "email",
            "first_name",
            "last_name",
            "version",
            "home",
            "created_at",
        ],
        properties: {
            customer_id: shared.idSchema,
            email: emailSchema,
            first_name: nameSchema,
            last_name: nameSchema,
            version: { type: "integer", minimum: 1 },
            home: { type: "integer", description: "The number of the cell that keeps the data." },
            created_at: shared.timeSchema,
        },
    },
};

const newCustomer = { email: "ada@example.com", first_name: "Ada", last_name: "Lovelace" };

const customer = {
    customer_id: "7c9e6679-7425-80de-944b-e07fc1f90a01",
    ...newCustomer,
    version: 1,
    home: 1,
    created_at: "2026-11-22T09:30:00.000Z",
};

const operation = { "x-shop-function": "customers", tags: ["customers"] } as const;

export const customerPaths: Paths = {
    "/customers": {
        post: {
            ...operation,
            operationId: "createCustomer",
            summary: "Create a customer",
            parameters: [shared.idempotencyKeyParameter],
            requestBody: jsonBody("NewCustomer", newCustomer),
            responses: {
                "201": jsonResponse("Created.", "Customer", customer, shared.createdHeaders),
                ...problems(
                    "malformed_json",
                    "email_taken",
                    "body_too_large",
                    "unsupported_media_type",
                    "idempotency_key_reused",
                    "request_in_progress",
                    "conflict",
                ),
            },
        },
    },
    "/customers/{customer_id}": {
        get: {
            ...operation,
            operationId: "getCustomer",
            summary: "Read a customer",
            parameters: [shared.idParameter("customer_id", "The customer.")],
            responses: {
                "200": jsonResponse("The customer.", "Customer", customer),
                ...problems("not_found"),
            },
        },
    },
};
