import { createdHeaders, jsonResponse, problems, timeSchema } from "./answers";
import { customerRequestSchemas, emailSchema, nameSchema } from "./customer-requests";
import type { Descriptions, Schemas } from "./document";
import * as shared from "./parameters";

export const customerSchemas: Schemas = {
    ...customerRequestSchemas,
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
            created_at: timeSchema,
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

export const customerDescriptions: Descriptions = {
    createCustomer: {
        ...operation,
        summary: "Create a customer",
        example: newCustomer,
        responses: {
            "201": jsonResponse("Created.", "Customer", customer, createdHeaders),
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
    getCustomer: {
        ...operation,
        summary: "Read a customer",
        responses: {
            "200": jsonResponse("The customer.", "Customer", customer),
            ...problems("cell_unreachable", "not_found"),
        },
    },
};
