import { writtenHeaders } from "./contract/answers";
import { customerDescriptions, customerSchemas } from "./contract/customers";
import {
    type ByPath,
    type Descriptions,
    type Operation,
    type OperationRequest,
    type PathEntry,
    type Paths,
    pathEntries,
    type Schemas,
    schemaOf,
} from "./contract/document";
import { orderDescriptions, orderSchemas } from "./contract/orders";
import { productDescriptions, productSchemas } from "./contract/products";
import { requestPaths } from "./contract/requests";
import { statusDescriptions, statusSchemas } from "./contract/status";
import { stockDescriptions, stockSchemas } from "./contract/stock";

export interface OpenApiDocument {
    readonly openapi: "3.0.3";
    readonly info: Readonly<Record<string, unknown>>;
    readonly tags: readonly { readonly name: string; readonly description: string }[];
    readonly paths: Paths;
    readonly components: { readonly schemas: Schemas };
}

const descriptions: Descriptions = {
    ...productDescriptions,
    ...stockDescriptions,
    ...customerDescriptions,
    ...orderDescriptions,
    ...statusDescriptions,
};

/**
 * The contract of the HTTP API: what API Gateway imports and, as `publishedContract`, what clients
 * read. The requests in it are those of `contract/requests.ts`, which functions check. It keeps to
 * what API Gateway's import understands.
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
    paths: mapOperations(requestPaths, (operation, method) =>
        method === "get" ? describe(operation) : withCookie(describe(operation)),
    ),
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
    paths: mapOperations(contract.paths, ({ "x-shop-function": _, ...published }) => published),
};

/** Every operation with its path and method. */
export function operations(): readonly PathEntry<Operation>[] {
    return pathEntries(contract.paths);
}

/** @throws Error for an operation without a description */
function describe({ operationId, parameters, body }: OperationRequest): Operation {
    const description = descriptions[operationId];
    if (description === undefined) {
        throw new Error(`The operation ${operationId} has no description; add it to its noun's.`);
    }
    const { summary, description: details, example, responses, ...owner } = description;
    return {
        ...owner,
        operationId,
        summary,
        ...(details === undefined ? {} : { description: details }),
        ...(parameters === undefined ? {} : { parameters }),
        ...(body === undefined ? {} : { requestBody: jsonBody(body, example) }),
        responses,
    };
}

function jsonBody(name: string, example: unknown): NonNullable<Operation["requestBody"]> {
    return { required: true, content: { "application/json": { schema: schemaOf(name), example } } };
}

/** Whatever an operation writes, its success says where (`viewer-answer.ts`). */
function withCookie(operation: Operation): Operation {
    const responses = Object.entries(operation.responses).map(([status, response]) => [
        status,
        status.startsWith("2")
            ? { ...response, headers: { ...response.headers, ...writtenHeaders } }
            : response,
    ]);
    return { ...operation, responses: Object.fromEntries(responses) };
}

function mapOperations<From, To>(
    paths: ByPath<From>,
    map: (operation: From, method: string) => To,
): ByPath<To> {
    const mapped = Object.entries(paths).map(([path, item]) => [
        path,
        Object.fromEntries(
            Object.entries(item).map(([method, operation]) => [method, map(operation, method)]),
        ),
    ]);
    return Object.fromEntries(mapped);
}
