import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { createCallers } from "./api-gateway/caller";
import { createAwsNames } from "./aws-names";
import type { Services } from "./counterparts/resource";
import { createCredentialStore } from "./credentials";
import { accessTo, type DatabaseAccess } from "./database-access";
import { createDistributionService } from "./distributions";
import { createDatabaseService } from "./dsql/control-plane";
import { roundTripMilliseconds } from "./dsql/inter-region-latency";
import type { EdgeLogEntry, Viewer } from "./edge/server";
import { createFunctionRuntime } from "./function-runtime";
import { createIam } from "./iam";
import { authorizeActions, authorizeConnections, operatorArn } from "./identities";
import { createFunctionService } from "./lambda";
import { createFrontDoor } from "./local-front-door";
import { createLogFiles } from "./log-files";
import { createRegistrar, type ListedResource, type Registrar } from "./registrar";
import { createRestApiService } from "./rest-apis";

/** Something that the local cloud tells whoever watches it. */
export type LocalEvent =
    | { readonly kind: "step"; readonly subject: string; readonly milliseconds: number }
    | { readonly kind: "warning"; readonly message: string }
    | { readonly kind: "request"; readonly entry: EdgeLogEntry };

type Report = (event: LocalEvent) => void;

export interface LocalCloudOptions {
    project: string;
    stack: string;
    /** Data, code and logs go below this folder. */
    folder: string;
    /** One for each cell, in the stack's order; a viewer's name is its cell's. */
    viewers: readonly (Viewer & { readonly home: string })[];
    durable: boolean;
    /** Whether what is far away takes as long as it really does. */
    hasLatency: boolean;
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
    /** How the operator reaches the database of a Region; undefined where there is none. */
    databaseIn(region: string): Promise<DatabaseAccess | undefined>;
    resources(): readonly ListedResource[];
    stop(): Promise<void>;
}

/** Makes a cloud in which nothing runs until resources are registered. */
export function createLocalCloud(options: LocalCloudOptions): LocalCloud {
    const { report } = options;
    const logs = createLogFiles(path.join(options.folder, "logs"));
    const { services, databaseIn, closeFrontDoor } = createServices(options, logs);
    const registrar = createRegistrar(services);
    let fail: (error: Error) => void = () => undefined;
    const failed = new Promise<Error>((resolve) => {
        fail = resolve;
    });
    return {
        mocks: createMocks(registrar, fail, report),
        failed,
        logFolder: logs.folder,
        async open() {
            await timed("APIs", report, () => services.restApis.open());
            await timed("edge", report, () => services.distributions.open());
        },
        services: () => services,
        databaseIn,
        resources: () => registrar.listed,
        async stop() {
            // From the outside in, so that nobody is asked who has already stopped.
            await services.distributions.stop();
            await services.restApis.stop();
            await services.functions.stop();
            await closeFrontDoor();
            await services.databases.stop();
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

async function timed<Result>(
    subject: string,
    report: Report,
    run: () => Result | Promise<Result>,
): Promise<Result> {
    const started = performance.now();
    const result = await run();
    report({ kind: "step", subject, milliseconds: performance.now() - started });
    return result;
}

/**
 * What a failed deployment is told. Pulumi turns a refusal into dozens of unhandled rejections, one
 * for each output that depends on the resource; the first error has been told already.
 */
function neverAnswer(): Promise<never> {
    return new Promise(() => undefined);
}

interface LocalServices {
    readonly services: Services;
    databaseIn(region: string): Promise<DatabaseAccess | undefined>;
    closeFrontDoor(): Promise<void>;
}

function createServices(
    options: LocalCloudOptions,
    logs: ReturnType<typeof createLogFiles>,
): LocalServices {
    const { report } = options;
    const warn = (message: string): void => {
        logs.write("local-cloud", `${new Date().toISOString()} ${message}`);
        report({ kind: "warning", message });
    };
    const iam = createIam();
    const logGroups = new Map<string, string>();
    const credentials = createCredentialStore();
    const frontDoor = createFrontDoor(options.folder, {
        authorize: authorizeConnections({ iam, credentials, warn }),
        warn,
        log: (line) => logs.write("front-door", `${new Date().toISOString()} ${line}`),
    });
    const databases = createDatabaseService({
        folder: path.join(options.folder, "databases"),
        durable: options.durable,
        frontDoor: frontDoor.open,
        roundTripMilliseconds: options.hasLatency ? roundTripMilliseconds : () => 0,
        log: (database, line) => logs.write(`database-${database.slice(0, 26)}`, line),
        onReady: (regions, milliseconds) =>
            report({ kind: "step", subject: `database ${cellOf(regions, options)}`, milliseconds }),
    });
    const runtime = createFunctionRuntime({ iam, credentials, logGroups, warn });
    const functions = createFunctionService({
        folder: path.join(options.folder, "functions"),
        runtimeVariables: (registration) => runtime.variables(registration),
        redirection: frontDoor.redirection,
        writeLog: (registration, line) => {
            if (runtime.mayLog(registration)) {
                logs.write(registration.logicalName, line);
            }
        },
    });
    const isAllowed = authorizeActions({ iam, warn });
    const restApis = createRestApiService({
        functions,
        authorizeCaller: createCallers({ credentials, isAllowed }),
        writeAccessLog: (apiName, line) => logs.write(`${apiName}-access`, line),
    });
    const distributions = createDistributionService({
        viewers: options.viewers,
        resolveOrigin: (domainName) => restApis.resolveOrigin(domainName),
        onRequest: (entry) => report({ kind: "request", entry }),
    });
    const names = createAwsNames(options.project, options.stack);
    return {
        services: { names, iam, databases, functions, restApis, distributions, logGroups },
        async databaseIn(region) {
            const endpoint = databases.endpointIn(region);
            return endpoint === undefined
                ? undefined
                : accessTo(endpoint, await frontDoor.open(), credentials.issue(operatorArn));
        },
        closeFrontDoor: frontDoor.close,
    };
}

/** The cell that has its home in one of the Regions. */
function cellOf(regions: readonly string[], { viewers }: LocalCloudOptions): string {
    return viewers.find(({ home }) => regions.includes(home))?.name ?? regions.join(", ");
}
