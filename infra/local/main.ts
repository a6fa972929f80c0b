import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startControlServer } from "./chaos/control-server";
import { type Console, createConsole } from "./console";
import type { LocalDeployment, LocalDeploymentOptions } from "./deploy";
import { type Command, readCommand, type StartOptions, usage } from "./options";
import { readStackConfig } from "./stack-config";
import { checkFolder, waitForSignal } from "./startup";

const projectFolder = path.resolve(__dirname, "../..");

// Longer than the slowest part takes to stop; what is left then dies with this process.
const stopTimeoutMilliseconds = 12_000;

void main();

async function main(): Promise<void> {
    const commandLine = process.argv.slice(2);
    const output = createConsole(process.stdout, process.stderr, {
        isJson: commandLine.includes("--json"),
        noColor: process.env["NO_COLOR"],
    });
    // Whoever reads may go away first, like `head`.
    process.stdout.on("error", () => undefined);
    const exitCode = await run(commandLine, output).catch((error: unknown) => {
        output.failure(error instanceof Error ? error.message : String(error));
        return 1;
    });
    // Pulumi would report the promises of an interrupted deployment as leaks, with an exit code of
    // its own.
    process.removeAllListeners("exit");
    process.exit(exitCode);
}

async function run(commandLine: readonly string[], output: Console): Promise<number> {
    const command: Command = readCommand(commandLine);
    switch (command.kind) {
        case "help":
            output.text(usage);
            return 0;
        case "listResources":
            return listResources(command, output);
        case "start":
            return start(command, output);
    }
}

async function start(options: StartOptions, output: Console): Promise<number> {
    const signalled = waitForSignal();
    const { cells } = readStackConfig(projectFolder, options.stack);
    const folder = path.resolve(options.folder);
    await checkFolder(folder);
    await Promise.all(cells.map((_, index) => checkPort(options.port + index)));

    const deploying = deploy({
        stack: options.stack,
        folder,
        viewerPort: options.port,
        fresh: options.isFresh,
        hasLatency: options.hasLatency,
        report: (event) => output.event(event),
    });
    const deployment = await Promise.race([deploying, signalled]);
    if (deployment === undefined) {
        output.stopping();
        return stopWithin(deploying);
    }
    const { chaos, storeAccess: keyValueStores, outputs } = deployment;
    const control = await startControlServer(chaos, path.join(folder, options.stack), {
        keyValueStores,
        outputs,
    });
    output.running(deployment, process.uptime());
    await signalled;
    await control.close();
    output.stopping();
    return stopWithin(Promise.resolve(deployment));
}

/** Pulumi takes two seconds to load, which a mistyped option should not have to wait for. */
async function deploy(options: LocalDeploymentOptions): Promise<LocalDeployment> {
    const { deployLocally } = require("./deploy") as typeof import("./deploy");
    return deployLocally(options);
}

/** Deploys into a folder of its own, so that it does not disturb a shop that is running. */
async function listResources(options: StartOptions, output: Console): Promise<number> {
    const folder = await mkdtemp(path.join(tmpdir(), "shop-resources-"));
    try {
        const deployment = await deploy({ stack: options.stack, folder, durable: false });
        output.resources(deployment.resources());
        return await stopWithin(Promise.resolve(deployment));
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

async function stopWithin(deploying: Promise<LocalDeployment>): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<number>((resolve) => {
        timer = setTimeout(() => resolve(1), stopTimeoutMilliseconds);
    });
    const stopped = deploying.then(
        (deployment) => deployment.stop().then(() => 0),
        // A deployment that failed has already stopped everything.
        () => 0,
    );
    return Promise.race([stopped, late]).finally(() => clearTimeout(timer));
}

async function checkPort(port: number): Promise<void> {
    const server = createServer();
    try {
        await new Promise<void>((resolve, reject) => {
            server.once("error", reject);
            server.listen(port, "127.0.0.1", resolve);
        });
    } catch (cause) {
        const isTaken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
        const reason = isTaken ? "is in use by another program" : "cannot be opened";
        throw new Error(`Port ${port} ${reason}; choose another with --port.`, { cause });
    }
    await new Promise((resolve) => server.close(resolve));
}
