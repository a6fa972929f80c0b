import type { LocalCredentials } from "./credentials";
import {
    type CredentialScope,
    calculateSignature,
    formatTimestamp,
    isSameSecret,
    readCredentialScope,
    readTimestamp,
    type SignableRequest,
    type SignatureTerms,
    scopeTerminator,
    signatureAlgorithm,
} from "./signature-v4";

/** What a verifier demands of a presigned request. */
export interface PresignedExpectation {
    readonly region: string;
    readonly service: string;
    readonly now: Date;
}

export type FindCredentials = (accessKeyId: string) => LocalCredentials | undefined;

export type PresignedVerdict =
    | { readonly kind: "valid"; readonly accessKeyId: string }
    /** The reason is a sentence for whoever signed the request. */
    | { readonly kind: "invalid"; readonly reason: string };

const maxFutureMilliseconds = 5 * 60_000;
const maxExpiresSeconds = 604_800;

/**
 * Verifies a request that carries its signature in its query.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function verifyPresigned(
    request: SignableRequest,
    expected: PresignedExpectation,
    findCredentials: FindCredentials,
): PresignedVerdict {
    try {
        const presigned = readPresigned(request, expected);
        checkSignature(request, presigned, findCredentials(presigned.accessKeyId));
        return { kind: "valid", accessKeyId: presigned.accessKeyId };
    } catch (error) {
        if (error instanceof Error && error.name === refusalName) {
            return { kind: "invalid", reason: error.message };
        }
        throw error;
    }
}

interface Presigned {
    readonly accessKeyId: string;
    readonly terms: SignatureTerms;
    readonly sessionToken: string;
    readonly signature: string;
}

function readPresigned(request: SignableRequest, expected: PresignedExpectation): Presigned {
    const parameters = readParameters(request);
    demand(
        parameters("X-Amz-Algorithm") === signatureAlgorithm,
        `X-Amz-Algorithm is not ${signatureAlgorithm}.`,
    );
    const { accessKeyId, ...scope } = readCredential(parameters("X-Amz-Credential"), expected);
    const timestamp = parameters("X-Amz-Date");
    checkTime(timestamp, parameters("X-Amz-Expires"), expected.now);
    demand(
        timestamp.startsWith(`${scope.date}T`),
        `X-Amz-Date is ${timestamp}, X-Amz-Credential is of another day, ${scope.date}.`,
    );
    const signedHeaders = readSignedHeaders(parameters("X-Amz-SignedHeaders"), request.headers);
    return {
        accessKeyId,
        terms: { ...scope, timestamp, signedHeaders },
        sessionToken: parameters("X-Amz-Security-Token"),
        signature: parameters("X-Amz-Signature"),
    };
}

function checkSignature(
    request: SignableRequest,
    { accessKeyId, terms, sessionToken, signature }: Presigned,
    credentials: LocalCredentials | undefined,
): void {
    if (credentials === undefined) {
        throw refusal(`The access key ${accessKeyId} is not known; it may be of an earlier run.`);
    }
    demand(
        isSameSecret(sessionToken, credentials.sessionToken),
        "X-Amz-Security-Token is not the session token of the access key.",
    );
    const query = request.query.filter(([name]) => name !== "X-Amz-Signature");
    const right = calculateSignature({ ...request, query }, terms, credentials.secretAccessKey);
    demand(
        isSameSecret(signature, right),
        "X-Amz-Signature does not match: something was changed after it was signed, or it was " +
            "signed with another secret.",
    );
}

function readParameters({ query }: SignableRequest): (name: string) => string {
    const values = new Map<string, string>();
    for (const [name, value] of query) {
        // Two readers could each take another one of them.
        demand(!values.has(name), `${name} is given more than once.`);
        values.set(name, value);
    }
    return (name) => {
        const value = values.get(name) ?? "";
        demand(value !== "", `${name} is missing.`);
        return value;
    };
}

function readCredential(text: string, { region, service }: PresignedExpectation): CredentialScope {
    const scope = readCredentialScope(text);
    if (scope === undefined) {
        throw refusal(
            `X-Amz-Credential is not <access key>/<date>/<Region>/<service>/${scopeTerminator}.`,
        );
    }
    demand(
        scope.region === region,
        `The signature is for the Region "${scope.region}", not "${region}".`,
    );
    demand(
        scope.service === service,
        `The signature is for the service "${scope.service}", not "${service}".`,
    );
    return scope;
}

function checkTime(timestamp: string, expires: string, now: Date): void {
    const signedAt = readTimestamp(timestamp);
    if (signedAt === undefined) {
        throw refusal(`X-Amz-Date is "${timestamp}", not a time as YYYYMMDDTHHMMSSZ.`);
    }
    demand(
        signedAt <= now.getTime() + maxFutureMilliseconds,
        `Signature not yet current: ${timestamp} is more than 5 minutes after ` +
            `${formatTimestamp(now)}.`,
    );
    const expiresSeconds = /^[0-9]{1,6}$/.test(expires) ? Number(expires) : 0;
    demand(
        expiresSeconds >= 1 && expiresSeconds <= maxExpiresSeconds,
        `X-Amz-Expires is "${expires}"; allowed are 1 to ${maxExpiresSeconds} seconds.`,
    );
    const end = signedAt + expiresSeconds * 1_000;
    demand(
        now.getTime() <= end,
        `Signature expired: ${formatTimestamp(new Date(end))} is before ${formatTimestamp(now)}.`,
    );
}

function readSignedHeaders(text: string, headers: SignableRequest["headers"]): readonly string[] {
    const names = text.split(";");
    demand(names.includes("host"), 'X-Amz-SignedHeaders does not name "host".');
    for (const name of names) {
        const isSent = Object.hasOwn(headers, name);
        demand(isSent, `X-Amz-SignedHeaders names "${name}", which the request does not have.`);
    }
    return names;
}

const refusalName = "PresignedRequestRefusal";

function demand(holds: boolean, reason: string): void {
    if (!holds) {
        throw refusal(reason);
    }
}

function refusal(reason: string): Error {
    return Object.assign(new Error(reason), { name: refusalName });
}
