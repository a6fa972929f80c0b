import * as path from "node:path";
import { type Console, createConsole } from "../console";
import { checkFolder, waitForSignal } from "../startup";
import { type DatabaseOptions, databaseUsage, readDatabaseCommand } from "./command-line";
import { type StandaloneDatabase, startStandalone } from "./standalone";

// Longer than the slowest part takes to stop; what is left then dies with this process.
const stopTimeoutMilliseconds = 14_000;

void main();

async function main(): Promise<void> {
    const commandLine = process.argv.slice(2);
    const output = createConsole(process.stdout, process.stderr, {
        isJson: commandLine.includes("--json"),
        noColor: process.env["NO_COLOR"],
    });
    // Whoever reads may go away first, like `head`.
    process.stdout.on("error", () => undefined);
    process.exitCode = await run(commandLine, output).catch((error: unknown) => {
        output.failure(error instanceof Error ? error.message : String(error));
        return 1;
    });
    process.exit();
}

async function run(commandLine: readonly string[], output: Console): Promise<number> {
    const command = readDatabaseCommand(commandLine);
    if (command.kind === "help") {
        output.text(databaseUsage);
        return 0;
    }
    return start(command, output);
}

async function start(options: DatabaseOptions, output: Console): Promise<number> {
    const signalled = waitForSignal();
    await checkFolder(path.resolve(options.folder));
    const starting = startStandalone(options);
    const database = await Promise.race([starting, signalled]);
    if (database === undefined) {
        output.stopping();
        return stopWithin(starting);
    }
    output.databaseRunning(database, process.uptime());
    const loss = await Promise.race([signalled, database.lost]);
    if (loss !== undefined) {
        output.failure(`${loss.message} The reason is in ${database.logFolder}.`);
    }
    output.stopping();
    return Math.max(await stopWithin(starting), loss === undefined ? 0 : 1);
}

async function stopWithin(starting: Promise<StandaloneDatabase>): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<number>((resolve) => {
        timer = setTimeout(() => resolve(1), stopTimeoutMilliseconds);
    });
    const stopped = starting.then(
        (database) => database.stop().then(() => 0),
        // A start that failed has already stopped everything.
        () => 0,
    );
    return Promise.race([stopped, late]).finally(() => clearTimeout(timer));
}
