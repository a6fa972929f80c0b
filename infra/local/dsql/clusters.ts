import { createConnection } from "node:net";
import { createFaults, type Faults } from "./faults";
import type { ClusterAddress, ClusterLatency, Limits, Statistics } from "./front-door";
import type { Authority } from "./identity/authority";
import { type ConnectionRate, createConnectionRate } from "./identity/connection-rate";
import { openSharedDatabase, type SharedDatabase } from "./shared-database";
import { encodeCancelRequest } from "./wire/frontend";

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

/** What a client has to know to cancel a statement of a session. */
export interface CancelKey {
    readonly processId: number;
    readonly secretKey: number;
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
    const cancelKeys = new Map<string, number>();
    const find = (hostName: string): Cluster | undefined => {
        const all = [...clusters.values()];
        return all.length === 1 && hostName === "localhost"
            ? all[0]
            : all.find((cluster) => cluster.hostName === hostName.toLowerCase());
    };
    return {
        async add(address) {
            const key = `${address.upstream.port}/${address.upstream.database}`;
            const opening = databases.get(key) ?? openSharedDatabase(address.upstream, log);
            databases.set(key, opening);
            const database = await opening.catch((error: unknown) => {
                databases.delete(key);
                throw error;
            });
            clusters.set(address.identifier, {
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
            });
        },
        async remove(identifier) {
            const cluster = clusters.get(identifier);
            clusters.delete(identifier);
            certificates.delete(cluster?.hostName ?? "");
            const isShared = [...clusters.values()].some(
                ({ database }) => database === cluster?.database,
            );
            if (cluster !== undefined && !isShared) {
                databases.delete(`${cluster.upstream.port}/${cluster.upstream.database}`);
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
        allowCancel(key, serverPort) {
            cancelKeys.set(nameOf(key), serverPort);
            return () => cancelKeys.delete(nameOf(key));
        },
        cancel(key) {
            const port = cancelKeys.get(nameOf(key));
            if (port !== undefined) {
                const socket = createConnection({ host: "127.0.0.1", port });
                socket.on("error", () => undefined);
                socket.end(encodeCancelRequest(key));
            }
        },
        statistics: () => statisticsOf([...clusters.values()]),
        async close() {
            const opened = await Promise.allSettled(databases.values());
            await Promise.all(
                opened.map((one) => (one.status === "fulfilled" ? one.value.close() : undefined)),
            );
        },
    };
}

// PostgreSQL draws the secret at random, so two servers give the same pair hardly ever.
function nameOf({ processId, secretKey }: CancelKey): string {
    return `${processId}/${secretKey}`;
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
        heapBytes: process.memoryUsage().heapUsed,
        faults: Object.fromEntries(
            clusters.map(({ identifier, faults }) => [identifier, faults.counts()]),
        ),
    };
}
