import { mkdir, readdir, rm } from "node:fs/promises";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { nearest, regionalEdgeCaches } from "../topology";
import type { Switchboard } from "./chaos/switchboard";
import { createLocalCloud, type LocalCloud, type LocalEvent } from "./cloud";
import { type DatabaseAccess, writeServiceFile } from "./database-access";
import type { OperatorAccess } from "./key-value-stores/store-endpoint";
import { storeFolder } from "./key-value-stores/store-service";
import type { LinkSwitches } from "./links";
import { locateData } from "./postgres-account";
import { clearFolderLock, takeFolderLock } from "./process-guard";
import type { EventSourceService } from "./queues/event-source-service";
import type { QueueService } from "./queues/queue-service";
import type { ListedResource } from "./registrar";
import type { ScheduleService } from "./schedules";
import { withShortTraces } from "./short-traces";
import { readStackConfig, type StackConfig } from "./stack-config";

export interface LocalDeploymentOptions {
    /** Default: dev. */
    stack?: string;
    /** Options that replace those of the stack's configuration. */
    overrides?: Readonly<Record<string, unknown>>;
    /** Where data, code and logs go. */
    folder: string;
    /** The first cell's; the others follow. 0: any free ports. */
    viewerPort?: number;
    /** Whether to begin with empty databases. */
    fresh?: boolean;
    /** Whether commits survive a crash of the machine; default true. */
    durable?: boolean;
    /** Whether what is far away takes as long as it really does; default false. */
    hasLatency?: boolean;
    /** Whether schedules run by themselves; default true. */
    runsSchedules?: boolean;
    report?: (event: LocalEvent) => void;
    /** The program, which registers resources and returns its outputs; default: index.ts. */
    program?: () => unknown;
}

/** The program, deployed on this computer. */
export interface LocalDeployment {
    /** In the order of the stack's cells. */
    readonly viewers: readonly { readonly cell: string; readonly home: string; url: string }[];
    readonly apis: readonly { name: string; region: string; stageName: string; url: string }[];
    /** How the operator reaches each cell's database. */
    readonly databases: Readonly<Record<string, DatabaseAccess>>;
    /** For `psql service=<cell>`: host names, ports and passwords, for its owner's eyes only. */
    readonly serviceFile: string;
    readonly functions: readonly { name: string; region: string }[];
    readonly outputs: Readonly<Record<string, unknown>>;
    readonly logFolder: string;
    /** What invokes functions without a viewer's request. */
    readonly queues: QueueService;
    readonly eventSources: EventSourceService;
    readonly schedules: ScheduleService;
    /** What lies between Regions, with the switches that break it. */
    readonly links: LinkSwitches;
    /** Everything that can be broken. */
    readonly chaos: Switchboard;
    /** How the operator changes the KeyValueStores. */
    readonly storeAccess: OperatorAccess;
    resources(): readonly ListedResource[];
    /** How often each function started an execution environment. */
    coldStarts(): number;
    stop(): Promise<void>;
}

const projectFolder = path.resolve(__dirname, "../..");

let isDeployed = false;

/**
 * Runs the Pulumi program of a stack against the local cloud and opens the viewers' ports. Pulumi
 * keeps its monitor in the process, so a process can have one deployment at a time.
 * @throws Error with the first thing that went wrong, after everything has been stopped again.
 */
export async function deployLocally(options: LocalDeploymentOptions): Promise<LocalDeployment> {
    if (isDeployed) {
        throw new Error("A process can deploy one program at a time; stop the other one first.");
    }
    isDeployed = true;
    let cloud: LocalCloud | undefined;
    try {
        const stack = options.stack ?? "dev";
        const config = readStackConfig(projectFolder, stack, options.overrides);
        const folder = await prepareFolder(path.resolve(options.folder), stack, options.fresh);
        cloud = createCloud(config, stack, folder, options);
        const outputs = await runProgram(cloud, config, stack, options.program ?? loadProgram);
        await cloud.open();
        return await describe(cloud, config, outputs, folder);
    } catch (error) {
        await cloud?.stop();
        isDeployed = false;
        throw error;
    }
}

async function prepareFolder(folder: string, stack: string, fresh = false): Promise<string> {
    const stackFolder = path.join(folder, stack);
    const databases = path.join(stackFolder, "databases");
    if (fresh) {
        await removeDatabases(databases);
        await rm(storeFolder(stackFolder), { recursive: true, force: true });
    }
    await mkdir(databases, { recursive: true });
    return stackFolder;
}

/**
 * Empties the databases; a data folder that root could not keep in its usual place is emptied where
 * it lies.
 * @throws Error before anything is deleted, when another process runs on one of them
 */
async function removeDatabases(databases: string): Promise<void> {
    const names = await readdir(databases).catch(() => []);
    const folders = names.map((name) => path.join(databases, name));
    const dataFolders = await Promise.all(folders.map(locateData));
    for (const dataFolder of dataFolders) {
        await mkdir(dataFolder, { recursive: true });
        await takeFolderLock(dataFolder);
    }
    for (const folder of [...dataFolders, ...folders]) {
        await rm(folder, { recursive: true, force: true });
        await clearFolderLock(folder);
    }
}

function createCloud(
    config: StackConfig,
    stack: string,
    folder: string,
    options: LocalDeploymentOptions,
): LocalCloud {
    const port = options.viewerPort ?? 0;
    const [firstCache = "", ...otherCaches] = regionalEdgeCaches;
    return createLocalCloud({
        project: config.project,
        stack,
        folder,
        durable: options.durable ?? true,
        hasLatency: options.hasLatency ?? false,
        runsSchedules: options.runsSchedules ?? true,
        report: options.report ?? (() => undefined),
        viewers: config.cells.map(({ name, home, peer }, index) => ({
            name,
            home,
            ...(peer === undefined ? {} : { peer }),
            region: nearest(home, [
                { region: firstCache },
                ...otherCaches.map((region) => ({ region })),
            ]).region,
            port: port === 0 ? 0 : port + index,
        })),
    });
}

async function runProgram(
    cloud: LocalCloud,
    config: StackConfig,
    stack: string,
    program: () => unknown,
): Promise<Record<string, unknown>> {
    await pulumi.runtime.setMocks(cloud.mocks, config.project, stack);
    pulumi.runtime.setAllConfig(config.values);
    const finished = withShortTraces(async () => {
        const exported = (await program()) as pulumi.Input<Record<string, unknown>>;
        const outputs = await new Promise<Record<string, unknown>>((resolve) => {
            pulumi.output(exported ?? {}).apply((values) => resolve(values as typeof outputs));
        });
        await pulumi.runtime.disconnect();
        return outputs;
    });
    // An error in an `apply` surfaces nowhere else; the Pulumi CLI listens for it, too.
    let reject: (reason: unknown) => void = () => undefined;
    const rejected = new Promise<never>((_, rejectRun) => {
        reject = rejectRun;
    });
    process.on("unhandledRejection", reject);
    const failed = cloud.failed.then((error) => Promise.reject(error));
    return Promise.race([finished, failed, rejected]).finally(() => {
        // The same error rejects every output that depends on it, a few turns later.
        setTimeout(() => process.off("unhandledRejection", reject), 100).unref();
    });
}

/** The program runs when its module is loaded, so each deployment has to load it anew. */
function loadProgram(): unknown {
    const entryPoint = path.join(projectFolder, "index.ts");
    delete require.cache[entryPoint];
    return require(entryPoint);
}

async function describe(
    cloud: LocalCloud,
    config: StackConfig,
    outputs: Record<string, unknown>,
    folder: string,
): Promise<LocalDeployment> {
    const databases = await accessByCell(cloud, config);
    const serviceFile = await writeServiceFile(folder, databases);
    const services = cloud.services();
    const opened = new Map(services.distributions.list().map(({ name, url }) => [name, url]));
    return {
        viewers: config.cells.flatMap(({ name, home }) => {
            const url = opened.get(name);
            return url === undefined ? [] : [{ cell: name, home, url }];
        }),
        apis: services.restApis.list(),
        databases,
        serviceFile,
        functions: services.functions.list().map(({ name, region }) => ({ name, region })),
        outputs,
        logFolder: cloud.logFolder,
        queues: services.queues,
        eventSources: services.eventSources,
        schedules: services.schedules,
        links: cloud.links,
        chaos: cloud.chaos,
        storeAccess: await cloud.storeAccess(),
        resources: () => cloud.resources(),
        coldStarts: () =>
            services.functions.list().reduce((sum, { coldStarts }) => sum + coldStarts, 0),
        async stop() {
            await cloud.stop();
            isDeployed = false;
        },
    };
}

async function accessByCell(
    cloud: LocalCloud,
    config: StackConfig,
): Promise<Record<string, DatabaseAccess>> {
    const found = await Promise.all(
        config.cells.map(async ({ name, home }) => ({
            name,
            access: await cloud.databaseIn(home),
        })),
    );
    return Object.fromEntries(
        found.flatMap(({ name, access }) => (access === undefined ? [] : [[name, access]])),
    );
}
