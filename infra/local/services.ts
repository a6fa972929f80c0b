import * as path from "node:path";
import { createCallers } from "./api-gateway/caller";
import { createAwsNames } from "./aws-names";
import { type Ailments, createAilments } from "./chaos/ailments";
import { createKills, type Kills } from "./chaos/kills";
import { createOutages, type Outages } from "./chaos/outages";
import type { PlacedCell } from "./chaos/places";
import { createSwitchboard, type Switchboard } from "./chaos/switchboard";
import type { LocalCloudOptions } from "./cloud";
import type { Services } from "./counterparts/resource";
import { type CredentialStore, createCredentialStore } from "./credentials";
import { accessTo, type DatabaseAccess } from "./database-access";
import { createDistributionService, type DistributionService } from "./distributions";
import { createDatabaseService, type DatabaseService } from "./dsql/control-plane";
import { roundTripMilliseconds } from "./dsql/inter-region-latency";
import { createFunctionNetwork, type FunctionNetwork } from "./function-network";
import { createFunctionRuntime } from "./function-runtime";
import { createIam, type Iam } from "./iam";
import { authorizeActions, authorizeConnections, operatorArn } from "./identities";
import type { OperatorAccess, StoreEndpoint } from "./key-value-stores/store-endpoint";
import type { KeyValueStoreService } from "./key-value-stores/store-service";
import { createStores } from "./key-value-stores/stores";
import { createFunctionService, type FunctionService } from "./lambda";
import { createLinks, type LinkSwitches } from "./links";
import { createFrontDoor } from "./local-front-door";
import type { LogFiles } from "./log-files";
import { createBackground, createMessaging, type Messaging } from "./messaging";
import { createRestApiService, type RestApiService } from "./rest-apis";
import { timed } from "./timed-step";

/** Everything that stands for AWS, made and not yet opened. */
export interface LocalServices {
    readonly services: Services;
    readonly links: LinkSwitches;
    readonly chaos: Switchboard;
    /** How the operator reaches the database of a Region; undefined where there is none. */
    databaseIn(region: string): Promise<DatabaseAccess | undefined>;
    /** How the operator reaches the KeyValueStores. */
    storeAccess(): Promise<OperatorAccess>;
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
    readonly outages: Outages;
    readonly ailments: Ailments;
    readonly kills: Kills;
    readonly warn: (message: string) => void;
}

/** Makes the services of one cloud. */
export function createServices(options: LocalCloudOptions, logs: LogFiles): LocalServices {
    const base = createBase(options, logs);
    const { folder, runsSchedules, project, stack } = options;
    const { iam, credentials, logGroups, frontDoor, warn } = base;
    const isAllowed = authorizeActions({ iam, warn });
    const { whenUp } = base.outages;
    const { links, linkCounts } = createCountedLinks(base);
    const databases = createDatabases(base);
    const messaging = createMessaging({ isAllowed, credentials, links });
    const { queues } = messaging;
    const network = createFunctionNetwork({ folder, frontDoor, links, restApis: () => restApis });
    const { keyValueStores, storeEndpoint } = createStores({ ...base, isAllowed, folder });
    const functions = createFunctions(base, messaging, network, storeEndpoint);
    const background = createBackground({ queues, functions, iam, runsSchedules, warn, whenUp });
    const restApis = createRestApiService({
        functions,
        authorizeCaller: createCallers({ credentials, isAllowed }),
        ...base.outages,
        meet: base.ailments.meet,
        writeAccessLog: (apiName, line) => logs.write(`${apiName}-access`, line),
    });
    const distributions = createDistributions(base, restApis, keyValueStores);
    const { eventSources, schedules } = background;
    const computing = { functions, queues, eventSources, schedules };
    const atEdge = { restApis, distributions, keyValueStores };
    const services = {
        names: createAwsNames(project, stack),
        iam,
        logGroups,
        databases,
        ...computing,
        ...atEdge,
    };
    return {
        services,
        links,
        chaos: createChaos(base, services, { links, linkCounts }),
        async databaseIn(region) {
            const endpoint = databases.endpointIn(region);
            return endpoint === undefined
                ? undefined
                : accessTo(endpoint, await frontDoor.open(), credentials.issue(operatorArn));
        },
        storeAccess: () => storeEndpoint.accessOf(operatorArn),
        async open() {
            await timed("APIs", options.report, () => restApis.open());
            await timed("edge", options.report, () => distributions.open());
            background.open();
        },
        async stop() {
            // From the outside in, so that nobody is asked who has already stopped.
            const inOrder = [background, distributions, restApis, functions, messaging];
            for (const part of [...inOrder, storeEndpoint, network]) {
                await part.stop();
            }
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
        outages: createOutages(),
        ailments: createAilments(),
        kills: createKills(),
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
    storeEndpoint: StoreEndpoint,
): FunctionService {
    const runtime = createFunctionRuntime({
        ...base,
        queueEndpoint,
        storeEndpoint: () => storeEndpoint.url(),
    });
    return createFunctionService({
        folder: path.join(options.folder, "functions"),
        runtimeVariables: (registration) => runtime.variables(registration),
        redirections,
        isDown: base.outages.isDown,
        drawKill: (registration) => base.kills.draw(registration),
        writeLog: (registration, line) => {
            if (runtime.mayLog(registration)) {
                logs.write(registration.logicalName, line);
            }
        },
    });
}

function createChaos(
    base: Base,
    services: Services,
    counted: ReturnType<typeof createCountedLinks>,
): Switchboard {
    return createSwitchboard({
        ...base,
        ...services,
        ...counted,
        cells: cellsOf(base.options),
        clusters: () => services.databases.endpoints(),
        frontDoor: () => base.frontDoor.open(),
    });
}

/** Links, and how often a crossing was held up or slowed. */
function createCountedLinks({ roundTripMilliseconds: distance }: Base): {
    readonly links: LinkSwitches;
    readonly linkCounts: Readonly<Record<"cut" | "slow", number>>;
} {
    const linkCounts = { cut: 0, slow: 0 };
    const links = createLinks({
        roundTripMilliseconds: distance,
        onDisturbed(kind) {
            linkCounts[kind] += 1;
        },
    });
    return { links, linkCounts };
}

function createDistributions(
    { options: { viewers, report }, outages }: Base,
    restApis: RestApiService,
    keyValueStores: KeyValueStoreService,
): DistributionService {
    return createDistributionService({
        viewers,
        readStore: (arn) => keyValueStores.reader(arn),
        resolveOrigin(domainName) {
            const found = restApis.endpoint(domainName);
            return (
                found && {
                    host: "127.0.0.1",
                    port: found.port,
                    isLost: outages.isSilent(found.region),
                }
            );
        },
        onRequest: (entry) => report({ kind: "request", entry }),
    });
}

function cellsOf({ viewers }: LocalCloudOptions): readonly PlacedCell[] {
    return viewers.map(({ name, home, peer }) => ({
        name,
        regions: peer === undefined ? [home] : [home, peer],
    }));
}

/** The cell that has its home in one of the Regions. */
function cellOf(regions: readonly string[], { viewers }: LocalCloudOptions): string {
    return viewers.find(({ home }) => regions.includes(home))?.name ?? regions.join(", ");
}
