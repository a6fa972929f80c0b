import {
    emptyResponse,
    jsonBody,
    jsonResponse,
    type Paths,
    problems,
    type Schema,
} from "./document";
import * as shared from "./parameters";

const quantitySchema: Schema = { type: "integer", minimum: 1, maximum: 10_000 };

export const orderSchemas: Readonly<Record<string, Schema>> = {
    NewOrder: {
        type: "object",
        additionalProperties: false,
        required: ["customer_id", "items"],
        properties: {
            customer_id: shared.idSchema,
            items: {
                type: "array",
                minItems: 1,
                maxItems: 50,
                items: {
                    type: "object",
                    additionalProperties: false,
                    required: ["product_id", "quantity"],
                    properties: { product_id: shared.idSchema, quantity: quantitySchema },
                },
            },
        },
    },
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
            created_at: shared.timeSchema,
            updated_at: shared.timeSchema,
        },
    },
    OrderPage: {
        type: "object",
        additionalProperties: false,
        required: ["orders", "next_cursor"],
        properties: {
            orders: { type: "array", items: { $ref: "#/components/schemas/Order" } },
            next_cursor: shared.nextCursorSchema,
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
const orderId = shared.idParameter("order_id", "The order.");
const unchanged = { "304": emptyResponse("Still the version you hold.", shared.entityTagHeader) };

export const orderPaths: Paths = {
    "/orders": {
        get: {
            ...operation,
            operationId: "listOrders",
            summary: "List the orders of a customer, newest first",
            parameters: [
                {
                    name: "customer_id",
                    in: "query",
                    required: true,
                    description: "The customer.",
                    schema: shared.idSchema,
                },
                shared.limitParameter,
                shared.cursorParameter,
            ],
            responses: {
                "200": jsonResponse("One page.", "OrderPage", {
                    orders: [order],
                    next_cursor: null,
                }),
                ...problems("invalid_cursor"),
            },
        },
        post: {
            ...operation,
            operationId: "createOrder",
            summary: "Place an order",
            description:
                "Takes the stock and creates the order in one commit, or does neither. Lines of " +
                "the same product count as one.",
            parameters: [shared.idempotencyKeyParameter],
            requestBody: jsonBody("NewOrder", newOrder),
            responses: {
                "201": jsonResponse("Placed, and durable.", "Order", order, {
                    ...shared.createdHeaders,
                    ...shared.entityTagHeader,
                }),
                ...problems(
                    "malformed_json",
                    "out_of_stock",
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
    },
    "/orders/{order_id}": {
        get: {
            ...operation,
            operationId: "getOrder",
            summary: "Read an order",
            parameters: [orderId, shared.ifNoneMatchParameter],
            responses: {
                "200": jsonResponse("The order.", "Order", order, shared.entityTagHeader),
                ...unchanged,
                ...problems("not_found"),
            },
        },
    },
    "/orders/{order_id}/cancel": {
        post: {
            ...operation,
            operationId: "cancelOrder",
            summary: "Cancel an order and return its stock",
            description: "Repeating it is safe: the stock returns exactly once.",
            parameters: [orderId],
            responses: {
                "200": jsonResponse(
                    "Cancelled.",
                    "Order",
                    { ...order, status: "cancelled", version: 2 },
                    shared.entityTagHeader,
                ),
                ...problems("not_found", "order_not_cancellable", "conflict"),
            },
        },
    },
};
