import {
    emptyResponse,
    jsonBody,
    jsonResponse,
    type Paths,
    problems,
    type Schema,
} from "./document";
import * as shared from "./parameters";

const nameSchema: Schema = { type: "string", minLength: 1, maxLength: 200, pattern: "\\S" };
const descriptionSchema: Schema = { type: "string", maxLength: 4000, default: "" };
const categorySchema: Schema = { type: "string", minLength: 1, maxLength: 100, pattern: "\\S" };
const unitsSchema: Schema = { type: "integer", minimum: 0, maximum: 1_000_000_000 };

export const productSchemas: Readonly<Record<string, Schema>> = {
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
    Product: {
        type: "object",
        additionalProperties: false,
        required: [
            "product_id",
            "name",
            "description",
            "price",
            "currency",
            "category",
            "stock_quantity",
            "version",
            "home",
            "created_at",
            "updated_at",
        ],
        properties: {
            product_id: shared.idSchema,
            name: nameSchema,
            description: descriptionSchema,
            price: shared.amountSchema,
            currency: shared.currencySchema,
            category: categorySchema,
            stock_quantity: { type: "integer", description: "Units this cell can sell now." },
            version: { type: "integer", minimum: 1 },
            home: { type: "integer", description: "The number of the cell that may change it." },
            created_at: shared.timeSchema,
            updated_at: shared.timeSchema,
        },
    },
    ProductPage: {
        type: "object",
        additionalProperties: false,
        required: ["products", "next_cursor"],
        properties: {
            products: { type: "array", items: { $ref: "#/components/schemas/Product" } },
            next_cursor: shared.nextCursorSchema,
        },
    },
};

const newProduct = {
    name: "Wireless headphones",
    description: "Over-ear, 30 hours",
    price: 299.9,
    stock_quantity: 100,
    category: "Audio",
};

const product = {
    product_id: "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01",
    ...newProduct,
    currency: "USD",
    version: 1,
    home: 1,
    created_at: "2026-11-22T09:30:00.000Z",
    updated_at: "2026-11-22T09:30:00.000Z",
};

const operation = { "x-shop-function": "catalog", tags: ["products"] } as const;
const productId = shared.idParameter("product_id", "The product.");
const unchanged = { "304": emptyResponse("Still the version you hold.", shared.entityTagHeader) };

export const productPaths: Paths = {
    "/products": {
        get: {
            ...operation,
            operationId: "listProducts",
            summary: "List products, newest first",
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
                    description: "Only products whose name and description hold all these words.",
                    schema: { type: "string", minLength: 1, maxLength: 200 },
                },
                shared.limitParameter,
                shared.cursorParameter,
            ],
            responses: {
                "200": jsonResponse(
                    "One page.",
                    "ProductPage",
                    { products: [product], next_cursor: null },
                    shared.cachedHeaders,
                ),
                ...problems("invalid_cursor"),
            },
        },
        post: {
            ...operation,
            operationId: "createProduct",
            summary: "Create a product and its first stock",
            parameters: [shared.idempotencyKeyParameter],
            requestBody: jsonBody("NewProduct", newProduct),
            responses: {
                "201": jsonResponse("Created.", "Product", product, {
                    ...shared.createdHeaders,
                    ...shared.entityTagHeader,
                }),
                ...problems(
                    "malformed_json",
                    "body_too_large",
                    "unsupported_media_type",
                    "idempotency_key_reused",
                    "request_in_progress",
                    "conflict",
                ),
            },
        },
    },
    "/products/{product_id}": {
        get: {
            ...operation,
            operationId: "getProduct",
            summary: "Read a product",
            parameters: [productId, shared.ifNoneMatchParameter],
            responses: {
                "200": jsonResponse("The product.", "Product", product, {
                    ...shared.entityTagHeader,
                    ...shared.cachedHeaders,
                }),
                ...unchanged,
                ...problems("not_found"),
            },
        },
        patch: {
            ...operation,
            operationId: "updateProduct",
            summary: "Change a product",
            parameters: [productId, shared.ifMatchParameter],
            requestBody: jsonBody("ProductChanges", { price: 279.9 }),
            responses: {
                "200": jsonResponse(
                    "The product as it is now.",
                    "Product",
                    { ...product, price: 279.9, version: 2 },
                    shared.entityTagHeader,
                ),
                ...problems(
                    "malformed_json",
                    "not_found",
                    "conflict",
                    "precondition_failed",
                    "precondition_required",
                    "body_too_large",
                    "unsupported_media_type",
                ),
            },
        },
        delete: {
            ...operation,
            operationId: "deleteProduct",
            summary: "Delete a product",
            description: "It can no longer be listed, read or ordered; orders keep their lines.",
            parameters: [productId, shared.ifMatchParameter],
            responses: {
                "204": emptyResponse("Deleted."),
                ...problems(
                    "not_found",
                    "conflict",
                    "precondition_failed",
                    "precondition_required",
                ),
            },
        },
    },
};
