import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import * as path from "node:path";
import type { ServerAccount } from "./postgres-account";
import { fillDataFolder, superuser, superuserFile } from "./postgres-template";

/**
 * Makes the data folder on the first start; leaves one that is whole as it is. Fills a draft and
 * renames, so that an interrupted start leaves no half folder.
 * @throws Error with what `initdb` complained of; Error when an earlier version made the folder,
 * which stays as it is.
 */
export async function createDataFolder(
    native: string,
    account: ServerAccount,
    durable: boolean,
): Promise<void> {
    const { dataFolder, identity } = account;
    const isMade = await stat(path.join(dataFolder, "PG_VERSION")).catch(() => undefined);
    if (isMade !== undefined) {
        await refuseOtherSuperuser(dataFolder);
        return giveTo(account);
    }
    const draft = path.join(dataFolder, "draft");
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { mode: 0o700 });
    await giveTo(account);
    await fillDataFolder(native, draft, identity, durable);
    // The lock file lies in the folder, so the content moves instead of the folder itself;
    // PG_VERSION comes last, as the sign that the folder is whole.
    const entries = await readdir(draft);
    for (const entry of entries.filter((name) => name !== "PG_VERSION")) {
        await rm(path.join(dataFolder, entry), { recursive: true, force: true });
        await rename(path.join(draft, entry), path.join(dataFolder, entry));
    }
    await rename(path.join(draft, "PG_VERSION"), path.join(dataFolder, "PG_VERSION"));
    await rm(draft, { recursive: true, force: true });
}

async function refuseOtherSuperuser(dataFolder: string): Promise<void> {
    const name = await readFile(path.join(dataFolder, superuserFile), "utf8").catch(() => "");
    if (name.trim() !== superuser) {
        throw new Error(
            `The databases in ${dataFolder} were made by an earlier version and cannot be used. ` +
                'Start once with -- --fresh, as in "npm start -- --fresh", which makes them anew.',
        );
    }
}

/** The data folder belongs to the server's account and to nobody else, as PostgreSQL demands. */
async function giveTo({ dataFolder, identity }: ServerAccount): Promise<void> {
    await chmod(dataFolder, 0o700);
    if (identity === undefined) {
        return;
    }
    const owner = (await stat(path.join(dataFolder, "PG_VERSION")).catch(() => undefined))?.uid;
    const files = owner === identity.uid ? [] : await readdir(dataFolder, { recursive: true });
    for (const file of ["", ...files]) {
        await chown(path.join(dataFolder, file), identity.uid, identity.gid);
    }
}
