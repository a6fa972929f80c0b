import type { APIGatewayProxyEvent } from "aws-lambda";

/** A header of an event; API Gateway leaves names as they were sent. */
export function headerOf({ headers }: APIGatewayProxyEvent, wanted: string): string | undefined {
    return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];
}
