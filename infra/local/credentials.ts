import { randomBytes } from "node:crypto";

/** Temporary credentials of the local cloud; no AWS account accepts them. */
export interface LocalCredentials {
    /** `ASIALOCAL` and eleven more letters and digits. */
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
}

/** Who holds which credentials, as long as the local cloud runs. */
export interface CredentialStore {
    /**
     * One set for each principal, however often it is asked for.
     * @throws Error when there are more principals than the local cloud keeps
     */
    issue(principalArn: string): LocalCredentials;
    find(accessKeyId: string): PrincipalCredentials | undefined;
}

export interface PrincipalCredentials {
    readonly credentials: LocalCredentials;
    readonly principalArn: string;
}

const maxPrincipals = 1_000;

/** Makes an empty store. What it issues is random, so that nothing outlives a run. */
export function createCredentialStore(): CredentialStore {
    const byPrincipal = new Map<string, LocalCredentials>();
    const byAccessKeyId = new Map<string, PrincipalCredentials>();
    return {
        issue(principalArn) {
            const known = byPrincipal.get(principalArn);
            if (known !== undefined) {
                return known;
            }
            if (byPrincipal.size >= maxPrincipals) {
                throw new Error(
                    `The local cloud keeps credentials for ${maxPrincipals} principals; ` +
                        `${principalArn} is one too many. Delete roles, or raise the limit in ` +
                        "infra/local/credentials.ts.",
                );
            }
            const credentials = makeCredentials();
            byPrincipal.set(principalArn, credentials);
            byAccessKeyId.set(credentials.accessKeyId, { credentials, principalArn });
            return credentials;
        },
        find: (accessKeyId) => byAccessKeyId.get(accessKeyId),
    };
}

/**
 * In the shape of AWS's: `ASIA` and 16 more for temporary access keys, secrets of 40 characters.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
 */
function makeCredentials(): LocalCredentials {
    return {
        accessKeyId: `ASIALOCAL${randomText(11)}`,
        secretAccessKey: randomBytes(30).toString("base64"),
        sessionToken: `LOCAL//${randomBytes(96).toString("base64")}`,
    };
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function randomText(length: number): string {
    // 32 letters divide 256 evenly, so each is equally likely.
    return [...randomBytes(length)].map((byte) => alphabet.charAt(byte % alphabet.length)).join("");
}
