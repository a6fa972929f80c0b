import type { RequestPaths } from "./document";

export const statusRequestPaths: RequestPaths = {
    "/health": {
        get: { operationId: "getHealth" },
    },
    "/cells": {
        get: { operationId: "listCells" },
    },
    "/openapi.json": {
        get: { operationId: "getOpenApi" },
    },
};
