import { type EdgeRequest, type Headers, queryPairs } from "./edge-request";

/** A query parameter, header or cookie in an event. */
interface EventValue {
    readonly value: string;
    readonly multiValue?: readonly { readonly value: string }[];
}

type EventValues = Readonly<Record<string, EventValue>>;

interface EventRequest {
    readonly method: string;
    readonly uri: string;
    readonly querystring: EventValues;
    readonly headers: EventValues;
    readonly cookies: EventValues;
}

/** A response that a function made instead of a request. */
export interface GeneratedResponse {
    readonly status: number;
    readonly headers: Headers;
    readonly body: Buffer;
}

/** What a function returned, or why CloudFront does not accept it. */
export type FunctionResult =
    | { readonly kind: "request"; readonly request: EdgeRequest }
    | { readonly kind: "response"; readonly response: GeneratedResponse }
    | { readonly kind: "invalid"; readonly message: string };

// Functions neither see these nor may they add them; the second list they may only read.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
const disallowedHeaders =
    /^(connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-(auth|cf-.*|errortype|requestid)|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/;
const readOnlyHeaders = ["content-length", "host", "transfer-encoding", "via"];

/**
 * The event of a viewer-request function. Names and values of the query string are as they were
 * sent; of repeated ones `value` is the first, and `multiValue` has all.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
export function viewerRequestEvent(request: EdgeRequest): { readonly request: EventRequest } {
    const headers = [...request.headers]
        .filter(([name]) => !disallowedHeaders.test(name))
        .flatMap(([name, values]) => values.map((value) => ({ name, value })));
    const cookies = request.cookies.map((pair) => {
        const [name = "", ...value] = pair.split("=");
        return { name, value: value.join("=") };
    });
    const event = {
        version: "1.0",
        context: {
            distributionDomainName: "local.cloudfront.net",
            distributionId: "LOCAL",
            eventType: "viewer-request",
            requestId: request.id,
        },
        viewer: { ip: request.viewerIp },
        request: {
            method: request.method,
            uri: request.path,
            querystring: eventValues(queryPairs(request.queryString)),
            headers: eventValues(headers),
            cookies: eventValues(cookies),
        },
    };
    return event;
}

/** Reads what a viewer-request function returned: the request, changed, or a response. */
export function readFunctionResult(request: EdgeRequest, value: unknown): FunctionResult {
    if (!isRecord(value)) {
        return { kind: "invalid", message: "it returned neither a request nor a response" };
    }
    return "statusCode" in value ? readResponse(value) : readRequest(request, value);
}

function readRequest(request: EdgeRequest, value: Record<string, unknown>): FunctionResult {
    const before = viewerRequestEvent(request).request;
    const after = { ...before, ...value } as EventRequest;
    const invalid = (message: string): FunctionResult => ({ kind: "invalid", message });
    if (after.method !== before.method) {
        return invalid("it changed the method, which is read-only");
    }
    if (typeof after.uri !== "string" || !after.uri.startsWith("/")) {
        return invalid("its uri does not begin with a slash");
    }
    const headers = new Map(listOf(after.headers));
    for (const name of headers.keys()) {
        if (name !== name.toLowerCase() || disallowedHeaders.test(name)) {
            return invalid(`it may not set the header "${name}"`);
        }
    }
    const original = new Map(listOf(before.headers));
    for (const name of readOnlyHeaders) {
        if (headers.get(name)?.join() !== original.get(name)?.join()) {
            return invalid(`it changed the header "${name}", which is read-only`);
        }
    }
    const hidden = [...request.headers].filter(([name]) => disallowedHeaders.test(name));
    return {
        kind: "request",
        request: {
            ...request,
            path: after.uri,
            // Unless the function changed them, they go on exactly as they came.
            queryString: isSame(before.querystring, after.querystring)
                ? request.queryString
                : pairs(after.querystring).join("&"),
            cookies: isSame(before.cookies, after.cookies) ? request.cookies : pairs(after.cookies),
            headers: new Map([...hidden, ...headers]),
        },
    };
}

function readResponse(value: Record<string, unknown>): FunctionResult {
    const { statusCode, body } = value;
    const isStatus = typeof statusCode === "number" && statusCode >= 200 && statusCode <= 599;
    if (!isStatus) {
        return { kind: "invalid", message: `its statusCode is ${JSON.stringify(statusCode)}` };
    }
    const headers = new Map(listOf((value["headers"] ?? {}) as EventValues));
    const cookies = Object.entries((value["cookies"] ?? {}) as Record<string, unknown>);
    if (cookies.length > 0) {
        headers.set("set-cookie", cookies.map(setCookie));
    }
    const { data, encoding } = isRecord(body) ? body : { data: body, encoding: "text" };
    return {
        kind: "response",
        response: {
            status: statusCode,
            headers,
            body: Buffer.from(String(data ?? ""), encoding === "base64" ? "base64" : "utf8"),
        },
    };
}

function setCookie([name, cookie]: [string, unknown]): string {
    const { value, attributes } = cookie as { value: string; attributes?: string };
    return attributes === undefined ? `${name}=${value}` : `${name}=${value}; ${attributes}`;
}

function eventValues(
    items: readonly { readonly name: string; readonly value: string | undefined }[],
): EventValues {
    const all = new Map<string, string[]>();
    for (const { name, value } of items) {
        all.set(name, [...(all.get(name) ?? []), value ?? ""]);
    }
    return Object.fromEntries(
        [...all].map(([name, values]) => [
            name,
            values.length === 1
                ? { value: values[0] ?? "" }
                : { value: values[0] ?? "", multiValue: values.map((value) => ({ value })) },
        ]),
    );
}

function listOf(values: EventValues): [name: string, values: string[]][] {
    return Object.entries(values).map(([name, { value, multiValue }]) => [
        name,
        multiValue === undefined ? [String(value)] : multiValue.map((item) => String(item.value)),
    ]);
}

function pairs(values: EventValues): string[] {
    return listOf(values).flatMap(([name, all]) => all.map((value) => `${name}=${value}`));
}

function isSame(left: EventValues, right: EventValues): boolean {
    return JSON.stringify(left) === JSON.stringify(right);
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
