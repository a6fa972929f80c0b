import type { AuthorizeCaller } from "./api-gateway/caller";
import { type ApiDomain, domainsOf, readApiHost } from "./api-gateway/host-names";
import { type RestApiServer, startRestApi } from "./api-gateway/server";
import { accountId } from "./aws-names";
import type { FunctionService } from "./lambda";

export type ApiDocument = Readonly<Record<string, unknown>>;

/** A REST API as it was registered. */
export interface RestApiRegistration {
    readonly id: string;
    readonly name: string;
    readonly region: string;
    /** The parsed body; undefined until the API is given one. */
    readonly document: ApiDocument | undefined;
    readonly minimumCompressionSizeBytes: number | undefined;
}

/** A stage as it was registered. */
export interface StageRegistration {
    readonly apiId: string;
    readonly deploymentId: string;
    readonly stageName: string;
    readonly accessLogFormat: string | undefined;
}

export interface Throttling {
    readonly ratePerSecond: number;
    readonly burst: number;
}

/** The REST APIs of the account. */
export interface RestApiService {
    createApi(api: RestApiRegistration): void;
    /** Replaces the document of an API; deployments that exist keep the one they were made of. */
    putDocument(apiId: string, region: string, document: ApiDocument): void;
    /** A deployment is a snapshot of the API as it is now. */
    createDeployment(id: string, apiId: string): void;
    createStage(stage: StageRegistration): void;
    throttle(apiId: string, stageName: string, throttling: Throttling): void;
    /** Starts a server for each stage. */
    open(): Promise<void>;
    /** Where a host name of API Gateway is answered on this computer: 127.0.0.1, and the port. */
    endpoint(hostName: string): { readonly region: string; readonly port: number } | undefined;
    /** Under which domains there are APIs, and once all are open, which. */
    domains(): readonly ApiDomain[];
    list(): readonly { name: string; region: string; stageName: string; url: string }[];
    stop(): Promise<void>;
}

export interface RestApiServiceOptions {
    functions: FunctionService;
    /** Who may call methods that ask for a signature. */
    authorizeCaller: AuthorizeCaller;
    /** Whether the APIs of a Region answer nobody; left out: never. */
    isDown?: (region: string) => boolean;
    /** Whether they are down without refusing anybody; left out: never. */
    isSilent?: (region: string) => boolean;
    /** The status that a request to a path meets there instead of its answer; left out: none. */
    meet?: (region: string, path: string) => Promise<number | undefined>;
    writeAccessLog: (apiName: string, line: string) => void;
}

/** Keeps what was registered and serves it once everything is. */
export function createRestApiService(options: RestApiServiceOptions): RestApiService {
    const { apis, deployments, ...registering } = createRegistrations();
    const stages: StageRegistration[] = [];
    const throttlings = new Map<string, Throttling>();
    const servers = new Map<string, RestApiServer>();

    return {
        ...registering,
        createStage(stage) {
            if (stages.some(({ apiId }) => apiId === stage.apiId)) {
                throw new Error(
                    `The local API Gateway serves one stage per API; ${stage.stageName} of API ` +
                        `${stage.apiId} is a second one. See infra/local/rest-apis.ts.`,
                );
            }
            stages.push(stage);
        },
        throttle: (apiId, stageName, throttling) =>
            void throttlings.set(`${apiId}/${stageName}`, throttling),
        async open() {
            await Promise.all(
                stages.map(async (stage) => {
                    const api = deployments.get(stage.deploymentId);
                    const throttling = throttlings.get(`${stage.apiId}/${stage.stageName}`);
                    servers.set(stage.apiId, await startStage(stage, api, throttling, options));
                }),
            );
        },
        endpoint(hostName) {
            const { apiId = "", region } = readApiHost(hostName) ?? {};
            const port = servers.get(apiId)?.port;
            return port === undefined || region === undefined || apis.get(apiId)?.region !== region
                ? undefined
                : { region, port };
        },
        domains: () => domainsOf([...apis.values()], servers.size === stages.length),
        list: () =>
            stages.flatMap(({ apiId, stageName }) => {
                const api = apis.get(apiId);
                const server = servers.get(apiId);
                if (api === undefined || server === undefined) {
                    return [];
                }
                const url = `http://127.0.0.1:${server.port}/${stageName}`;
                return [{ name: api.name, region: api.region, stageName, url }];
            }),
        stop: async () =>
            void (await Promise.all([...servers.values()].map((server) => server.close()))),
    };
}

/** APIs as they are now, and as they were deployed. */
function createRegistrations(): Pick<
    RestApiService,
    "createApi" | "putDocument" | "createDeployment"
> & {
    readonly apis: ReadonlyMap<string, RestApiRegistration>;
    readonly deployments: ReadonlyMap<string, RestApiRegistration>;
} {
    const apis = new Map<string, RestApiRegistration>();
    const deployments = new Map<string, RestApiRegistration>();
    return {
        apis,
        deployments,
        createApi: (api) => void apis.set(api.id, api),
        putDocument(apiId, region, document) {
            const api = apis.get(apiId);
            if (api === undefined || api.region !== region) {
                throw new Error(
                    `NotFoundException: Invalid API identifier specified: ${apiId} in ${region}.`,
                );
            }
            apis.set(apiId, { ...api, document });
        },
        createDeployment(id, apiId) {
            const api = apis.get(apiId);
            if (api === undefined) {
                throw new Error(`NotFoundException: deployment ${id} names no API: ${apiId}.`);
            }
            if (Object.keys(api.document?.["paths"] ?? {}).length === 0) {
                throw new Error(
                    "BadRequestException: The REST API doesn't contain any methods: " +
                        `deployment ${id} of API ${api.name} comes before its document.`,
                );
            }
            deployments.set(id, api);
        },
    };
}

async function startStage(
    stage: StageRegistration,
    api: RestApiRegistration | undefined,
    throttling: Throttling | undefined,
    options: RestApiServiceOptions,
): Promise<RestApiServer> {
    if (api === undefined || api.id !== stage.apiId) {
        throw new Error(
            `NotFoundException: stage ${stage.stageName} names the deployment ` +
                `${stage.deploymentId}, which is none of API ${stage.apiId}.`,
        );
    }
    const { functions, authorizeCaller, isDown, isSilent, meet, writeAccessLog } = options;
    return startRestApi({
        apiId: api.id,
        region: api.region,
        accountId,
        stageName: stage.stageName,
        document: api.document ?? {},
        throttling,
        accessLogFormat: stage.accessLogFormat,
        authorizeCaller,
        isDown: () => isDown?.(api.region) === true,
        isSilent: () => isSilent?.(api.region) === true,
        meet: async (path) => meet?.(api.region, path),
        writeAccessLog: (line) => writeAccessLog(api.name, line),
        invoke: (invokeArn, event, timeoutMilliseconds) =>
            functions.invoke(invokeArn, event, timeoutMilliseconds),
        isPermitted: (invokeArn, sourceArn) =>
            functions.isPermitted(invokeArn, sourceArn, "apigateway.amazonaws.com"),
        ...(api.minimumCompressionSizeBytes === undefined
            ? {}
            : { minimumCompressionSizeBytes: api.minimumCompressionSizeBytes }),
    });
}
