import { readFile } from "node:fs/promises";
import type { ChaosCommand, ChaosStatus } from "./commands";
import { type Control, controlFile } from "./control-server";

// Longer than a Region takes to go down.
const timeoutMilliseconds = 20_000;

/**
 * Moves a switch of a cloud that runs in another process.
 * @param stackFolder where `npm start` keeps what belongs to the stack: `.local/dev`
 * @returns how all switches stand then
 * @throws Error saying what is wrong: nothing runs there, or what the cloud does not accept
 */
export async function sendCommand(
    stackFolder: string,
    command: ChaosCommand,
): Promise<ChaosStatus> {
    const { port, token } = await readControl(stackFolder);
    const response = await fetch(`http://127.0.0.1:${port}/`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(command),
        signal: AbortSignal.timeout(timeoutMilliseconds),
    }).catch((cause: Error) => {
        const isSlow = cause.name === "TimeoutError";
        const reason = isSlow ? `did not answer in ${timeoutMilliseconds / 1_000} s` : "is gone";
        throw new Error(`The cloud of ${stackFolder} ${reason}; start it with npm start.`, {
            cause,
        });
    });
    const body = (await response.json()) as ChaosStatus | { readonly error: string };
    if ("error" in body) {
        throw new Error(body.error);
    }
    return body;
}

async function readControl(stackFolder: string): Promise<Control> {
    try {
        return JSON.parse(await readFile(controlFile(stackFolder), "utf8"));
    } catch (cause) {
        throw new Error(`No cloud runs in ${stackFolder}; start it with npm start.`, { cause });
    }
}
