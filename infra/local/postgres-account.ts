import { createHash } from "node:crypto";
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

/** Who runs a PostgreSQL server, and where its data lies. */
export interface ServerAccount {
    readonly dataFolder: string;
    /** Undefined: this process's own account. */
    readonly identity: { readonly uid: number; readonly gid: number } | undefined;
}

/** "nobody" on every Unix. */
const unprivileged = { uid: 65_534, gid: 65_534 };

/** Where root keeps what the unprivileged account must reach but cannot in its usual place. */
export const sharedFolder = "/var/lib/three-continent-shop";

/**
 * Decides who runs the server. PostgreSQL refuses to run as root, so root starts it as "nobody";
 * a data folder below one that is closed to others (`/root`) then moves to `sharedFolder`.
 */
export async function prepareServerAccount(dataFolder: string): Promise<ServerAccount> {
    const isRoot = process.getuid?.() === 0;
    const folder = isRoot ? await reachableFolder(dataFolder) : dataFolder;
    await mkdir(folder, { recursive: true });
    if (folder !== dataFolder) {
        await mkdir(dataFolder, { recursive: true });
        await writeFile(
            path.join(dataFolder, "moved.txt"),
            "PostgreSQL does not run as root, and the account it runs as may not enter this " +
                `folder. The data is in ${folder}\n`,
        );
    }
    return { dataFolder: folder, identity: isRoot ? unprivileged : undefined };
}

/** Where the data of a folder really lies: elsewhere only for root below a closed folder. */
export async function locateData(dataFolder: string): Promise<string> {
    const absolute = path.resolve(dataFolder);
    return process.getuid?.() === 0 ? reachableFolder(absolute) : absolute;
}

/** Whether an account that is neither owner nor in the group can enter a folder. */
export async function isOpenToOthers(folder: string): Promise<boolean> {
    for (let current = folder; ; current = path.dirname(current)) {
        const entry = await stat(current).catch(() => undefined);
        if (entry !== undefined && (entry.mode & 0o001) === 0) {
            return false;
        }
        if (current === path.dirname(current)) {
            return true;
        }
    }
}

async function reachableFolder(dataFolder: string): Promise<string> {
    const parent = path.dirname(dataFolder);
    await openTemporaryFolder(parent);
    if (await isOpenToOthers(parent)) {
        return dataFolder;
    }
    const name = createHash("sha256").update(dataFolder).digest("hex").slice(0, 16);
    const folder = path.join(sharedFolder, name);
    await mkdir(folder, { recursive: true });
    await chmod(sharedFolder, 0o755);
    return folder;
}

/** mkdtemp makes folders that only their owner may enter; passing through them gives nothing away. */
async function openTemporaryFolder(folder: string): Promise<void> {
    const temporary = path.resolve(tmpdir());
    const [first = ""] = path.relative(temporary, folder).split(path.sep);
    if (first !== "" && first !== "..") {
        await chmod(path.join(temporary, first), 0o711).catch(() => undefined);
    }
}
