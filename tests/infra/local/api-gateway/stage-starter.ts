import type { APIGatewayProxyEvent } from "aws-lambda";
import {
    type RestApiOptions,
    type RestApiServer,
    startRestApi,
} from "../../../../infra/local/api-gateway/server";

const operation = {
    "x-amazon-apigateway-integration": {
        type: "aws_proxy",
        httpMethod: "POST",
        uri: "arn:function",
        timeoutInMillis: 100,
    },
};
const document = {
    openapi: "3.0.3",
    paths: {
        "/products": {
            get: {
                ...operation,
                parameters: [{ name: "category", in: "query", required: true }],
                "x-amazon-apigateway-request-validator": "parameters",
            },
            post: {
                ...operation,
                requestBody: {
                    content: {
                        "application/json": { schema: { $ref: "#/components/schemas/Product" } },
                    },
                },
                "x-amazon-apigateway-request-validator": "body",
            },
            "x-amazon-apigateway-any-method": operation,
        },
        "/products/{product_id}": { "x-amazon-apigateway-any-method": operation },
    },
    components: {
        schemas: {
            Product: {
                type: "object",
                required: ["name"],
                properties: { name: { type: "string" } },
            },
        },
    },
    "x-amazon-apigateway-request-validators": {
        parameters: { validateRequestParameters: true },
        body: { validateRequestBody: true },
    },
};

/** A running stage whose function accepts everything, and what reached it. */
export interface StartedStage {
    /** Without the stage's path. */
    readonly url: string;
    readonly events: readonly APIGatewayProxyEvent[];
    readonly sourceArns: readonly string[];
    readonly logLines: readonly string[];
}

/** Starts stages of one small API for tests, and closes all of them again. */
export function createStageStarter(): {
    start(changes?: Partial<RestApiOptions>): Promise<StartedStage>;
    closeAll(): Promise<void>;
} {
    const servers: RestApiServer[] = [];
    return {
        async start(changes = {}) {
            const events: APIGatewayProxyEvent[] = [];
            const sourceArns: string[] = [];
            const logLines: string[] = [];
            const server = await startRestApi({
                apiId: "abc123",
                region: "eu-west-1",
                accountId: "123456789012",
                stageName: "live",
                document,
                throttling: undefined,
                accessLogFormat: JSON.stringify({
                    status: "$context.status",
                    at: "$context.resourcePath",
                    tls: "$context.tlsVersion",
                }),
                writeAccessLog: (line) => logLines.push(line),
                invoke: async (_, event) => {
                    events.push(event);
                    return { kind: "ok", payload: { statusCode: 200, body: "{}" } };
                },
                isPermitted: (_, sourceArn) => {
                    sourceArns.push(sourceArn);
                    return true;
                },
                ...changes,
            });
            servers.push(server);
            return { url: `http://127.0.0.1:${server.port}`, events, sourceArns, logLines };
        },
        async closeAll() {
            await Promise.all(servers.splice(0).map((server) => server.close()));
        },
    };
}
