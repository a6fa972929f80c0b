import { createHash } from "node:crypto";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { fault } from "../fault";
import { readBody } from "./body";
import { type OperationRequest, schemaOf } from "./contract/document";
import type { Request } from "./operation";
import { type QueryParameter, readQuery } from "./query";
import type { MatchedOperation } from "./routing";
import { type SchemaCheck, schemaCheck } from "./schema";
import { tenantOfRequest } from "./tenant";

interface OperationChecks {
    readonly query: readonly QueryParameter[];
    readonly body: SchemaCheck | undefined;
}

/** By operationId. Made at an operation's first request: most functions answer few of them. */
const checks = new Map<string, OperationChecks>();

/**
 * Turns a proxy event into a request that is valid for its operation.
 * @throws fault invalid_request, malformed_json, body_too_large, unsupported_media_type
 */
export function readRequest(
    event: APIGatewayProxyEvent,
    { operation, path }: MatchedOperation,
    requestId: string,
): Request {
    const check = checks.get(operation.operationId) ?? makeChecks(operation);
    const headers = readHeaders(event);
    const query = readQuery(event, check.query);
    const body =
        check.body === undefined
            ? undefined
            : validBody(readBody(event, headers["content-type"]), check.body);
    return {
        tenantId: tenantOfRequest(),
        requestId,
        path,
        query,
        headers,
        body,
        fingerprint: fingerprintOf(operation.operationId, path, body),
    };
}

function makeChecks({ operationId, parameters = [], body }: OperationRequest): OperationChecks {
    const made = {
        query: parameters
            .filter((parameter) => parameter.in === "query")
            .map(({ name, required = false, schema: parameterSchema }) => ({
                name,
                required,
                check: schemaCheck(parameterSchema),
            })),
        body: body === undefined ? undefined : schemaCheck(schemaOf(body)),
    };
    checks.set(operationId, made);
    return made;
}

function readHeaders(event: APIGatewayProxyEvent): Readonly<Record<string, string>> {
    const entries = Object.entries(event.headers ?? {}).flatMap(([name, value]) =>
        value === undefined ? [] : [[name.toLowerCase(), value]],
    );
    return Object.fromEntries(entries);
}

function validBody(body: unknown, check: SchemaCheck): unknown {
    const errors = check.violations(body);
    if (errors.length > 0) {
        const told = errors.map(({ pointer, detail }) => `${pointer || "it"} ${detail}`);
        throw fault("invalid_request", `The body is not valid: ${told.join("; ")}.`, { errors });
    }
    return body;
}

function fingerprintOf(operationId: string, path: Request["path"], body: unknown): string {
    const text = JSON.stringify([operationId, sorted(path), sorted(body) ?? null]);
    return createHash("sha256").update(text).digest("hex");
}

/** The value with the members of its objects in one order, whatever order they were sent in. */
function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
    return Object.fromEntries(members.sort(([left], [right]) => (left < right ? -1 : 1)));
}
