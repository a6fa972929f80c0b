import { spawn } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { ServerAccount } from "./postgres-account";

const timeoutMilliseconds = 60_000;

/**
 * Runs a program under the server's account until it ends.
 * @param folder where it works
 * @throws Error with what it complained of, or after a minute
 */
export async function runProgram(
    program: string,
    options: readonly string[],
    folder: string,
    identity: ServerAccount["identity"],
): Promise<void> {
    const child = spawn(program, options, {
        ...identity,
        cwd: folder,
        env: { PATH: "/usr/bin:/bin", TZ: "UTC" },
        stdio: ["ignore", "ignore", "pipe"],
    });
    const lines: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => lines.push(line));
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMilliseconds);
    const code = await new Promise<number | null>((resolve) => {
        child.once("error", (error) => {
            lines.push(error.message);
            resolve(null);
        });
        child.once("close", resolve);
    });
    clearTimeout(timer);
    if (code !== 0) {
        throw new Error(`${path.basename(program)} failed in ${folder}: ${lastComplaint(lines)}`);
    }
}

/** The line that says best why a PostgreSQL program ended. */
export function lastComplaint(lines: readonly string[]): string {
    const fatal = lines.filter((line) => /FATAL|error/i.test(line)).at(-1);
    return fatal ?? lines.at(-1) ?? "it said nothing";
}
