import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { deriveSigningKey } from "../../app/aws/asymmetric-signature";
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

/** The public half of an access key's pair. */
export function derivePublicKey(accessKeyId: string, secretAccessKey: string): KeyObject {
    return createPublicKey(deriveSigningKey({ accessKeyId, secretAccessKey }));
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
