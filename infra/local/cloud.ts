import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { createAwsNames } from "./aws-names";
import { counterpartOf, isRegional } from "./counterparts/registry";
import type { Resource, Services } from "./counterparts/resource";
import { createDistributionService } from "./distributions";
import { createDatabaseService } from "./dsql";
import type { EdgeLogEntry, Viewer } from "./edge/server";
import { createFunctionRuntime } from "./function-runtime";
import { createIam } from "./iam";
import { createFunctionService } from "./lambda";
import { createLogFiles } from "./log-files";
import { createRestApiService } from "./rest-apis";

/** Something that the local cloud tells whoever watches it. */
export type LocalEvent =
    | { readonly kind: "step"; readonly subject: string; readonly milliseconds: number }
    | { readonly kind: "warning"; readonly message: string }
    | { readonly kind: "request"; readonly entry: EdgeLogEntry };

export interface LocalCloudOptions {
    project: string;
    stack: string;
    /** Data, code and logs go below this folder. */
    folder: string;
    /** One for each cell, in the stack's order; a viewer's name is its cell's. */
    viewers: readonly (Viewer & { readonly home: string })[];
    durable: boolean;
    report: (event: LocalEvent) => void;
}

/** A resource as `npm start -- --resources` lists it. */
export interface ListedResource {
    readonly type: string;
    readonly name: string;
    readonly region: string;
    /** What stands for it on this computer. */
    readonly counterpart: "runs" | "recorded" | "component" | "provider";
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
    resources(): readonly ListedResource[];
    stop(): Promise<void>;
}

/** Makes a cloud in which nothing runs until resources are registered. */
export function createLocalCloud(options: LocalCloudOptions): LocalCloud {
    const logs = createLogFiles(path.join(options.folder, "logs"));
    const services = createServices(options, logs);
    const listed: ListedResource[] = [];
    const providerRegions = new Map<string, string>();
    let fail: (error: Error) => void = () => undefined;
    let firstError: Error | undefined;
    const failed = new Promise<Error>((resolve) => {
        fail = resolve;
    });
    const refuse = (error: Error): void => {
        firstError ??= error;
        fail(firstError);
    };

    const create = async (args: pulumi.runtime.MockResourceArgs) => {
        const { type, name, inputs } = args;
        if (type === "pulumi:providers:aws") {
            const id = `provider-${name}`;
            providerRegions.set(id, String(inputs.region ?? ""));
            listed.push({ type, name, region: String(inputs.region), counterpart: "provider" });
            return { id, state: inputs };
        }
        if (args.custom === false && !type.startsWith("awsx:")) {
            listed.push({ type, name, region: "", counterpart: "component" });
            return { id: undefined, state: inputs };
        }
        const counterpart = counterpartOf(type);
        const resource: Resource = { type, name, inputs, region: regionOf(args, providerRegions) };
        for (const key of counterpart.required.filter((required) => isMissing(inputs[required]))) {
            throw new Error(`the input "${key}" is missing, which AWS requires`);
        }
        listed.push({ type, name, region: resource.region, counterpart: counterpart.does });
        const { id, outputs } = await counterpart.create(resource, services);
        return { id, state: { ...inputs, ...outputs } };
    };

    return {
        mocks: {
            async newResource(args) {
                try {
                    return await (firstError === undefined ? create(args) : neverAnswer());
                } catch (cause) {
                    const reason = cause instanceof Error ? cause.message : String(cause);
                    refuse(new Error(`${args.name} (${args.type}): ${reason}`, { cause }));
                    return neverAnswer();
                }
            },
            call({ token }) {
                refuse(
                    new Error(
                        `The local cloud cannot look up ${token}. Add it to infra/local/cloud.ts.`,
                    ),
                );
                return neverAnswer();
            },
        },
        failed,
        logFolder: logs.folder,
        async open() {
            await services.restApis.open();
            await services.distributions.open();
        },
        services: () => services,
        resources: () => listed,
        async stop() {
            // From the outside in, so that nobody is asked who has already stopped.
            await services.distributions.stop();
            await services.restApis.stop();
            await services.functions.stop();
            await services.databases.stop();
            await logs.close();
        },
    };
}

function createServices(
    options: LocalCloudOptions,
    logs: ReturnType<typeof createLogFiles>,
): Services {
    const { report } = options;
    const warn = (message: string): void => {
        logs.write("local-cloud", `${new Date().toISOString()} ${message}`);
        report({ kind: "warning", message });
    };
    const cellsOf = (regions: readonly string[]): string => {
        const viewer = options.viewers.find(({ home }) => regions.includes(home));
        return viewer?.name ?? regions.join(", ");
    };
    const iam = createIam();
    const logGroups = new Map<string, string>();
    const databases = createDatabaseService({
        folder: path.join(options.folder, "databases"),
        durable: options.durable,
        log: (database, line) => logs.write(`database-${database.slice(0, 26)}`, line),
        onReady: (regions, milliseconds) =>
            report({ kind: "step", subject: `database ${cellsOf(regions)}`, milliseconds }),
    });
    const runtime = createFunctionRuntime({ iam, databases, logGroups, warn });
    const functions = createFunctionService({
        folder: path.join(options.folder, "functions"),
        runtimeVariables: (registration) => runtime.variables(registration),
        writeLog: (registration, line) => {
            if (runtime.mayLog(registration)) {
                logs.write(registration.logicalName, line);
            }
        },
    });
    const restApis = createRestApiService({
        functions,
        writeAccessLog: (apiName, line) => logs.write(`${apiName}-access`, line),
    });
    const distributions = createDistributionService({
        viewers: options.viewers,
        resolveOrigin: (domainName) => restApis.resolveOrigin(domainName),
        onRequest: (entry) => report({ kind: "request", entry }),
    });
    const names = createAwsNames(options.project, options.stack);
    return { names, iam, databases, functions, restApis, distributions, logGroups };
}

/** The resource's own Region, or that of its provider, which every AWS resource has to name. */
function regionOf(
    args: pulumi.runtime.MockResourceArgs,
    providerRegions: ReadonlyMap<string, string>,
): string {
    if (!args.type.startsWith("aws:")) {
        return "";
    }
    const provider = args.provider?.split("::").at(-1) ?? "";
    const region = args.inputs.region ?? providerRegions.get(provider);
    if (!providerRegions.has(provider)) {
        throw new Error("it uses the default provider; give it, or its parent, a provider");
    }
    if (!isRegional(args.type)) {
        return "";
    }
    if (typeof region !== "string" || region === "") {
        throw new Error('neither it nor its provider has a "region"');
    }
    return region;
}

/**
 * What a failed deployment is told. Pulumi turns a refusal into dozens of unhandled rejections, one
 * for each output that depends on the resource; the first error has been told already.
 */
function neverAnswer(): Promise<never> {
    return new Promise(() => undefined);
}

function isMissing(value: unknown): boolean {
    return value === undefined || value === null || value === "";
}
