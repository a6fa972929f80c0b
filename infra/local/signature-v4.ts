import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A request as it is signed. */
export interface SignableRequest {
    readonly method: string;
    /** Encoded as the service wants it in a signature; begins with "/". */
    readonly canonicalPath: string;
    /** Decoded, in any order. */
    readonly query: readonly QueryParameter[];
    /** By lower-case name. */
    readonly headers: Readonly<Record<string, string>>;
    /** SHA-256 of the body in hexadecimal digits, or what the client signs in its place. */
    readonly payloadHash: string;
}

export type QueryParameter = readonly [name: string, value: string];

/** Everything that goes into a signature besides the request and the secret. */
export interface SignatureTerms {
    /** `YYYYMMDD` */
    readonly date: string;
    readonly region: string;
    readonly service: string;
    /** `YYYYMMDDTHHMMSSZ` */
    readonly timestamp: string;
    /** Lower-case names of the headers that are signed, in order. */
    readonly signedHeaders: readonly string[];
}

export const signatureAlgorithm = "AWS4-HMAC-SHA256";

/** The last part of every credential scope. */
export const scopeTerminator = "aws4_request";

/** SHA-256 of an empty body. */
export const emptyPayloadHash = sha256("");

/**
 * The signature that a request should have, in hexadecimal digits.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function calculateSignature(
    request: SignableRequest,
    terms: SignatureTerms,
    secretAccessKey: string,
): string {
    const scope = [terms.date, terms.region, terms.service, scopeTerminator];
    const stringToSign = [
        signatureAlgorithm,
        terms.timestamp,
        scope.join("/"),
        sha256(canonicalRequest(request, terms.signedHeaders)),
    ].join("\n");
    const signingKey = scope.reduce<Buffer>(
        (key, part) => createHmac("sha256", key).update(part).digest(),
        Buffer.from(`AWS4${secretAccessKey}`),
    );
    return createHmac("sha256", signingKey).update(stringToSign).digest("hex");
}

/** What a credential says besides the secret. */
export interface CredentialScope {
    readonly accessKeyId: string;
    readonly date: string;
    readonly region: string;
    readonly service: string;
}

/** Reads `<access key>/<date>/<Region>/<service>/aws4_request`; undefined for anything else. */
export function readCredentialScope(text: string): CredentialScope | undefined {
    const [accessKeyId = "", date = "", region = "", service = "", ...end] = text.split("/");
    const isWhole = accessKeyId !== "" && end.length === 1 && end[0] === scopeTerminator;
    return isWhole ? { accessKeyId, date, region, service } : undefined;
}

/** Milliseconds since 1970 of `YYYYMMDDTHHMMSSZ`; undefined for anything else. */
export function readTimestamp(text: string): number | undefined {
    const iso = text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, "$1-$2-$3:$4:$5");
    const milliseconds = Date.parse(iso);
    // JavaScript takes the 31st of February, and makes it a day of March.
    return !Number.isNaN(milliseconds) && formatTimestamp(new Date(milliseconds)) === text
        ? milliseconds
        : undefined;
}

/** `YYYYMMDDTHHMMSSZ` */
export function formatTimestamp(date: Date): string {
    return date.toISOString().replace(/[-:]|\.\d+/g, "");
}

/** The parameters of a query as it was sent, without "?"; undefined where it is malformed. */
export function readQuery(text: string): readonly QueryParameter[] | undefined {
    try {
        return text
            .split("&")
            .filter((parameter) => parameter !== "")
            .map((parameter) => {
                const [name = "", ...value] = parameter.split("=");
                return [decodeURIComponent(name), decodeURIComponent(value.join("="))];
            });
    } catch {
        // A percent sign that encodes nothing.
        return undefined;
    }
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function isSameSecret(left: string, right: string): boolean {
    // Digests are of one length, which the comparison demands.
    return timingSafeEqual(Buffer.from(sha256(left)), Buffer.from(sha256(right)));
}

/** The text whose digest is signed. */
export function canonicalRequest(
    request: SignableRequest,
    signedHeaders: readonly string[],
): string {
    const headers = signedHeaders.map(
        (name) => `${name}:${request.headers[name]?.trim().replace(/ +/g, " ")}\n`,
    );
    return [
        request.method,
        request.canonicalPath,
        canonicalQuery(request.query),
        headers.join(""),
        signedHeaders.join(";"),
        request.payloadHash,
    ].join("\n");
}

function canonicalQuery(query: readonly QueryParameter[]): string {
    return query
        .map(([name, value]) => [encode(name), encode(value)] as const)
        .sort((left, right) => compare(left[0], right[0]) || compare(left[1], right[1]))
        .map(([name, value]) => `${name}=${value}`)
        .join("&");
}

function compare(left: string, right: string): number {
    return left === right ? 0 : left < right ? -1 : 1;
}

/** Encodes all but the unreserved characters of RFC 3986. */
export function encode(text: string): string {
    return encodeURIComponent(text).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
}

/** In hexadecimal digits. */
export function sha256(data: string | Buffer): string {
    return createHash("sha256").update(data).digest("hex");
}
