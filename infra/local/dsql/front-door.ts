import type { AddressInfo } from "node:net";
import { createClusters } from "./clusters";
import { createDialect } from "./dialect/dialect";
import type { FaultPlan } from "./faults";
import { openAuthority } from "./identity/authority";
import { listenSecurely } from "./negotiation";
import type { ServerAddress } from "./upstream";
import { welcome } from "./welcome";

/** Where the front door leads. Clusters with the same upstream are one database. */
export interface ClusterAddress {
    /** 26 characters of a-z and 0-9. */
    readonly identifier: string;
    readonly region: string;
    readonly arn: string;
    readonly upstream: ServerAddress;
}

/** Somebody with an access key wants to connect to a cluster. */
export interface ConnectionRequest {
    readonly accessKeyId: string;
    readonly action: "dsql:DbConnect" | "dsql:DbConnectAdmin";
    readonly clusterArn: string;
}

/** Whose access key it is, and whether the policies allow the connection. */
export interface Permission {
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    readonly principalArn: string;
    readonly isAllowed: boolean;
}

/** Aurora DSQL's limits, which tests may lower. */
export interface Limits {
    readonly transactionSeconds: number;
    readonly sessionSeconds: number;
    readonly newConnectionsPerSecond: number;
    readonly newConnectionsBurst: number;
    readonly connectionsPerCluster: number;
}

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html */
export const serviceLimits: Limits = {
    transactionSeconds: 300,
    sessionSeconds: 3_600,
    newConnectionsPerSecond: 100,
    newConnectionsBurst: 1_000,
    connectionsPerCluster: 10_000,
};

export interface FrontDoorOptions {
    /** On 127.0.0.1; 0 or left out: any free one. */
    readonly port?: number;
    /** Where the certificate authority is kept. */
    readonly authorityFolder: string;
    authorize(request: ConnectionRequest): Promise<Permission | undefined>;
    log(line: string): void;
    readonly limits?: Partial<Limits>;
}

/** How far a cluster is away from its clients. */
export interface ClusterLatency {
    /** From a client to the cluster and back. */
    readonly roundTripMilliseconds: number;
    /** What the commit of a change costs more, as in a pair of Regions. */
    readonly commitMilliseconds: number;
}

/** What has happened behind the front door so far. */
export interface Statistics {
    readonly sessions: number;
    readonly databases: readonly {
        readonly name: string;
        readonly sessions: number;
        readonly commits: number;
        readonly conflicts: number;
        readonly repairs: number;
        readonly stepBacks: number;
    }[];
    /** What the thread that it runs in keeps in memory; garbage is collected first. */
    readonly heapBytes: number;
    /** By cluster and kind. */
    readonly faults: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Aurora DSQL as its clients see it, before PostgreSQL servers. */
export interface FrontDoor {
    readonly port: number;
    /** Who signs the clusters' certificates: a file, and its content. */
    readonly authorityFile: string;
    readonly authorityPem: string;
    addCluster(cluster: ClusterAddress): Promise<void>;
    /** Ends its sessions. */
    removeCluster(identifier: string): Promise<void>;
    setFaults(identifier: string, plan: FaultPlan): Promise<void>;
    setLatency(identifier: string, latency: ClusterLatency): Promise<void>;
    statistics(): Promise<Statistics>;
    close(): Promise<void>;
}

/** Opens the front door; clusters are added afterwards. */
export async function startFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
    const [authority, dialect] = await Promise.all([
        openAuthority(options.authorityFolder),
        createDialect(),
    ]);
    const limits = { ...serviceLimits, ...options.limits };
    const clusters = createClusters({ authority, limits, log: options.log });
    const server = await listenSecurely({
        port: options.port ?? 0,
        fallbackCertificate: await authority.issue(["localhost"]),
        certificateFor: (hostName) => clusters.certificateFor(hostName),
        onSecure: (socket) =>
            void welcome(socket, { clusters, dialect, limits, authorize: options.authorize }),
        onCancel: (request) => clusters.cancel(request),
    });
    return {
        port: (server.address() as AddressInfo).port,
        authorityFile: authority.certificateFile,
        authorityPem: authority.certificatePem,
        addCluster: (cluster) => clusters.add(cluster),
        removeCluster: (identifier) => clusters.remove(identifier),
        async setFaults(identifier, plan) {
            clusters.get(identifier).faults.plan(plan);
        },
        async setLatency(identifier, latency) {
            clusters.get(identifier).latency = latency;
        },
        statistics: async () => clusters.statistics(),
        async close() {
            const closed = new Promise<void>((resolve) => server.close(() => resolve()));
            await clusters.close();
            await closed;
        },
    };
}
