import * as path from "node:path";
import { createCallers } from "./api-gateway/caller";
import { createAwsNames } from "./aws-names";
import type { LocalCloudOptions } from "./cloud";
import type { Services } from "./counterparts/resource";
import { type CredentialStore, createCredentialStore } from "./credentials";
import { accessTo, type DatabaseAccess } from "./database-access";
import { createDistributionService } from "./distributions";
import { createDatabaseService, type DatabaseService } from "./dsql/control-plane";
import { roundTripMilliseconds } from "./dsql/inter-region-latency";
import { createFunctionNetwork, type FunctionNetwork } from "./function-network";
import { createFunctionRuntime } from "./function-runtime";
import { createIam, type Iam } from "./iam";
import { authorizeActions, authorizeConnections, operatorArn } from "./identities";
import { createFunctionService, type FunctionService } from "./lambda";
import { createLinks, type LinkSwitches } from "./links";
import { createFrontDoor } from "./local-front-door";
import type { LogFiles } from "./log-files";
import { createBackground, createMessaging, type Messaging } from "./messaging";
import { createRestApiService } from "./rest-apis";
import { timed } from "./timed-step";

/** Everything that stands for AWS, made and not yet opened. */
export interface LocalServices {
    readonly services: Services;
    readonly links: LinkSwitches;
    /** How the operator reaches the database of a Region; undefined where there is none. */
    databaseIn(region: string): Promise<DatabaseAccess | undefined>;
    /** Serves, once everything is registered. */
    open(): Promise<void>;
    stop(): Promise<void>;
}

/** What each service is made with. */
interface Base {
    readonly options: LocalCloudOptions;
    readonly logs: LogFiles;
    readonly iam: Iam;
    readonly credentials: CredentialStore;
    readonly logGroups: Map<string, string>;
    readonly frontDoor: ReturnType<typeof createFrontDoor>;
    readonly roundTripMilliseconds: (from: string, to: string) => number;
    readonly warn: (message: string) => void;
}

/** Makes the services of one cloud. */
export function createServices(options: LocalCloudOptions, logs: LogFiles): LocalServices {
    const base = createBase(options, logs);
    const { iam, credentials, logGroups, frontDoor, warn } = base;
    const isAllowed = authorizeActions({ iam, warn });
    const links = createLinks(base);
    const databases = createDatabases(base);
    const messaging = createMessaging({ isAllowed, credentials, links });
    const { queues } = messaging;
    const { folder } = options;
    const network = createFunctionNetwork({ folder, frontDoor, links, restApis: () => restApis });
    const functions = createFunctions(base, messaging, network);
    const { runsSchedules } = options;
    const background = createBackground({ queues, functions, iam, runsSchedules, warn });
    const { eventSources, schedules } = background;
    const restApis = createRestApiService({
        functions,
        authorizeCaller: createCallers({ credentials, isAllowed }),
        writeAccessLog: (apiName, line) => logs.write(`${apiName}-access`, line),
    });
    const distributions = createDistributionService({
        viewers: options.viewers,
        resolveOrigin(domainName) {
            const found = restApis.endpoint(domainName);
            return found && { host: "127.0.0.1", port: found.port };
        },
        onRequest: (entry) => options.report({ kind: "request", entry }),
    });
    const names = createAwsNames(options.project, options.stack);
    const computing = { functions, queues, eventSources, schedules };
    const services = { names, iam, logGroups, databases, ...computing, restApis, distributions };
    return {
        services,
        links,
        async databaseIn(region) {
            const endpoint = databases.endpointIn(region);
            return endpoint === undefined
                ? undefined
                : accessTo(endpoint, await frontDoor.open(), credentials.issue(operatorArn));
        },
        async open() {
            await timed("APIs", options.report, () => restApis.open());
            await timed("edge", options.report, () => distributions.open());
            background.open();
        },
        async stop() {
            // From the outside in, so that nobody is asked who has already stopped.
            await background.stop();
            await distributions.stop();
            await restApis.stop();
            await functions.stop();
            await messaging.stop();
            await network.stop();
            await frontDoor.close();
            await databases.stop();
        },
    };
}

function createBase(options: LocalCloudOptions, logs: LogFiles): Base {
    const warn = (message: string): void => {
        logs.write("local-cloud", `${new Date().toISOString()} ${message}`);
        options.report({ kind: "warning", message });
    };
    const iam = createIam();
    const credentials = createCredentialStore();
    const frontDoor = createFrontDoor(options.folder, {
        authorize: authorizeConnections({ iam, credentials, warn }),
        warn,
        log: (line) => logs.write("front-door", `${new Date().toISOString()} ${line}`),
    });
    return {
        options,
        logs,
        iam,
        credentials,
        logGroups: new Map(),
        frontDoor,
        roundTripMilliseconds: options.hasLatency ? roundTripMilliseconds : () => 0,
        warn,
    };
}

function createDatabases({ options, logs, frontDoor, ...base }: Base): DatabaseService {
    return createDatabaseService({
        folder: path.join(options.folder, "databases"),
        durable: options.durable,
        frontDoor: frontDoor.open,
        roundTripMilliseconds: base.roundTripMilliseconds,
        log: (database, line) => logs.write(`database-${database.slice(0, 26)}`, line),
        onReady(regions, milliseconds) {
            const subject = `database ${cellOf(regions, options)}`;
            options.report({ kind: "step", subject, milliseconds });
        },
    });
}

function createFunctions(
    { options, logs, ...base }: Base,
    { endpointUrl: queueEndpoint }: Messaging,
    { redirections }: FunctionNetwork,
): FunctionService {
    const runtime = createFunctionRuntime({ ...base, queueEndpoint });
    return createFunctionService({
        folder: path.join(options.folder, "functions"),
        runtimeVariables: (registration) => runtime.variables(registration),
        redirections,
        writeLog: (registration, line) => {
            if (runtime.mayLog(registration)) {
                logs.write(registration.logicalName, line);
            }
        },
    });
}

/** The cell that has its home in one of the Regions. */
function cellOf(regions: readonly string[], { viewers }: LocalCloudOptions): string {
    return viewers.find(({ home }) => regions.includes(home))?.name ?? regions.join(", ");
}
