import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { createCredentialStore, type LocalCredentials } from "../credentials";

/**
 * Credentials that outlive a run, so that programs which were given them need not be given others
 * after each start. Only their owner may read the file.
 */
export async function keepCredentials(
    folder: string,
    principalArn: string,
): Promise<LocalCredentials> {
    const file = path.join(folder, "credentials.json");
    const kept = await readFile(file, "utf8").then(read, () => undefined);
    if (kept !== undefined) {
        return kept;
    }
    const credentials = createCredentialStore().issue(principalArn);
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, `${JSON.stringify(credentials, undefined, 4)}\n`, { mode: 0o600 });
    await rename(draft, file);
    return credentials;
}

/** Undefined for a file that does not hold what this module writes. */
function read(text: string): LocalCredentials | undefined {
    try {
        const { accessKeyId, secretAccessKey, sessionToken } = JSON.parse(text);
        const isWhole = [accessKeyId, secretAccessKey, sessionToken].every(
            (value) => typeof value === "string" && value !== "",
        );
        return isWhole ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
    } catch {
        return undefined;
    }
}
