import { randomBytes, webcrypto } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { isIP } from "node:net";
import * as path from "node:path";
import * as x509 from "@peculiar/x509";
import { type AuthorityKey, keepCertificate, keepKey } from "./authority-files";

/** A key and the certificate for it, PEM. */
export interface CertificatePair {
    readonly key: string;
    readonly cert: string;
}

/** Signs the certificates of the local endpoints. */
export interface Authority {
    readonly certificatePem: string;
    /** For clients that want a file, as `PGSSLROOTCERT`. */
    readonly certificateFile: string;
    /**
     * A new pair for a server with these names, DNS names or IP addresses, valid for 90 days.
     * Nothing of it is kept.
     * @throws Error when there is no name, or one that no certificate can hold
     */
    issue(hostNames: readonly string[]): Promise<CertificatePair>;
}

const dayMilliseconds = 86_400_000;
const authorityDays = 3_650;
const leafDays = 90;
// Clocks of clients may be a little behind.
const skewMilliseconds = 3_600_000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * Opens the certificate authority of a folder: `authority.pem` and `authority-key.pem`. Makes it
 * where there is none; several processes that do so at once get the same. The certificate is
 * renewed, for the same key, when it is unreadable or ends within 30 days.
 */
export async function openAuthority(
    folder: string,
    now: () => Date = () => new Date(),
): Promise<Authority> {
    await mkdir(folder, { recursive: true });
    const key = await keepKey(path.join(folder, "authority-key.pem"));
    const signer = await importKey(key);
    const certificateFile = path.join(folder, "authority.pem");
    const certificatePem = await keepCertificate(certificateFile, key, now(), () =>
        certifyItself(signer, now()),
    );
    return {
        certificatePem,
        certificateFile,
        issue: (hostNames) => issue(hostNames, signer, now()),
    };
}

interface Signer {
    readonly keys: webcrypto.CryptoKeyPair;
    /** The authority's distinguished name: the same as long as its key is. */
    readonly name: string;
}

async function importKey(key: AuthorityKey): Promise<Signer> {
    const { subtle } = webcrypto;
    const keys = {
        privateKey: await subtle.importKey("pkcs8", key.pkcs8, algorithm, false, ["sign"]),
        publicKey: await subtle.importKey("spki", key.spki, algorithm, true, ["verify"]),
    };
    return { keys, name: `CN=Local cloud authority ${key.fingerprint.slice(0, 8)}` };
}

/** Source: https://www.rfc-editor.org/rfc/rfc5280#section-4.2 */
async function certifyItself({ keys, name }: Signer, now: Date): Promise<string> {
    const certificate = await x509.X509CertificateGenerator.createSelfSigned(
        {
            serialNumber: makeSerialNumber(),
            name,
            ...validity(now, authorityDays),
            signingAlgorithm: algorithm,
            keys,
            extensions: [
                new x509.BasicConstraintsExtension(true, 0, true),
                new x509.KeyUsagesExtension(
                    x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
                    true,
                ),
                await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
            ],
        },
        webcrypto,
    );
    return `${certificate.toString("pem")}\n`;
}

async function issue(
    hostNames: readonly string[],
    authority: Signer,
    now: Date,
): Promise<CertificatePair> {
    const names = hostNames.map(toGeneralName);
    if (names.length === 0) {
        throw new Error("A certificate needs at least one host name.");
    }
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.create(
        {
            serialNumber: makeSerialNumber(),
            subject: "CN=Local cloud endpoint",
            issuer: authority.name,
            ...validity(now, leafDays),
            signingAlgorithm: algorithm,
            publicKey: keys.publicKey,
            signingKey: authority.keys.privateKey,
            extensions: [
                new x509.SubjectAlternativeNameExtension(names),
                new x509.BasicConstraintsExtension(false, undefined, true),
                new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
                new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
                await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
                await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
            ],
        },
        webcrypto,
    );
    const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
        key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
        cert: `${certificate.toString("pem")}\n`,
    };
}

function toGeneralName(hostName: string): { type: "dns" | "ip"; value: string } {
    if (isIP(hostName) !== 0) {
        return { type: "ip", value: hostName };
    }
    if (!/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(hostName) || hostName.length > 253) {
        throw new Error(`"${hostName}" is neither a DNS name nor an IP address.`);
    }
    return { type: "dns", value: hostName };
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
    return {
        notBefore: new Date(now.getTime() - skewMilliseconds),
        notAfter: new Date(now.getTime() + days * dayMilliseconds),
    };
}

/** 16 bytes whose first bit is not set, because the number is not to be negative. */
function makeSerialNumber(): string {
    const bytes = randomBytes(16);
    bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
    return bytes.toString("hex");
}
