import type { RequestPaths, Schema, Schemas } from "./document";
import * as shared from "./parameters";

export const nameSchema: Schema = { type: "string", minLength: 1, maxLength: 200, pattern: "\\S" };
export const descriptionSchema: Schema = { type: "string", maxLength: 4000, default: "" };
export const categorySchema: Schema = {
    type: "string",
    minLength: 1,
    maxLength: 100,
    pattern: "\\S",
};
const unitsSchema: Schema = { type: "integer", minimum: 0, maximum: 1_000_000_000 };
const productId = shared.idParameter("product_id", "The product.");

export const productRequestSchemas: Schemas = {
    NewProduct: {
        type: "object",
        additionalProperties: false,
        required: ["name", "price", "stock_quantity", "category"],
        properties: {
            name: nameSchema,
            description: descriptionSchema,
            price: shared.amountSchema,
            currency: { ...shared.currencySchema, default: "USD" },
            category: categorySchema,
            stock_quantity: { ...unitsSchema, description: "Units this cell can sell at first." },
        },
    },
    ProductChanges: {
        type: "object",
        additionalProperties: false,
        minProperties: 1,
        description: "The members to change. `currency` can change only together with `price`.",
        properties: {
            name: nameSchema,
            description: { type: "string", maxLength: 4000 },
            price: shared.amountSchema,
            currency: shared.currencySchema,
            category: categorySchema,
        },
    },
};

export const productRequestPaths: RequestPaths = {
    "/products": {
        get: {
            operationId: "listProducts",
            parameters: [
                {
                    name: "category",
                    in: "query",
                    description: "Only products of exactly this category.",
                    schema: { type: "string", minLength: 1, maxLength: 100 },
                },
                {
                    name: "q",
                    in: "query",
                    description:
                        "Only products whose name and description hold all these words. A page " +
                        "may hold fewer than `limit`, or none; go on while there is a cursor.",
                    schema: { type: "string", minLength: 1, maxLength: 200 },
                },
                shared.limitParameter,
                shared.cursorParameter,
            ],
        },
        post: {
            operationId: "createProduct",
            parameters: [shared.idempotencyKeyParameter],
            body: "NewProduct",
        },
    },
    "/products/{product_id}": {
        get: { operationId: "getProduct", parameters: [productId, shared.ifNoneMatchParameter] },
        patch: {
            operationId: "updateProduct",
            parameters: [productId, shared.ifMatchParameter],
            body: "ProductChanges",
        },
        delete: { operationId: "deleteProduct", parameters: [productId, shared.ifMatchParameter] },
    },
};
