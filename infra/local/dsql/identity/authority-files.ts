import {
    createHash,
    createPrivateKey,
    createPublicKey,
    generateKeyPairSync,
    type KeyObject,
    randomUUID,
    X509Certificate,
} from "node:crypto";
import { chmod, link, readFile, rename, rm, writeFile } from "node:fs/promises";

/** The authority's key, DER. */
export interface AuthorityKey {
    readonly pkcs8: Buffer;
    readonly spki: Buffer;
    /** Of the public key, hexadecimal digits. */
    readonly fingerprint: string;
}

const keyMode = 0o600;
const certificateMode = 0o644;
const renewalMilliseconds = 30 * 86_400_000;
/** Three do: the file is unreadable, then missing, then ours; other processes may come between. */
const maxAttempts = 10;

/**
 * Reads a private key of the curve P-256; makes one where there is none, or none that can be read.
 * Nobody but the file's owner may read it.
 * @throws Error when the file cannot be read or written
 */
export async function keepKey(file: string): Promise<AuthorityKey> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
        const text = await readIfThere(file);
        if (text === undefined) {
            await publish(file, { content: makeKey(), mode: keyMode, wins: "first" });
            continue;
        }
        const key = parseKey(text);
        if (key !== undefined) {
            await chmod(file, keyMode);
            return describeKey(key);
        }
        await discard(file, (found) => parseKey(found) === undefined);
    }
    throw new Error(`${file} keeps changing; start one local cloud at a time, once.`);
}

/**
 * Reads the certificate of a key; has one made where there is none, or none that can be read, is
 * the key's and is valid for 30 more days.
 * @returns PEM
 * @throws Error when the file cannot be read or written
 */
export async function keepCertificate(
    file: string,
    key: AuthorityKey,
    now: Date,
    make: () => Promise<string>,
): Promise<string> {
    const text = await readIfThere(file);
    if (text !== undefined && isUsable(text, key, now)) {
        return text;
    }
    const made = await make();
    const wins = text === undefined ? "first" : "last";
    await publish(file, { content: made, mode: certificateMode, wins });
    // Another process may have been faster; its certificate is for the same key, so either serves.
    const found = await readIfThere(file);
    return found !== undefined && isUsable(found, key, now) ? found : made;
}

function makeKey(): string {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function parseKey(text: string): KeyObject | undefined {
    try {
        const key = createPrivateKey(text);
        return key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? key : undefined;
    } catch {
        return undefined;
    }
}

function describeKey(key: KeyObject): AuthorityKey {
    const spki = createPublicKey(key).export({ type: "spki", format: "der" });
    return {
        pkcs8: key.export({ type: "pkcs8", format: "der" }),
        spki,
        fingerprint: createHash("sha256").update(spki).digest("hex"),
    };
}

function isUsable(pem: string, key: AuthorityKey, now: Date): boolean {
    try {
        const certificate = new X509Certificate(pem);
        const spki = certificate.publicKey.export({ type: "spki", format: "der" });
        return (
            certificate.ca &&
            spki.equals(key.spki) &&
            Date.parse(certificate.validFrom) <= now.getTime() &&
            Date.parse(certificate.validTo) - now.getTime() > renewalMilliseconds
        );
    } catch {
        return false;
    }
}

async function readIfThere(file: string): Promise<string | undefined> {
    try {
        return await readFile(file, "utf8");
    } catch (error) {
        if (hasCode(error, "ENOENT")) {
            return undefined;
        }
        throw error;
    }
}

interface Publication {
    readonly content: string;
    readonly mode: number;
    /** Which one stays when several are published. */
    readonly wins: "first" | "last";
}

/** Puts a file into place as a whole. */
async function publish(file: string, { content, mode, wins }: Publication): Promise<void> {
    const draft = draftOf(file);
    try {
        await writeFile(draft, content, { flag: "wx", mode });
        await (wins === "first" ? linkIfFree(draft, file) : rename(draft, file));
    } finally {
        await rm(draft, { force: true });
    }
}

/** Takes a file away, unless it has become another one in the meantime. */
async function discard(file: string, isBad: (content: string) => boolean): Promise<void> {
    const draft = draftOf(file);
    try {
        await rename(file, draft);
        if (!isBad(await readFile(draft, "utf8"))) {
            await linkIfFree(draft, file);
        }
    } catch (error) {
        // Another process has taken it away.
        if (!hasCode(error, "ENOENT")) {
            throw error;
        }
    } finally {
        await rm(draft, { force: true });
    }
}

async function linkIfFree(from: string, to: string): Promise<void> {
    try {
        await link(from, to);
    } catch (error) {
        if (!hasCode(error, "EEXIST")) {
            throw error;
        }
    }
}

function draftOf(file: string): string {
    return `${file}.${randomUUID()}.draft`;
}

function hasCode(error: unknown, code: string): boolean {
    return (error as NodeJS.ErrnoException).code === code;
}
