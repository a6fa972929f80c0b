import { createECDH, createHmac, createPublicKey, type KeyObject, verify } from "node:crypto";
import { canonicalRequest, type SignableRequest, scopeTerminator, sha256 } from "./signature-v4";

export const asymmetricAlgorithm = "AWS4-ECDSA-P256-SHA256";

/** Everything that goes into an asymmetric signature besides the request and the key. */
export interface AsymmetricTerms {
    /** `YYYYMMDD` */
    readonly date: string;
    readonly service: string;
    /** `YYYYMMDDTHHMMSSZ` */
    readonly timestamp: string;
    /** Lower-case names of the headers that are signed, in order. */
    readonly signedHeaders: readonly string[];
}

// The order of the curve P-256, less two. Source: NIST SP 800-186, section 3.2.1.3
const largestCandidate = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n - 2n;
/** One byte counts the candidates. */
const maxCandidates = 254;

/**
 * The private key of an access key, as 32 bytes: the counter-mode key derivation of NIST SP 800-108
 * over the secret. No Region goes into it, so that one signature serves all Regions.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function derivePrivateKey(accessKeyId: string, secretAccessKey: string): Buffer {
    for (let counter = 1; counter <= maxCandidates; counter += 1) {
        const digest = createHmac("sha256", `AWS4A${secretAccessKey}`)
            .update(Buffer.from([0, 0, 0, 1]))
            .update(`${asymmetricAlgorithm}\0${accessKeyId}`)
            .update(Buffer.from([counter, 0, 0, 1, 0]))
            .digest("hex");
        const candidate = BigInt(`0x${digest}`);
        if (candidate <= largestCandidate) {
            return Buffer.from((candidate + 1n).toString(16).padStart(64, "0"), "hex");
        }
    }
    throw new Error(`No key can be derived for ${accessKeyId}.`);
}

/** The public half of an access key's pair. */
export function derivePublicKey(accessKeyId: string, secretAccessKey: string): KeyObject {
    const pair = createECDH("prime256v1");
    pair.setPrivateKey(derivePrivateKey(accessKeyId, secretAccessKey));
    // One byte that says "uncompressed", then both coordinates.
    const point = pair.getPublicKey();
    const key = {
        kty: "EC",
        crv: "P-256",
        x: point.subarray(1, 33).toString("base64url"),
        y: point.subarray(33).toString("base64url"),
    };
    return createPublicKey({ key, format: "jwk" });
}

/** What is signed. */
export function asymmetricStringToSign(request: SignableRequest, terms: AsymmetricTerms): string {
    return [
        asymmetricAlgorithm,
        terms.timestamp,
        [terms.date, terms.service, scopeTerminator].join("/"),
        sha256(canonicalRequest(request, terms.signedHeaders)),
    ].join("\n");
}

/** Whether a signature, in hexadecimal digits, is that of the key's owner. */
export function isAsymmetricSignature(
    signature: string,
    stringToSign: string,
    publicKey: KeyObject,
): boolean {
    return (
        /^([0-9a-f]{2}){8,72}$/.test(signature) &&
        verify("sha256", Buffer.from(stringToSign), publicKey, Buffer.from(signature, "hex"))
    );
}
