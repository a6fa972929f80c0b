import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";

/**
 * Runs in a process of its own and ends what it was told to guard as soon as its standard input
 * closes, which also happens when this process is killed with SIGKILL. Each line is `+` or `-`,
 * a process id and the file that must still name that process, since ids are used again.
 */
const guardProgram = `
const { readFileSync } = require("node:fs");
const guarded = new Map();
let rest = "";
process.stdin.on("data", (chunk) => {
    const lines = (rest + chunk).split("\\n");
    rest = lines.pop();
    for (const line of lines) {
        const [sign, id, file] = line.split("\\t");
        sign === "+" ? guarded.set(id, file) : guarded.delete(id);
    }
});
const signal = (name) => {
    for (const [id, file] of guarded) {
        try {
            if (readFileSync(file, "utf8").split("\\n")[0] === id) process.kill(Number(id), name);
        } catch { guarded.delete(id); }
    }
};
process.stdin.on("end", () => {
    signal("SIGINT");
    const end = Date.now() + 8000;
    setInterval(() => {
        signal(0);
        if (Date.now() > end) signal("SIGKILL");
        if (guarded.size === 0 || Date.now() > end) process.exit();
    }, 100);
});
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => undefined);
`;

const stopTimeoutMilliseconds = 9_000;
const lockFile = "local-cloud.pid";

let guard: ChildProcess | undefined;
const guarded = new Set<number>();

/**
 * Sees to it that a process ends when this one does, however this one ends.
 * @param processFile a file whose first line is the process's id while it lives
 * @returns a function that releases the process once it has ended
 */
export function guardProcess(processId: number | undefined, processFile: string): () => void {
    if (processId === undefined) {
        return () => undefined;
    }
    guarded.add(processId);
    tellGuard(`+\t${processId}\t${processFile}\n`);
    return () => {
        guarded.delete(processId);
        tellGuard(`-\t${processId}\t${processFile}\n`);
        if (guarded.size === 0) {
            guard?.stdin?.end();
            guard = undefined;
        }
    };
}

/**
 * Takes a data folder for this process. A server that a killed process left behind is stopped
 * first.
 * @throws Error when another live process has it.
 */
export async function takeFolderLock(folder: string): Promise<void> {
    const holder = await readHolder(folder);
    if (holder !== undefined) {
        throw new Error(
            `Another process of this project (number ${holder}) uses ${folder}. ` +
                `Stop it first, or choose another folder with --folder.`,
        );
    }
    await stopLeftOverServer(folder);
    const mine = `${process.pid} ${await startedAt(process.pid)}\n`;
    await writeFile(path.join(folder, lockFile), mine);
    held.add(folder);
}

/** Gives the folder back. */
export async function clearFolderLock(folder: string): Promise<void> {
    held.delete(folder);
    await rm(path.join(folder, lockFile), { force: true });
}

const held = new Set<string>();

async function readHolder(folder: string): Promise<number | undefined> {
    const text = await readFile(path.join(folder, lockFile), "utf8").catch(() => "");
    const [id = "", start = ""] = text.trim().split(" ");
    const processId = Number(id);
    if (text === "" || !isAlive(processId)) {
        return undefined;
    }
    if (processId === process.pid) {
        return held.has(folder) ? processId : undefined;
    }
    return (await startedAt(processId)) === start ? processId : undefined;
}

/** What tells a process from a later one with the same id; "-" where the system does not say. */
async function startedAt(processId: number): Promise<string> {
    const status = await readFile(`/proc/${processId}/stat`, "utf8").catch(() => "");
    // The second field is the program's name and may hold spaces; the start time is the 22nd.
    return status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? "-";
}

async function stopLeftOverServer(folder: string): Promise<void> {
    const file = path.join(folder, "postmaster.pid");
    const text = await readFile(file, "utf8").catch(() => "");
    const processId = Number(text.split("\n")[0]);
    if (text === "" || !(processId > 0)) {
        return;
    }
    if (isAlive(processId) && (await isServerOf(processId, folder))) {
        process.kill(processId, "SIGINT");
        const end = Date.now() + stopTimeoutMilliseconds;
        while (isAlive(processId) && Date.now() < end) {
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        if (isAlive(processId)) {
            process.kill(processId, "SIGKILL");
        }
    }
    // PostgreSQL refuses to start while the id in this file belongs to any process at all.
    await rm(file, { force: true });
}

async function isServerOf(processId: number, folder: string): Promise<boolean> {
    const commandLine = await readFile(`/proc/${processId}/cmdline`, "utf8").catch(() =>
        readCommandLine(processId),
    );
    return commandLine.includes("postgres") && commandLine.includes(folder);
}

/** For systems without /proc. */
async function readCommandLine(processId: number): Promise<string> {
    const child = spawn("ps", ["-p", String(processId), "-o", "command="], {
        stdio: ["ignore", "pipe", "ignore"],
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
    });
    await new Promise<void>((resolve) => {
        child.once("error", () => resolve());
        child.once("close", () => resolve());
    });
    return text;
}

function isAlive(processId: number): boolean {
    try {
        process.kill(processId, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}

function tellGuard(line: string): void {
    if (guard === undefined) {
        const child = spawn(process.execPath, ["-e", guardProgram], {
            stdio: ["pipe", "ignore", "ignore"],
            // A signal to the process group must not end the guard before what it guards.
            detached: true,
            env: {},
        });
        child.once("error", () => undefined);
        child.stdin.on("error", () => undefined);
        child.unref();
        (child.stdin as unknown as { unref?: () => void }).unref?.();
        guard = child;
    }
    guard.stdin?.write(line);
}
