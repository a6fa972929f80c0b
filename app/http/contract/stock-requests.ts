import type { RequestPaths, Schemas } from "./document";
import * as shared from "./parameters";

const productId = shared.idParameter("product_id", "The product.");

export const stockRequestSchemas: Schemas = {
    NewStockMovement: {
        type: "object",
        additionalProperties: false,
        required: ["quantity", "reason"],
        properties: {
            quantity: {
                type: "integer",
                minimum: -1_000_000_000,
                maximum: 1_000_000_000,
                description: "Units to add, or to take away when negative. Never 0.",
            },
            reason: {
                type: "string",
                enum: ["receipt", "correction"],
                description: "A receipt only adds; a correction adds or takes away.",
            },
            shards: {
                type: "integer",
                minimum: 1,
                maximum: 50,
                description:
                    "Spreads the product's units over this many pools, so that as many orders " +
                    "of it can be taken at once.",
            },
        },
    },
};

export const stockRequestPaths: RequestPaths = {
    "/products/{product_id}/stock": {
        get: { operationId: "getStock", parameters: [productId] },
        post: {
            operationId: "changeStock",
            parameters: [productId, shared.idempotencyKeyParameter],
            body: "NewStockMovement",
        },
    },
};
