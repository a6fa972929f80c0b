import { createKeyValueStoreClient } from "../../app/aws/key-value-store";
import { type Console, createConsole } from "../local/console";
import { type DrainCommand, readDrainRequest, usage } from "./command-line";
import { carryOut, type Outcome } from "./operator";
import { statusOf, tellStatus } from "./status-text";
import { findTarget } from "./target";

void main();

async function main(): Promise<void> {
    const commandLine = process.argv.slice(2);
    // JSON is written as it is, and not as an event of the local cloud; a failure is an event.
    const output = openConsole(false);
    process.stdout.on("error", () => undefined);
    try {
        const request = readDrainRequest(commandLine);
        const { command, stack, isJson } = request;
        if (command === undefined) {
            output.text(usage);
            return;
        }
        const { where, store, regions } = await findTarget(request, process.env);
        const nowSeconds = () => Math.floor(Date.now() / 1_000);
        const ports = { store: createKeyValueStoreClient(store), regions, nowSeconds };
        const outcome = await carryOut(command, ports);
        const status = statusOf(outcome.flags);
        const { hasChanged } = outcome;
        output.text(
            isJson
                ? `${JSON.stringify({ stack, where, hasChanged, ...status })}\n`
                : `Stack ${stack} on ${where}${tellOutcome(command, outcome)}\n${tellStatus(status)}`,
        );
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        openConsole(commandLine.includes("--json")).failure(reason);
        process.exitCode = 1;
    }
}

function openConsole(isJson: boolean): Console {
    return createConsole(process.stdout, process.stderr, {
        isJson,
        noColor: process.env["NO_COLOR"],
    });
}

function tellOutcome(command: DrainCommand, { hasChanged }: Outcome): string {
    switch (command.kind) {
        case "drain":
            return `: ${command.region} ${hasChanged ? "is drained now." : "was drained already."}`;
        case "undrain": {
            const subject = command.region ?? "every Region";
            return hasChanged ? `: ${subject} is let in again.` : `: ${subject} was not drained.`;
        }
        case "status":
            return "";
    }
}
