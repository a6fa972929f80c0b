import type { CredentialStore } from "./credentials";
import {
    formatTimestamp,
    isSameSecret,
    readQuery,
    readTimestamp,
    scopeTerminator,
    sha256,
} from "./signature-v4";
import {
    asymmetricAlgorithm,
    asymmetricStringToSign,
    derivePublicKey,
    isAsymmetricSignature,
} from "./signature-v4a";
import {
    canonicalPath,
    lowerCaseNames,
    type SignatureErrorCode,
    type SignedRequest,
    type Verification,
} from "./signed-request";

export interface AsymmetricDemands {
    readonly service: string;
    readonly credentials: CredentialStore;
    /** Default: the time of this computer. */
    readonly now?: Date;
}

const demandedHeaders = ["host", "x-amz-date", "x-amz-region-set"];
const maxSkewMilliseconds = 5 * 60_000;

/**
 * Verifies a request that is signed by SigV4A for all Regions, which services with one global
 * endpoint demand.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifyAsymmetricRequest(
    request: SignedRequest,
    { service, credentials, now = new Date() }: AsymmetricDemands,
): Verification {
    const headers = lowerCaseNames(request.headers);
    const authorization = headers["authorization"] ?? "";
    if (authorization === "") {
        return refuse("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    const read = readAuthorization(authorization);
    if (read === undefined) {
        return refuse(
            "IncompleteSignatureException",
            `The Authorization header has to be: ${asymmetricAlgorithm} Credential=<access key>/` +
                `YYYYMMDD/<service>/${scopeTerminator}, SignedHeaders=..., Signature=...`,
        );
    }
    return (
        findFault(read, headers, service, now) ??
        checkSignature(request, read, headers, credentials)
    );
}

/** Finds what makes the signature one for something else, or for another time. */
function findFault(
    read: Authorization,
    headers: Headers,
    service: string,
    now: Date,
): Verification | undefined {
    const timestamp = headers["x-amz-date"] ?? "";
    const signedAt = readTimestamp(timestamp) ?? Number.NEGATIVE_INFINITY;
    const regions = headers["x-amz-region-set"] ?? "";
    const unsigned = demandedHeaders.find((name) => !read.signedHeaders.includes(name));
    const absent = read.signedHeaders.find((name) => !Object.hasOwn(headers, name));
    const faults: readonly (readonly [isThere: boolean, message: string])[] = [
        [
            Math.abs(signedAt - now.getTime()) > maxSkewMilliseconds,
            `X-Amz-Date is '${timestamp}'; allowed: 5 min. from ${formatTimestamp(now)}.`,
        ],
        [!timestamp.startsWith(`${read.date}T`), "The credential's date is not X-Amz-Date's."],
        [
            read.service !== service,
            `The credential is for the service '${read.service}'; this is '${service}'.`,
        ],
        [unsigned !== undefined, `The header '${unsigned}' has to be signed.`],
        [absent !== undefined, `The signed header '${absent}' is not in the request.`],
        [regions !== "*", `X-Amz-Region-Set is '${regions}'; allowed: '*'.`],
    ];
    const fault = faults.find(([isThere]) => isThere);
    return fault && refuse("InvalidSignatureException", fault[1]);
}

function checkSignature(
    request: SignedRequest,
    read: Authorization,
    headers: Headers,
    credentials: CredentialStore,
): Verification {
    const found = credentials.find(read.accessKeyId);
    const token = headers["x-amz-security-token"] ?? "";
    if (found === undefined || !isSameSecret(token, found.credentials.sessionToken)) {
        return refuse("UnrecognizedClientException", "The security token is invalid.");
    }
    const query = readQuery(request.query) ?? [];
    const { method, path, body } = request;
    const canonical = { method, canonicalPath: canonicalPath(path), query, headers };
    const stringToSign = asymmetricStringToSign(
        { ...canonical, payloadHash: sha256(body) },
        { ...read, timestamp: headers["x-amz-date"] ?? "" },
    );
    const publicKey = derivePublicKey(read.accessKeyId, found.credentials.secretAccessKey);
    return isAsymmetricSignature(read.signature, stringToSign, publicKey)
        ? { principalArn: found.principalArn }
        : refuse("InvalidSignatureException", "The signature is not that of this request.");
}

type Headers = Readonly<Record<string, string>>;

interface Authorization {
    readonly accessKeyId: string;
    readonly date: string;
    readonly service: string;
    readonly signedHeaders: readonly string[];
    readonly signature: string;
}

function readAuthorization(text: string): Authorization | undefined {
    const groups = new RegExp(
        `^${asymmetricAlgorithm} +Credential=(?<accessKeyId>[^/, ]+)/(?<date>\\d{8})/` +
            `(?<service>[^/, ]+)/${scopeTerminator}, *SignedHeaders=(?<names>[^, ]+), *` +
            "Signature=(?<signature>[0-9a-f]+)$",
    ).exec(text.trim())?.groups;
    if (groups === undefined) {
        return undefined;
    }
    const { accessKeyId = "", date = "", service = "", names = "", signature = "" } = groups;
    return { accessKeyId, date, service, signedHeaders: names.split(";"), signature };
}

function refuse(code: SignatureErrorCode, refusal: string): Verification {
    return { code, refusal };
}
