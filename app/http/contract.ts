import { customerPaths, customerSchemas } from "./contract/customers";
import {
    methods,
    type Operation,
    type PathItem,
    type Paths,
    type Schema,
} from "./contract/document";
import { orderPaths, orderSchemas } from "./contract/orders";
import { productPaths, productSchemas } from "./contract/products";
import { statusPaths, statusSchemas } from "./contract/status";
import { stockPaths, stockSchemas } from "./contract/stock";

export interface OpenApiDocument {
    readonly openapi: "3.0.3";
    readonly info: Readonly<Record<string, unknown>>;
    readonly tags: readonly { readonly name: string; readonly description: string }[];
    readonly paths: Paths;
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/**
 * The contract of the HTTP API: what API Gateway imports, what requests are checked against, and,
 * as `publishedContract`, what clients read. It keeps to what API Gateway's import understands.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export const contract: OpenApiDocument = {
    openapi: "3.0.3",
    info: {
        title: "Three-continent shop",
        version: "1.0.0",
        description:
            "A shop that sells on several continents at once. Errors are problem documents " +
            "(RFC 9457); lists are paged with opaque cursors; every answer carries x-request-id.",
        license: { name: "MIT" },
    },
    tags: [
        { name: "products", description: "What is sold." },
        { name: "stock", description: "How many units each cell can sell." },
        { name: "customers", description: "Who buys. Their data stays in their cell." },
        { name: "orders", description: "What was bought." },
        { name: "status", description: "The service itself." },
    ],
    paths: { ...productPaths, ...stockPaths, ...customerPaths, ...orderPaths, ...statusPaths },
    components: {
        schemas: {
            ...productSchemas,
            ...stockSchemas,
            ...customerSchemas,
            ...orderSchemas,
            ...statusSchemas,
        },
    },
};

/** The contract as clients see it: without the extensions that say how it is deployed. */
export const publishedContract = {
    ...contract,
    paths: Object.fromEntries(
        Object.entries(contract.paths).map(([path, item]) => [path, publishedItem(item)]),
    ),
};

/** Every operation with its path and method. */
export function operations(): readonly {
    readonly path: string;
    readonly method: string;
    readonly operation: Operation;
}[] {
    return Object.entries(contract.paths).flatMap(([path, item]) =>
        methods.flatMap((method) => {
            const operation = item[method];
            return operation === undefined ? [] : [{ path, method, operation }];
        }),
    );
}

function publishedItem(item: PathItem): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
        Object.entries(item).map(([method, operation]) => {
            const { "x-shop-function": _, ...published } = operation;
            return [method, published];
        }),
    );
}
