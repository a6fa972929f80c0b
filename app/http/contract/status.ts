import type { FaultCode } from "../../fault";
import { problemKinds } from "../problem";
import { jsonResponse, problems } from "./answers";
import type { Descriptions, Schema, Schemas } from "./document";

const codes = Object.keys(problemKinds) as FaultCode[];

const cellLinkSchema: Schema = {
    type: "object",
    required: ["cell", "reachable", "lag_seconds", "outbox_depth", "digest_agreed_at"],
    properties: {
        cell: { type: "string", description: "The name of the other cell." },
        reachable: { type: "boolean", description: "Whether its API answers this cell now." },
        lag_seconds: {
            type: "number",
            nullable: true,
            description: "How old its latest news is; null where there was none yet.",
        },
        outbox_depth: {
            type: "integer",
            description:
                "Changes of this cell that it is still to be told of, counted up to 10,000.",
        },
        digest_agreed_at: {
            type: "string",
            format: "date-time",
            nullable: true,
            description: "When its copies of this cell's rows were last found to be complete.",
        },
    },
};

export const statusSchemas: Schemas = {
    Health: {
        type: "object",
        additionalProperties: false,
        required: ["status", "cell", "region", "database"],
        properties: {
            status: { type: "string", enum: ["ok"] },
            cell: { type: "string", description: "The name of the cell that answered." },
            region: { type: "string", description: "The Region that answered." },
            database: {
                type: "object",
                required: ["status", "milliseconds"],
                properties: {
                    status: { type: "string", enum: ["ok"] },
                    milliseconds: { type: "integer", description: "How long a query took." },
                },
            },
        },
    },
    Cells: {
        type: "object",
        additionalProperties: false,
        required: ["cell", "cells"],
        properties: {
            cell: { type: "string", description: "The name of the cell that answered." },
            cells: { type: "array", items: cellLinkSchema },
        },
    },
    OpenApi: {
        type: "object",
        description: "An OpenAPI 3.0 document.",
        required: ["openapi", "info", "paths"],
        properties: {
            openapi: { type: "string" },
            info: { type: "object" },
            paths: { type: "object" },
        },
    },
    ProblemDetail: {
        type: "object",
        required: ["pointer", "detail"],
        properties: {
            pointer: {
                type: "string",
                description:
                    "A JSON pointer into the body; `/query/limit` and `/headers/if-match` point " +
                    "to a query parameter and a header.",
            },
            detail: { type: "string" },
        },
    },
    Problem: {
        type: "object",
        description: "A problem document (RFC 9457). Some codes add members of their own.",
        required: [
            "type",
            "title",
            "status",
            "detail",
            "code",
            "request_id",
            "retryable",
            "errors",
        ],
        properties: {
            type: { type: "string", format: "uri", example: "urn:shop:problem:out_of_stock" },
            title: { type: "string" },
            status: { type: "integer" },
            detail: { type: "string", description: "What is wrong, and the next step." },
            code: { type: "string", description: `One of ${codes.join(", ")}.` },
            request_id: { type: "string" },
            retryable: { type: "boolean", description: "Whether repeating it may succeed." },
            errors: { type: "array", items: { $ref: "#/components/schemas/ProblemDetail" } },
        },
    },
};

const operation = { "x-shop-function": "status", tags: ["status"] } as const;

export const statusDescriptions: Descriptions = {
    getHealth: {
        ...operation,
        summary: "Tell whether this cell can serve",
        responses: {
            "200": jsonResponse("It can; its database answered.", "Health", {
                status: "ok",
                cell: "us",
                region: "<region>",
                database: { status: "ok", milliseconds: 3 },
            }),
            ...problems(),
        },
    },
    listCells: {
        ...operation,
        summary: "Tell how this cell stands with the others",
        responses: {
            "200": jsonResponse("The other cells, as seen from this one.", "Cells", {
                cell: "us",
                cells: [
                    {
                        cell: "eu",
                        reachable: true,
                        lag_seconds: 2.1,
                        outbox_depth: 0,
                        digest_agreed_at: "2026-11-23T10:00:00.000Z",
                    },
                ],
            }),
            ...problems(),
        },
    },
    getOpenApi: {
        ...operation,
        summary: "Read this document",
        responses: {
            "200": jsonResponse("The contract.", "OpenApi", { openapi: "3.0.3" }),
            ...problems(),
        },
    },
};
