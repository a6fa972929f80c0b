import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import * as path from "node:path";

/** Resolves at the first signal that asks this process to end; the second one ends it at once. */
export function waitForSignal(): Promise<undefined> {
    return new Promise((resolve) => {
        let isStopping = false;
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.on(signal, () => {
                // One Ctrl-C may arrive twice: from the terminal and again from npm.
                if (isStopping && signal !== "SIGINT") {
                    process.exit(1);
                }
                isStopping = true;
                resolve(undefined);
            });
        }
    });
}

/**
 * Makes a folder where there is none.
 * @throws Error when it cannot be written to
 */
export async function checkFolder(folder: string): Promise<void> {
    try {
        await makeFolder(folder);
        await access(folder, constants.W_OK);
    } catch (cause) {
        throw new Error(`The folder ${folder} is not writable; choose another with --folder.`, {
            cause,
        });
    }
}

/** One level at a time: Node's recursive mkdir never ends where the system refuses, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
    try {
        await mkdir(folder);
    } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code === "EEXIST" && (await stat(folder)).isDirectory()) {
            return;
        }
        if (code !== "ENOENT") {
            throw cause;
        }
        await makeFolder(path.dirname(folder));
        await mkdir(folder);
    }
}
