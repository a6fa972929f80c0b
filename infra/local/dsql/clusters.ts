import { type CancelKey, createCancelKeys } from "./cancel-keys";
import { createFaults, type Faults } from "./faults";
import type { ClusterAddress, ClusterLatency, Limits, Statistics } from "./front-door";
import type { Authority } from "./identity/authority";
import { type ConnectionRate, createConnectionRate } from "./identity/connection-rate";
import { keptBytes } from "./kept-memory";
import { openSharedDatabase, type SharedDatabase } from "./shared-database";

/** A cluster whose clients are let in. */
export interface Cluster extends ClusterAddress {
    readonly hostName: string;
    readonly database: SharedDatabase;
    readonly faults: Faults;
    readonly rate: ConnectionRate;
    latency: ClusterLatency;
    /** Sessions that are open or about to be. */
    connections: number;
}

export interface Clusters {
    add(address: ClusterAddress): Promise<void>;
    remove(identifier: string): Promise<void>;
    /** @throws Error when there is no such cluster */
    get(identifier: string): Cluster;
    /** The cluster with that host name; "localhost" is the only one, where there is one only. */
    find(hostName: string): Cluster | undefined;
    certificateFor(hostName: string): Promise<{ key: string; cert: string } | undefined>;
    /** Lets a client cancel what the session does; the key is PostgreSQL's own. */
    allowCancel(key: CancelKey, serverPort: number): () => void;
    cancel(key: CancelKey): void;
    statistics(): Statistics;
    close(): Promise<void>;
}

export interface ClustersOptions {
    readonly authority: Authority;
    readonly limits: Limits;
    log(line: string): void;
}

export function createClusters({ authority, limits, log }: ClustersOptions): Clusters {
    const clusters = new Map<string, Cluster>();
    const databases = new Map<string, Promise<SharedDatabase>>();
    const certificates = new Map<string, ReturnType<Authority["issue"]>>();
    const cancelling = createCancelKeys();
    const find = (hostName: string) => findByName([...clusters.values()], hostName.toLowerCase());
    return {
        async add(address) {
            const key = keyOf(address);
            const opening = databases.get(key) ?? openSharedDatabase(address.upstream, log);
            databases.set(key, opening);
            const database = await opening.catch((error: unknown) => {
                databases.delete(key);
                throw error;
            });
            clusters.set(address.identifier, createCluster(address, database, limits));
        },
        async remove(identifier) {
            const cluster = clusters.get(identifier);
            clusters.delete(identifier);
            certificates.delete(cluster?.hostName ?? "");
            const rest = [...clusters.values()];
            if (
                cluster !== undefined &&
                !rest.some(({ database }) => database === cluster.database)
            ) {
                databases.delete(keyOf(cluster));
                await cluster.database.close();
            }
        },
        get(identifier) {
            const cluster = clusters.get(identifier);
            if (cluster === undefined) {
                throw new Error(
                    `There is no cluster "${identifier}"; there are ${[...clusters.keys()].join(", ")}.`,
                );
            }
            return cluster;
        },
        find,
        async certificateFor(hostName) {
            if (find(hostName) === undefined) {
                return undefined;
            }
            const issued = certificates.get(hostName) ?? authority.issue([hostName]);
            certificates.set(hostName, issued);
            return issued;
        },
        allowCancel: cancelling.allow,
        cancel: cancelling.cancel,
        statistics: () => statisticsOf([...clusters.values()]),
        async close() {
            const opened = await Promise.allSettled(databases.values());
            await Promise.all(
                opened.map((one) => (one.status === "fulfilled" ? one.value.close() : undefined)),
            );
        },
    };
}

function findByName(clusters: readonly Cluster[], hostName: string): Cluster | undefined {
    return clusters.length === 1 && hostName === "localhost"
        ? clusters[0]
        : clusters.find((cluster) => cluster.hostName === hostName);
}

/** The same for clusters that are one database. */
function keyOf({ upstream }: ClusterAddress): string {
    return `${upstream.port}/${upstream.database}`;
}

function createCluster(address: ClusterAddress, database: SharedDatabase, limits: Limits): Cluster {
    return {
        ...address,
        hostName: `${address.identifier}.dsql.${address.region}.on.aws`,
        database,
        faults: createFaults(),
        rate: createConnectionRate({
            perSecond: limits.newConnectionsPerSecond,
            burst: limits.newConnectionsBurst,
            now: () => performance.now(),
        }),
        latency: { roundTripMilliseconds: 0, commitMilliseconds: 0 },
        connections: 0,
    };
}

function statisticsOf(clusters: readonly Cluster[]): Statistics {
    const databases = [...new Set(clusters.map(({ database }) => database))];
    return {
        sessions: databases.reduce((sum, { sessions }) => sum + sessions.size, 0),
        databases: databases.map(({ name, sessions, counts }) => ({
            name,
            sessions: sessions.size,
            ...counts,
        })),
        heapBytes: keptBytes(),
        faults: Object.fromEntries(
            clusters.map(({ identifier, faults }) => [identifier, faults.counts()]),
        ),
    };
}
