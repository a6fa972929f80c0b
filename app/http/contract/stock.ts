import { jsonBody, jsonResponse, type Paths, problems, type Schema } from "./document";
import * as shared from "./parameters";

const cellStockSchema: Schema = {
    type: "object",
    required: ["cell", "available"],
    properties: {
        cell: { type: "string", description: "The name of the cell." },
        available: { type: "integer", description: "Units it can sell now." },
        shards: { type: "integer", description: "How many pools the units are spread over." },
    },
};

const stockProperties: Readonly<Record<string, Schema>> = {
    product_id: shared.idSchema,
    cells: { type: "array", items: cellStockSchema },
    available: { type: "integer", description: "Units that the cells above can sell together." },
};

export const stockSchemas: Readonly<Record<string, Schema>> = {
    Stock: {
        type: "object",
        additionalProperties: false,
        required: ["product_id", "cells", "available"],
        properties: stockProperties,
    },
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
    StockMovement: {
        type: "object",
        additionalProperties: false,
        required: ["movement_id", "product_id", "cells", "available"],
        properties: { movement_id: shared.idSchema, ...stockProperties },
    },
};

const stock = {
    product_id: "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01",
    cells: [{ cell: "us", available: 140, shards: 1 }],
    available: 140,
};

const operation = { "x-shop-function": "catalog", tags: ["stock"] } as const;
const productId = shared.idParameter("product_id", "The product.");

export const stockPaths: Paths = {
    "/products/{product_id}/stock": {
        get: {
            ...operation,
            operationId: "getStock",
            summary: "Read what each cell can sell",
            parameters: [productId],
            responses: {
                "200": jsonResponse("The stock.", "Stock", stock),
                ...problems("not_found"),
            },
        },
        post: {
            ...operation,
            operationId: "changeStock",
            summary: "Record a receipt or a correction",
            parameters: [productId, shared.idempotencyKeyParameter],
            requestBody: jsonBody("NewStockMovement", { quantity: 40, reason: "receipt" }),
            responses: {
                "201": jsonResponse(
                    "Recorded; the stock as it is now.",
                    "StockMovement",
                    { movement_id: "5b1de2a4-90c7-8f3e-a1d2-7c64e80b9f01", ...stock },
                    shared.createdHeaders,
                ),
                ...problems(
                    "malformed_json",
                    "not_found",
                    "stock_below_zero",
                    "body_too_large",
                    "unsupported_media_type",
                    "idempotency_key_reused",
                    "request_in_progress",
                    "conflict",
                ),
            },
        },
    },
};
