import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { fault } from "../fault";
import { type Log, log } from "../log";
import { problemReply } from "./problem";

/** One internal route: only another cell's functions may call it, which API Gateway sees to. */
export interface InternalRoute {
    readonly method: "GET" | "POST";
    readonly path: string;
    /**
     * @param body the JSON that was sent; undefined for GET
     * @param millisecondsLeft what the answer may still take
     * @returns what is answered as JSON, with 200
     */
    readonly handle: (body: unknown, millisecondsLeft: number) => Promise<unknown>;
}

const answerMarginMilliseconds = 500;

/** Makes the handler of a function that other cells call: JSON in, JSON out, faults as problems. */
export function createInternalApi(
    cellName: string,
    routes: readonly InternalRoute[],
    writeLog: Log = log,
): (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult> {
    return async (event, context) => {
        const requestId = event.requestContext?.requestId ?? context.awsRequestId;
        const base = { "x-request-id": requestId, "x-cell": cellName, "Cache-Control": "no-store" };
        try {
            const route = routes.find(
                ({ method, path }) => method === event.httpMethod && path === event.path,
            );
            if (route === undefined) {
                throw fault("route_not_found", "There is no such internal route.");
            }
            const left = context.getRemainingTimeInMillis() - answerMarginMilliseconds;
            const answer = await route.handle(readBody(event), left);
            return {
                statusCode: 200,
                headers: { ...base, "Content-Type": "application/json" },
                body: JSON.stringify(answer),
            };
        } catch (error) {
            writeLog("error", "internal request", {
                request_id: requestId,
                cell: cellName,
                path: event.path,
                error,
            });
            const { status, headers, body } = problemReply(error, requestId);
            return {
                statusCode: status,
                headers: { ...base, ...headers },
                body: JSON.stringify(body),
            };
        }
    };
}

function readBody(event: APIGatewayProxyEvent): unknown {
    if (event.httpMethod !== "POST") {
        return undefined;
    }
    const text = event.isBase64Encoded
        ? Buffer.from(event.body ?? "", "base64").toString()
        : (event.body ?? "");
    try {
        return JSON.parse(text);
    } catch (cause) {
        throw fault("malformed_json", "The body is not JSON.", { cause });
    }
}
