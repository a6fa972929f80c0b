import {
    cachedHeaders,
    createdHeaders,
    emptyResponse,
    entityTagHeader,
    jsonResponse,
    nextCursorSchema,
    problems,
    timeSchema,
} from "./answers";
import type { Descriptions, Schemas } from "./document";
import * as shared from "./parameters";
import {
    categorySchema,
    descriptionSchema,
    nameSchema,
    productRequestSchemas,
} from "./product-requests";

export const productSchemas: Schemas = {
    ...productRequestSchemas,
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
            created_at: timeSchema,
            updated_at: timeSchema,
        },
    },
    ProductPage: {
        type: "object",
        additionalProperties: false,
        required: ["products", "next_cursor"],
        properties: {
            products: { type: "array", items: { $ref: "#/components/schemas/Product" } },
            next_cursor: nextCursorSchema,
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
const unchanged = { "304": emptyResponse("Still the version you hold.", entityTagHeader) };

export const productDescriptions: Descriptions = {
    listProducts: {
        ...operation,
        summary: "List products, newest first",
        responses: {
            "200": jsonResponse(
                "One page.",
                "ProductPage",
                { products: [product], next_cursor: null },
                cachedHeaders,
            ),
            ...problems("invalid_cursor"),
        },
    },
    createProduct: {
        ...operation,
        summary: "Create a product and its first stock",
        example: newProduct,
        responses: {
            "201": jsonResponse("Created.", "Product", product, {
                ...createdHeaders,
                ...entityTagHeader,
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
    getProduct: {
        ...operation,
        summary: "Read a product",
        responses: {
            "200": jsonResponse("The product.", "Product", product, {
                ...entityTagHeader,
                ...cachedHeaders,
            }),
            ...unchanged,
            ...problems("not_found"),
        },
    },
    updateProduct: {
        ...operation,
        summary: "Change a product",
        example: { price: 279.9 },
        responses: {
            "200": jsonResponse(
                "The product as it is now.",
                "Product",
                { ...product, price: 279.9, version: 2 },
                entityTagHeader,
            ),
            ...problems(
                "cell_unreachable",
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
    deleteProduct: {
        ...operation,
        summary: "Delete a product",
        description: "It can no longer be listed, read or ordered; orders keep their lines.",
        responses: {
            "204": emptyResponse("Deleted."),
            ...problems(
                "cell_unreachable",
                "not_found",
                "conflict",
                "precondition_failed",
                "precondition_required",
            ),
        },
    },
};
