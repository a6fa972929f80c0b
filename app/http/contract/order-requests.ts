import type { RequestPaths, Schema, Schemas } from "./document";
import * as shared from "./parameters";

const quantitySchema: Schema = { type: "integer", minimum: 1, maximum: 10_000 };
const orderId = shared.idParameter("order_id", "The order.");

export const orderRequestSchemas: Schemas = {
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
};

export const orderRequestPaths: RequestPaths = {
    "/orders": {
        get: {
            operationId: "listOrders",
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
        },
        post: {
            operationId: "createOrder",
            parameters: [shared.idempotencyKeyParameter],
            body: "NewOrder",
        },
    },
    "/orders/{order_id}": {
        get: { operationId: "getOrder", parameters: [orderId, shared.ifNoneMatchParameter] },
    },
    "/orders/{order_id}/cancel": {
        post: { operationId: "cancelOrder", parameters: [orderId] },
    },
};
