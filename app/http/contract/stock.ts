import { createdHeaders, jsonResponse, problems } from "./answers";
import type { Descriptions, Schema, Schemas } from "./document";
import * as shared from "./parameters";
import { stockRequestSchemas } from "./stock-requests";

const cellStockSchema: Schema = {
    type: "object",
    required: ["cell", "available", "in_flight", "held", "known_at", "age_seconds"],
    properties: {
        cell: { type: "string", description: "The name of the cell." },
        available: { type: "integer", description: "Units it can sell at once." },
        in_flight: {
            type: "integer",
            description: "Units that other cells have given it and that are not known to be there.",
        },
        held: { type: "integer", description: "Units in live orders that were placed there." },
        known_at: {
            type: "string",
            format: "date-time",
            nullable: true,
            description: "When it was so; null where the cell has not been heard of yet.",
        },
        age_seconds: {
            type: "integer",
            nullable: true,
            description: "How old this is; 0 of the cell that answers.",
        },
        shards: {
            type: "integer",
            description: "How many pools the units are spread over; only of the cell that answers.",
        },
    },
};

const stockProperties: Schemas = {
    product_id: shared.idSchema,
    cells: { type: "array", items: cellStockSchema },
    available: {
        type: "integer",
        description:
            "Units that can be ordered: what the cells above can sell, and what is in flight.",
    },
};

export const stockSchemas: Schemas = {
    Stock: {
        type: "object",
        additionalProperties: false,
        required: ["product_id", "cells", "available"],
        properties: stockProperties,
    },
    ...stockRequestSchemas,
    StockMovement: {
        type: "object",
        additionalProperties: false,
        required: ["movement_id", "product_id", "cells", "available"],
        properties: { movement_id: shared.idSchema, ...stockProperties },
    },
};

const stock = {
    product_id: "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01",
    cells: [
        {
            cell: "us",
            available: 80,
            in_flight: 0,
            held: 4,
            known_at: "2026-11-23T10:00:00.000Z",
            age_seconds: 0,
            shards: 1,
        },
        {
            cell: "eu",
            available: 50,
            in_flight: 10,
            held: 2,
            known_at: "2026-11-23T09:59:57.000Z",
            age_seconds: 3,
        },
    ],
    available: 140,
};

const operation = { "x-shop-function": "catalog", tags: ["stock"] } as const;

export const stockDescriptions: Descriptions = {
    getStock: {
        ...operation,
        summary: "Read what each cell can sell",
        responses: {
            "200": jsonResponse("The stock.", "Stock", stock),
            ...problems("not_found"),
        },
    },
    changeStock: {
        ...operation,
        summary: "Record a receipt or a correction",
        example: { quantity: 40, reason: "receipt" },
        responses: {
            "201": jsonResponse(
                "Recorded; the stock as it is now.",
                "StockMovement",
                { movement_id: "5b1de2a4-90c7-8f3e-a1d2-7c64e80b9f01", ...stock },
                createdHeaders,
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
};
