import type { RequestPaths } from "./document";

export const statusRequestPaths: RequestPaths = {
    "/health": {
        get: { operationId: "getHealth" },
    },
    "/openapi.json": {
        get: { operationId: "getOpenApi" },
    },
};
