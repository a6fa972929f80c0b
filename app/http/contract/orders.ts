import {
    createdHeaders,
    emptyResponse,
    entityTagHeader,
    jsonResponse,
    nextCursorSchema,
    problems,
    timeSchema,
} from "./answers";
import type { Descriptions, Schemas } from "./document";
import { orderRequestSchemas } from "./order-requests";
import * as shared from "./parameters";

export const orderSchemas: Schemas = {
    ...orderRequestSchemas,
    OrderItem: {
        type: "object",
        required: ["product_id", "quantity", "unit_price"],
        properties: {
            product_id: shared.idSchema,
            quantity: { type: "integer", minimum: 1 },
            unit_price: { type: "number", description: "The price when it was ordered." },
            line_total: { type: "number" },
        },
    },
    Order: {
        type: "object",
        additionalProperties: false,
        required: [
            "order_id",
            "customer_id",
            "status",
            "currency",
            "total_amount",
            "items",
            "version",
            "home",
            "created_at",
            "updated_at",
        ],
        properties: {
            order_id: shared.idSchema,
            customer_id: shared.idSchema,
            status: { type: "string", enum: ["confirmed", "cancelled"] },
            currency: shared.currencySchema,
            total_amount: { type: "number", description: "The sum of all lines." },
            items: { type: "array", items: { $ref: "#/components/schemas/OrderItem" } },
            version: { type: "integer", minimum: 1 },
            home: { type: "integer", description: "The number of the cell that keeps the order." },
            superseded_by: {
                ...shared.idSchema,
                description:
                    "Of a cancelled order: the one that took its place, because the same checkout " +
                    "was repeated in another cell before the cells could tell each other.",
            },
            created_at: timeSchema,
            updated_at: timeSchema,
        },
    },
    OrderPage: {
        type: "object",
        additionalProperties: false,
        required: ["orders", "next_cursor"],
        properties: {
            orders: { type: "array", items: { $ref: "#/components/schemas/Order" } },
            next_cursor: nextCursorSchema,
        },
    },
};

const newOrder = {
    customer_id: "7c9e6679-7425-80de-944b-e07fc1f90a01",
    items: [{ product_id: "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01", quantity: 2 }],
};

const order = {
    order_id: "d9428888-122b-81e1-b85c-61cd3cbb3201",
    customer_id: newOrder.customer_id,
    status: "confirmed",
    currency: "USD",
    total_amount: 599.8,
    items: newOrder.items.map((item) => ({ ...item, unit_price: 299.9, line_total: 599.8 })),
    version: 1,
    home: 1,
    created_at: "2026-11-22T09:30:00.000Z",
    updated_at: "2026-11-22T09:30:00.000Z",
};

const operation = { "x-shop-function": "orders", tags: ["orders"] } as const;
const unchanged = { "304": emptyResponse("Still the version you hold.", entityTagHeader) };

export const orderDescriptions: Descriptions = {
    listOrders: {
        ...operation,
        summary: "List the orders of a customer, newest first",
        responses: {
            "200": jsonResponse("One page.", "OrderPage", {
                orders: [order],
                next_cursor: null,
            }),
            ...problems("cell_unreachable", "invalid_cursor"),
        },
    },
    createOrder: {
        ...operation,
        summary: "Place an order",
        description:
            "Takes the stock and creates the order in one commit, or does neither. Lines of " +
            "the same product count as one.",
        example: newOrder,
        responses: {
            "201": jsonResponse("Placed, and durable.", "Order", order, {
                ...createdHeaders,
                ...entityTagHeader,
            }),
            ...problems(
                "cell_unreachable",
                "malformed_json",
                "out_of_stock",
                "stock_in_transit",
                "unknown_customer",
                "unknown_product",
                "mixed_currencies",
                "body_too_large",
                "unsupported_media_type",
                "idempotency_key_reused",
                "request_in_progress",
                "conflict",
            ),
        },
    },
    getOrder: {
        ...operation,
        summary: "Read an order",
        responses: {
            "200": jsonResponse("The order.", "Order", order, entityTagHeader),
            ...unchanged,
            ...problems("cell_unreachable", "not_found"),
        },
    },
    cancelOrder: {
        ...operation,
        summary: "Cancel an order and return its stock",
        description: "Repeating it is safe: the stock returns exactly once.",
        responses: {
            "200": jsonResponse(
                "Cancelled.",
                "Order",
                { ...order, status: "cancelled", version: 2 },
                entityTagHeader,
            ),
            ...problems("cell_unreachable", "not_found", "order_not_cancellable", "conflict"),
        },
    },
};
