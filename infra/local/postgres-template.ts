import { chown, mkdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { prepareServerAccount, type ServerAccount } from "./postgres-account";
import { versionOfBinaries } from "./postgres-binaries";
import { runProgram } from "./postgres-programs";

/** Whoever is to look like Aurora DSQL's `admin` must not be PostgreSQL's superuser. */
export const superuser = "dsql_internal";

/** Names the superuser, which cannot be told from the outside while the server is stopped. */
export const superuserFile = "superuser.txt";

const localFolder = path.resolve(__dirname, "../../.local");

const templates = new Map<string, Promise<string>>();

/**
 * Fills an empty folder of the server's account with new databases: with a copy of those that an
 * earlier server of this checkout began with, which takes a tenth of what making them takes.
 * @throws Error with what `initdb` complained of
 */
export async function fillDataFolder(
    native: string,
    folder: string,
    identity: ServerAccount["identity"],
    durable: boolean,
): Promise<void> {
    const initdb = path.join(native, "bin", "initdb");
    try {
        const template = await prepareTemplate(native);
        await runProgram("cp", ["-R", `${template}/.`, folder], folder, identity);
    } catch {
        // It is a shortcut: without it the databases are made here, and what is wrong is told then.
        await rm(folder, { recursive: true, force: true });
        await makeFolder(folder, identity);
        await initialise(initdb, folder, identity);
    }
    if (durable) {
        await runProgram(initdb, ["--sync-only", "-D", folder], folder, identity);
    }
}

/** @returns the folder of the template, made once for each checkout and release of PostgreSQL */
async function prepareTemplate(native: string): Promise<string> {
    const version = await versionOfBinaries(native);
    const name = `postgres-${version}-${process.arch}-template`;
    const template = templates.get(name) ?? makeTemplate(native, path.join(localFolder, name));
    templates.set(name, template);
    return template;
}

async function makeTemplate(native: string, folder: string): Promise<string> {
    const { dataFolder, identity } = await prepareServerAccount(folder);
    const isMade = await stat(path.join(dataFolder, "PG_VERSION")).catch(() => undefined);
    if (isMade !== undefined) {
        return dataFolder;
    }
    const draft = `${dataFolder}.${process.pid}`;
    try {
        await makeFolder(draft, identity);
        await initialise(path.join(native, "bin", "initdb"), draft, identity);
        // Several processes may make one at once; the first to be done wins.
        await rename(draft, dataFolder).catch(() => undefined);
    } finally {
        await rm(draft, { recursive: true, force: true });
        // Fails where the template is.
        await rmdir(dataFolder).catch(() => undefined);
    }
    return dataFolder;
}

async function makeFolder(folder: string, identity: ServerAccount["identity"]): Promise<void> {
    await mkdir(folder, { mode: 0o700 });
    if (identity !== undefined) {
        await chown(folder, identity.uid, identity.gid);
    }
}

async function initialise(
    initdb: string,
    folder: string,
    identity: ServerAccount["identity"],
): Promise<void> {
    const options = [`--username=${superuser}`, "--auth=trust", "--encoding=UTF8", "--locale=C"];
    const all = ["-D", folder, ...options, "--no-instructions", "--no-sync"];
    await runProgram(initdb, all, folder, identity);
    await writeFile(path.join(folder, superuserFile), `${superuser}\n`);
}
