import {
    createECDH,
    createHash,
    createHmac,
    createPrivateKey,
    type KeyObject,
    sign,
} from "node:crypto";
import type { Credentials } from "../environment";

const algorithm = "AWS4-ECDSA-P256-SHA256";
// The order of the curve P-256, less two. Source: NIST SP 800-186, section 3.2.1.3
const largestCandidate = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n - 2n;
/** One byte counts the candidates. */
const maxCandidates = 254;

export interface AsymmetricCall {
    readonly service: string;
    readonly method: string;
    /** Without a query. */
    readonly url: string;
    readonly body: string;
}

/**
 * The key pair of an access key: the counter-mode key derivation of NIST SP 800-108 over the
 * secret. Nearly always the first candidate will do.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function deriveSigningKey({ accessKeyId, secretAccessKey }: Credentials): KeyObject {
    for (let counter = 1; counter <= maxCandidates; counter += 1) {
        const digest = createHmac("sha256", `AWS4A${secretAccessKey}`)
            .update(Buffer.from([0, 0, 0, 1]))
            .update(`${algorithm}\0${accessKeyId}`)
            .update(Buffer.from([counter, 0, 0, 1, 0]))
            .digest("hex");
        const candidate = BigInt(`0x${digest}`);
        if (candidate <= largestCandidate) {
            return keyOf(Buffer.from((candidate + 1n).toString(16).padStart(64, "0"), "hex"));
        }
    }
    throw new Error(`No signing key can be derived for the access key ${accessKeyId}.`);
}

function keyOf(privateKey: Buffer): KeyObject {
    const pair = createECDH("prime256v1");
    pair.setPrivateKey(privateKey);
    // One byte that says "uncompressed", then both coordinates.
    const point = pair.getPublicKey();
    const key = {
        kty: "EC",
        crv: "P-256",
        x: point.subarray(1, 33).toString("base64url"),
        y: point.subarray(33).toString("base64url"),
        d: privateKey.toString("base64url"),
    };
    return createPrivateKey({ key, format: "jwk" });
}

/**
 * The headers that sign a request for all Regions with SigV4A, which services with one global
 * endpoint demand.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signAsymmetrically(
    { service, method, url, body }: AsymmetricCall,
    credentials: Credentials,
    now: Date,
): Record<string, string> {
    const { host, pathname } = new URL(url);
    const timestamp = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
    const payloadHash = sha256(body);
    const headers: Record<string, string> = {
        host,
        "x-amz-content-sha256": payloadHash,
        "x-amz-date": timestamp,
        "x-amz-region-set": "*",
        ...(credentials.sessionToken === undefined
            ? {}
            : { "x-amz-security-token": credentials.sessionToken }),
    };
    const names = Object.keys(headers).sort();
    const canonicalRequest = [
        method,
        // Every service but S3 wants the path, which is encoded already, encoded once more.
        pathname.split("/").map(encodeURIComponent).join("/"),
        "",
        ...names.map((name) => `${name}:${headers[name]}`),
        "",
        names.join(";"),
        payloadHash,
    ].join("\n");
    const scope = `${timestamp.slice(0, 8)}/${service}/aws4_request`;
    const text = [algorithm, timestamp, scope, sha256(canonicalRequest)].join("\n");
    const signature = sign("sha256", Buffer.from(text), deriveSigningKey(credentials));
    const { host: _, ...sent } = headers;
    return {
        ...sent,
        authorization:
            `${algorithm} Credential=${credentials.accessKeyId}/${scope}, ` +
            `SignedHeaders=${names.join(";")}, Signature=${signature.toString("hex")}`,
    };
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
