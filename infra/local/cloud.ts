import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { Switchboard } from "./chaos/switchboard";
import type { Services } from "./counterparts/resource";
import type { DatabaseAccess } from "./database-access";
import type { EdgeLogEntry, Viewer } from "./edge/server";
import type { OperatorAccess } from "./key-value-stores/store-endpoint";
import type { LinkSwitches } from "./links";
import { createLogFiles } from "./log-files";
import { createRegistrar, type ListedResource, type Registrar } from "./registrar";
import { createServices } from "./services";
import { timed } from "./timed-step";

/** Something that the local cloud tells whoever watches it. */
export type LocalEvent =
    | { readonly kind: "step"; readonly subject: string; readonly milliseconds: number }
    | { readonly kind: "warning"; readonly message: string }
    | { readonly kind: "request"; readonly entry: EdgeLogEntry };

/** Tells whoever watches the local cloud. */
export type Report = (event: LocalEvent) => void;

export interface LocalCloudOptions {
    project: string;
    stack: string;
    /** Data, code and logs go below this folder. */
    folder: string;
    /** One for each cell, in the stack's order; a viewer's name is its cell's. */
    viewers: readonly (Viewer & { readonly home: string; readonly peer?: string })[];
    durable: boolean;
    /** Whether what is far away takes as long as it really does. */
    hasLatency: boolean;
    /** Whether schedules run by themselves. */
    runsSchedules: boolean;
    report: Report;
}

/** AWS, as far as the program uses it, on this computer. */
export interface LocalCloud {
    /** What `pulumi.runtime.setMocks` is given. */
    readonly mocks: pulumi.runtime.Mocks;
    /** Resolves with the first error of the deployment, if there is one. */
    readonly failed: Promise<Error>;
    readonly logFolder: string;
    /** Opens the APIs and the viewers' ports, once everything is registered. */
    open(): Promise<void>;
    services(): Services;
    /** What lies between Regions, with the switches that break it. */
    readonly links: LinkSwitches;
    /** Everything that can be broken. */
    readonly chaos: Switchboard;
    /** How the operator reaches the database of a Region; undefined where there is none. */
    databaseIn(region: string): Promise<DatabaseAccess | undefined>;
    /** How the operator reaches the KeyValueStores. */
    storeAccess(): Promise<OperatorAccess>;
    resources(): readonly ListedResource[];
    stop(): Promise<void>;
}

/** Makes a cloud in which nothing runs until resources are registered. */
export function createLocalCloud(options: LocalCloudOptions): LocalCloud {
    const { report } = options;
    const logs = createLogFiles(path.join(options.folder, "logs"));
    const local = createServices(options, logs);
    const registrar = createRegistrar(local.services);
    let fail: (error: Error) => void = () => undefined;
    const failed = new Promise<Error>((resolve) => {
        fail = resolve;
    });
    return {
        mocks: createMocks(registrar, fail, report),
        failed,
        logFolder: logs.folder,
        open: () => local.open(),
        services: () => local.services,
        links: local.links,
        chaos: local.chaos,
        databaseIn: (region) => local.databaseIn(region),
        storeAccess: () => local.storeAccess(),
        resources: () => registrar.listed,
        async stop() {
            await local.stop();
            await logs.close();
        },
    };
}

/** Registers until something fails, and tells of the first failure only. */
function createMocks(
    registrar: Registrar,
    fail: (error: Error) => void,
    report: Report,
): pulumi.runtime.Mocks {
    let hasFailed = false;
    const refuse = (error: Error): Promise<never> => {
        hasFailed = true;
        fail(error);
        return neverAnswer();
    };
    return {
        async newResource(args) {
            try {
                if (hasFailed) {
                    return await neverAnswer();
                }
                const register = () => registrar.register(args);
                return await (isInvocation(args) ? timed(args.name, report, register) : register());
            } catch (cause) {
                const reason = cause instanceof Error ? cause.message : String(cause);
                return refuse(new Error(`${args.name} (${args.type}): ${reason}`, { cause }));
            }
        },
        call: ({ token }) =>
            refuse(
                new Error(
                    `The local cloud cannot look up ${token}. Add it to infra/local/cloud.ts.`,
                ),
            ),
    };
}

/** The slow steps of a deployment, which a person who waits wants to see. */
function isInvocation({ type }: pulumi.runtime.MockResourceArgs): boolean {
    return type === "aws:lambda/invocation:Invocation";
}

/**
 * What a failed deployment is told. Pulumi turns a refusal into dozens of unhandled rejections, one
 * for each output that depends on the resource; the first error has been told already.
 */
function neverAnswer(): Promise<never> {
    return new Promise(() => undefined);
}
