import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import * as path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { readStackConfig } from "../../infra/local/stack-config";
import type { Bench, Result } from "./measure";
import { makeFolder } from "./temporary-folder";

const projectFolder = path.resolve(__dirname, "../..");
const answerTimeoutMilliseconds = 60_000;
const stopTimeoutMilliseconds = 15_000;
const pollMilliseconds = 25;
const portAttempts = 50;

/** Times `npm start` until the shop answers a request, on a fresh folder and on an existing one. */
export async function measureStart(bench: Bench): Promise<readonly Result[]> {
    const folder = await makeFolder(bench, "start");
    const results: Result[] = [];
    for (const state of ["fresh", "existing"]) {
        bench.progress(`npm start on ${state === "fresh" ? "a fresh" : "an existing"} folder`);
        results.push({
            measure: `npm start to the first answer, ${state} folder`,
            unit: "s",
            value: await timeStart(bench, folder),
            budget: { of: "value", comparison: "at most", limit: 10 },
        });
    }
    return results;
}

/** @returns seconds */
async function timeStart(bench: Bench, folder: string): Promise<number> {
    const { cells } = readStackConfig(projectFolder, "dev");
    const port = await findFreePorts(cells.length);
    const started = performance.now();
    const command = ["start", "--", "--port", String(port), "--folder", folder];
    // A process group of its own, so that everything below npm can be reached, too.
    const child = spawn("npm", command, {
        cwd: projectFolder,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
    });
    bench.later(() => stopGroup(child));
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (text: Buffer) => output.push(text.toString()));
    }
    try {
        await waitForAnswer(child, `http://127.0.0.1:${port}/products`);
        return (performance.now() - started) / 1_000;
    } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`${reason} It wrote:\n${output.join("").slice(-2_000)}`, { cause });
    } finally {
        await stopGroup(child);
    }
}

/** An answer from the database itself, not one that the edge or the gateway makes up. */
async function waitForAnswer(child: ChildProcess, url: string): Promise<void> {
    let failure: string | undefined;
    child.once("error", (error) => {
        failure = `npm start failed: ${error.message}.`;
    });
    child.once("exit", (code, signal) => {
        failure = `npm start ended with ${code ?? signal} before it answered.`;
    });
    const end = performance.now() + answerTimeoutMilliseconds;
    while (failure === undefined && performance.now() < end) {
        const signal = AbortSignal.timeout(Math.max(1, Math.ceil(end - performance.now())));
        const response = await fetch(url, { signal }).catch(() => undefined);
        if (response?.status === 200) {
            await response.json();
            return;
        }
        await wait(pollMilliseconds);
    }
    throw new Error(failure ?? `No answer within ${answerTimeoutMilliseconds / 1_000} s.`);
}

/** Does what Ctrl-C does, and ends whatever has not gone by then. May be called twice. */
async function stopGroup(child: ChildProcess): Promise<void> {
    const { pid } = child;
    if (pid === undefined || !signalGroup(pid, "SIGINT")) {
        return;
    }
    const end = performance.now() + stopTimeoutMilliseconds;
    while (signalGroup(pid, 0)) {
        if (performance.now() > end) {
            signalGroup(pid, "SIGKILL");
            throw new Error("npm start did not stop on SIGINT and was killed.");
        }
        await wait(pollMilliseconds);
    }
}

/** @returns whether the group still had a process */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
    try {
        process.kill(-groupId, signal);
        return true;
    } catch {
        return false;
    }
}

/** The first of several neighbouring ports that are free. */
async function findFreePorts(count: number): Promise<number> {
    for (let attempt = 0; attempt < portAttempts; attempt++) {
        const first = 20_000 + Math.floor(Math.random() * 10_000);
        const ports = Array.from({ length: count }, (_, index) => first + index);
        if ((await Promise.all(ports.map(isFree))).every(Boolean)) {
            return first;
        }
    }
    throw new Error(`No ${count} neighbouring ports were free in ${portAttempts} attempts.`);
}

async function isFree(port: number): Promise<boolean> {
    const server = createServer();
    return new Promise((resolve) => {
        server.once("error", () => resolve(false));
        server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
}
