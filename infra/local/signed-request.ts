import type { CredentialStore } from "./credentials";
import {
    calculateSignature,
    encode,
    formatTimestamp,
    isSameSecret,
    readCredentialScope,
    readQuery,
    readTimestamp,
    type SignatureTerms,
    scopeTerminator,
    sha256,
    signatureAlgorithm,
} from "./signature-v4";

/** A request that carries its signature in its headers, as it arrived. */
export interface SignedRequest {
    readonly method: string;
    /** As it was sent, still encoded, without the query. */
    readonly path: string;
    /** As it was sent, without "?". */
    readonly query: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
}

/** Who signed a request, or what the service answers to whoever did not sign it right. */
export type Verification = { readonly principalArn: string } | SignatureRefusal;

export interface SignatureRefusal {
    /** The service's error text; names no secret. */
    readonly refusal: string;
    /** What AWS calls the error; a service may answer with its own name for it. */
    readonly code: SignatureErrorCode;
}

export type SignatureErrorCode =
    | "MissingAuthenticationTokenException"
    | "IncompleteSignatureException"
    | "InvalidSignatureException"
    | "UnrecognizedClientException";

/** What a service demands of a signature. */
export interface SignatureDemands {
    readonly service: string;
    readonly region: string;
    readonly credentials: CredentialStore;
    /** Default: the time of this computer. */
    readonly now?: Date;
}

const maxSkewMinutes = 5;

/**
 * Verifies a request that carries its signature in its `Authorization` header, by SigV4. The body
 * always counts: there is no `UNSIGNED-PAYLOAD` outside S3.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifySignedRequest(
    request: SignedRequest,
    demands: SignatureDemands,
): Verification {
    const headers = lowerCaseNames(request.headers);
    const given = headers["authorization"];
    if (given === undefined || given === "") {
        return refuse(
            "MissingAuthenticationTokenException",
            "Request is missing Authentication Token",
        );
    }
    const authorization = readAuthorization(given, headers);
    return "refusal" in authorization
        ? authorization
        : (checkScope(authorization, demands) ?? checkSignature(request, authorization, demands));
}

interface Authorization {
    readonly accessKeyId: string;
    readonly terms: SignatureTerms;
    readonly signedAtMilliseconds: number;
    readonly signature: string;
    readonly headers: Readonly<Record<string, string>>;
}

function readAuthorization(
    text: string,
    headers: Readonly<Record<string, string>>,
): Authorization | SignatureRefusal {
    const [algorithm = "", ...rest] = text.trim().split(/\s+/);
    if (algorithm !== signatureAlgorithm) {
        return incomplete(`Unsupported AWS 'algorithm': '${algorithm.slice(0, 30)}'.`);
    }
    const parameters = new Map(
        rest
            .join("")
            .split(",")
            .map((parameter): [string, string] => {
                const at = parameter.indexOf("=");
                return [parameter.slice(0, at), parameter.slice(at + 1)];
            }),
    );
    const missing = ["Credential", "Signature", "SignedHeaders"].filter(
        (name) => !parameters.get(name),
    );
    if (missing.length > 0) {
        return incomplete(
            missing.map((name) => `Authorization header requires '${name}' parameter.`).join(" "),
        );
    }
    const scope = readCredentialScope(parameters.get("Credential") ?? "");
    if (scope === undefined) {
        return incomplete(
            `Credential must be <access key>/YYYYMMDD/<Region>/<service>/${scopeTerminator}.`,
        );
    }
    const timestamp = headers["x-amz-date"] ?? "";
    const signedAtMilliseconds = readTimestamp(timestamp);
    if (signedAtMilliseconds === undefined) {
        return incomplete("Authorization header requires existence of an 'X-Amz-Date' header.");
    }
    const signedHeaders = (parameters.get("SignedHeaders") ?? "").split(";");
    const { accessKeyId, ...place } = scope;
    return {
        accessKeyId,
        terms: { ...place, timestamp, signedHeaders },
        signedAtMilliseconds,
        signature: parameters.get("Signature") ?? "",
        headers,
    };
}

/** Finds what makes the signature one for something else, or for another time. */
function checkScope(
    { terms, signedAtMilliseconds, headers }: Authorization,
    { service, region, now = new Date() }: SignatureDemands,
): SignatureRefusal | undefined {
    const skewMilliseconds = maxSkewMinutes * 60_000;
    const isBefore = signedAtMilliseconds < now.getTime() - skewMilliseconds;
    const isAfter = signedAtMilliseconds > now.getTime() + skewMilliseconds;
    const here = formatTimestamp(now);
    const unsent = terms.signedHeaders.find((name) => !Object.hasOwn(headers, name));
    const faults: readonly (readonly [boolean, string])[] = [
        [isBefore, `Signature expired: ${terms.timestamp} is more than 5 min. before ${here}.`],
        [
            isAfter,
            `Signature not yet current: ${terms.timestamp} is more than 5 min. after ${here}.`,
        ],
        [
            !terms.timestamp.startsWith(`${terms.date}T`),
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date " +
                `from HTTP: '${terms.date}' != '${terms.timestamp.slice(0, 8)}'.`,
        ],
        [
            terms.region !== region,
            `Credential should be scoped to a valid Region, not '${terms.region}'; ` +
                `this is '${region}'.`,
        ],
        [
            terms.service !== service,
            `Credential should be scoped to correct service: '${service}', ` +
                `not '${terms.service}'.`,
        ],
        [
            !terms.signedHeaders.includes("host"),
            "'Host' must be a 'SignedHeader' in the AWS Authorization.",
        ],
        [unsent !== undefined, `The signed header '${unsent}' is not in the request.`],
    ];
    const [fault] = faults.filter(([isThere]) => isThere);
    return fault === undefined ? undefined : refuse("InvalidSignatureException", fault[1]);
}

function checkSignature(
    request: SignedRequest,
    { accessKeyId, terms, signature, headers }: Authorization,
    { credentials }: SignatureDemands,
): Verification {
    const found = credentials.find(accessKeyId);
    const token = headers["x-amz-security-token"] ?? "";
    if (found === undefined || !isSameSecret(token, found.credentials.sessionToken)) {
        return refuse(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        );
    }
    const query = readQuery(request.query);
    const right =
        query &&
        calculateSignature(
            {
                method: request.method,
                canonicalPath: canonicalPath(request.path),
                query,
                headers,
                payloadHash: sha256(request.body),
            },
            terms,
            found.credentials.secretAccessKey,
        );
    return right !== undefined && isSameSecret(signature, right)
        ? { principalArn: found.principalArn }
        : refuse(
              "InvalidSignatureException",
              "The request signature we calculated does not match the signature you provided. " +
                  "Check your AWS Secret Access Key and signing method. Consult the service " +
                  "documentation for details.",
          );
}

/** Every service but S3 signs the path as it was sent, encoded once more. */
export function canonicalPath(path: string): string {
    return encode(path === "" ? "/" : path).replaceAll("%2F", "/");
}

/** HTTP takes headers' names in any case. */
export function lowerCaseNames(
    headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
    return Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
}

function incomplete(refusal: string): SignatureRefusal {
    return refuse("IncompleteSignatureException", refusal);
}

function refuse(code: SignatureErrorCode, refusal: string): SignatureRefusal {
    return { refusal, code };
}
