/** What a function answered, checked, as it goes to the client. */
export interface ProxyAnswer {
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: Buffer;
}

const answerKeys = new Set([
    "statusCode",
    "headers",
    "multiValueHeaders",
    "body",
    "isBase64Encoded",
]);

// The gateway sets these itself, so a function's own come out under another name.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
const remappedHeaders = new Set(
    [
        "authorization connection content-length content-md5 date expect host max-forwards",
        "proxy-authenticate server te trailer upgrade user-agent warn www-authenticate",
        "x-amzn-requestid",
    ].flatMap((line) => line.split(" ")),
);

const lambdaAnswerMaxBytes = 6_291_556;

/**
 * Reads what a function returned to a proxy integration. Undefined where the form is wrong, which
 * API Gateway answers with 502: the status must be an HTTP status, the body a string, and there
 * may be no other keys.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */
export function readProxyAnswer(
    payload: unknown,
    isBinaryAccepted: boolean,
): ProxyAnswer | undefined {
    if (!isRecord(payload) || Object.keys(payload).some((key) => !answerKeys.has(key))) {
        return undefined;
    }
    const status = readStatus(payload["statusCode"]);
    const headers = readHeaders(payload["headers"], payload["multiValueHeaders"]);
    const { body, isBase64Encoded } = payload;
    if (
        status === undefined ||
        headers === undefined ||
        !(isAbsent(body) || typeof body === "string") ||
        !(isAbsent(isBase64Encoded) || typeof isBase64Encoded === "boolean")
    ) {
        return undefined;
    }
    // Base64 text goes out as it is unless the API has binary media types that the client accepts.
    const isDecoded = isBase64Encoded === true && isBinaryAccepted;
    const bytes = Buffer.from(body ?? "", isDecoded ? "base64" : "utf8");
    return bytes.length > lambdaAnswerMaxBytes ? undefined : { status, headers, body: bytes };
}

function readStatus(value: unknown): number | undefined {
    const status = typeof value === "string" && value !== "" ? Number(value) : value;
    return typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599
        ? status
        : undefined;
}

/**
 * Both maps as one list. A pair that is in both comes out once, as `multiValueHeaders` has it.
 */
function readHeaders(single: unknown, multiple: unknown): [string, string][] | undefined {
    const pairs: [string, string][] = [];
    for (const [name, values] of Object.entries(multiple ?? {})) {
        if (!Array.isArray(values) || !values.every(isHeaderValue)) {
            return undefined;
        }
        pairs.push(...values.map((value): [string, string] => [name, String(value)]));
    }
    const multipleNames = new Set(pairs.map(([name]) => name.toLowerCase()));
    for (const [name, value] of Object.entries(single ?? {})) {
        if (!isHeaderValue(value)) {
            return undefined;
        }
        if (!multipleNames.has(name.toLowerCase())) {
            pairs.push([name, String(value)]);
        }
    }
    if (pairs.some(([name, value]) => !isHeaderText(name, value))) {
        return undefined;
    }
    return pairs
        .filter(([name]) => name.toLowerCase() !== "transfer-encoding")
        .map(([name, value]) => [
            remappedHeaders.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name,
            value,
        ]);
}

function isHeaderText(name: string, value: string): boolean {
    return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[\r\n\0]/.test(value);
}

function isHeaderValue(value: unknown): value is string | number | boolean {
    return ["string", "number", "boolean"].includes(typeof value);
}

function isAbsent(value: unknown): value is undefined | null {
    return value === undefined || value === null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
