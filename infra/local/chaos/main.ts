import * as path from "node:path";
import { createConsole } from "../console";
import { readChaosRequest, usage } from "./command-line";
import { sendCommand } from "./control-client";
import { tellStatus } from "./status-text";

void main();

async function main(): Promise<void> {
    const commandLine = process.argv.slice(2);
    const output = createConsole(process.stdout, process.stderr, {
        isJson: commandLine.includes("--json"),
        noColor: process.env["NO_COLOR"],
    });
    process.stdout.on("error", () => undefined);
    try {
        const { command, stack, folder, isJson } = readChaosRequest(commandLine);
        if (command === undefined) {
            output.text(usage);
            return;
        }
        const status = await sendCommand(path.resolve(folder, stack), command);
        output.text(isJson ? `${JSON.stringify(status)}\n` : tellStatus(status));
    } catch (error) {
        output.failure(error instanceof Error ? error.message : String(error));
        process.exitCode = 1;
    }
}
