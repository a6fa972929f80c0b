import * as path from "node:path";
import { type PostgresServer, startPostgres } from "../postgres";
import type { FrontDoor } from "./front-door";
import {
    type ClusterRegistration,
    checkMutual,
    findPeer,
    type PeeringRegistration,
    waitForOtherHalf,
} from "./peering";

/** The clusters of the account. Both clusters of a pair are one database. */
export interface DatabaseService {
    /** Resolves when a single-Region cluster is active, or a paired one awaits its peering. */
    createCluster(cluster: ClusterRegistration): Promise<void>;
    /** Resolves when both halves of the handshake exist and the database answers. */
    createPeering(peering: PeeringRegistration): Promise<void>;
    /** The active cluster of a Region; undefined where there is none. */
    endpointIn(region: string): Endpoint | undefined;
    /** Every active cluster. */
    endpoints(): readonly Endpoint[];
    stop(): Promise<void>;
}

/** Where an active cluster is reached. */
export interface Endpoint {
    /** `<identifier>.dsql.<region>.on.aws`; the front door knows the cluster by it. */
    readonly hostName: string;
    readonly identifier: string;
    readonly region: string;
    readonly clusterArn: string;
}

export interface DatabaseServiceOptions {
    /** Each database keeps its data in a folder below this one. */
    folder: string;
    durable: boolean;
    /** Before the databases; opened when the first cluster is created. */
    frontDoor: () => Promise<FrontDoor>;
    /** How long the way between two Regions, or within one, takes and back; default no time. */
    roundTripMilliseconds?: (from: string, to: string) => number;
    /** How long one half of a pair waits for the other; default 10 seconds. */
    handshakeTimeoutMilliseconds?: number;
    log: (database: string, line: string) => void;
    onReady: (regions: readonly string[], milliseconds: number) => void;
}

// Pulumi registers both halves at once, so this long means that the other half waits for this one.
const defaultHandshakeTimeoutMilliseconds = 10_000;

interface State {
    readonly clusters: Map<string, ClusterRegistration>;
    readonly peerings: Map<string, PeeringRegistration>;
    /** Who waits for the peering of a cluster. */
    readonly arrivals: Map<string, Array<() => void>>;
    /** By the identifiers of the clusters that share the server. */
    readonly servers: Map<string, Promise<PostgresServer>>;
    /** By identifier: resolves when the front door lets its clients in. */
    readonly active: Map<string, Promise<void>>;
}

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/configuring-multi-region-clusters.html */
export function createDatabaseService(options: DatabaseServiceOptions): DatabaseService {
    const state: State = {
        clusters: new Map(),
        peerings: new Map(),
        arrivals: new Map(),
        servers: new Map(),
        active: new Map(),
    };
    const { clusters, servers } = state;
    return {
        async createCluster(cluster) {
            clusters.set(cluster.identifier, cluster);
            if (cluster.witnessRegion === undefined) {
                await activate([cluster], state, options);
            }
        },
        createPeering: (peering) => joinPair(peering, state, options),
        endpointIn: (region) => endpointsOf(state).find((one) => one.region === region),
        endpoints: () => endpointsOf(state),
        async stop() {
            const outcomes = await Promise.allSettled(servers.values());
            const started = outcomes.flatMap((outcome) =>
                outcome.status === "fulfilled" ? [outcome.value] : [],
            );
            await Promise.all(started.map((server) => server.stop()));
        },
    };
}

function endpointsOf({ clusters, active }: State): readonly Endpoint[] {
    return [...clusters.values()]
        .filter(({ identifier }) => active.has(identifier))
        .map(({ identifier, region, arn }) => ({
            hostName: `${identifier}.dsql.${region}.on.aws`,
            identifier,
            region,
            clusterArn: arn,
        }));
}

async function activate(
    members: readonly ClusterRegistration[],
    { servers, active }: State,
    options: DatabaseServiceOptions,
): Promise<void> {
    const key = members
        .map(({ identifier }) => identifier)
        .sort()
        .join("-");
    const server = servers.get(key) ?? launch(key, members, options);
    servers.set(key, server);
    const [{ port, socketFolder }, frontDoor] = await Promise.all([server, options.frontDoor()]);
    const upstream = { port, socketFolder, database: "postgres" };
    const { roundTripMilliseconds = () => 0 } = options;
    // A pair commits in both Regions; everything else stays in the client's own.
    const latencyOf = (region: string) => ({
        roundTripMilliseconds: roundTripMilliseconds(region, region),
        commitMilliseconds: Math.max(
            0,
            ...members.flatMap((other) =>
                other.region === region ? [] : [roundTripMilliseconds(region, other.region)],
            ),
        ),
    });
    await Promise.all(
        members.map(({ identifier, region, arn }) => {
            const joining =
                active.get(identifier) ??
                frontDoor
                    .addCluster({ identifier, region, arn, upstream })
                    .then(() => frontDoor.setLatency(identifier, latencyOf(region)));
            active.set(identifier, joining);
            return joining;
        }),
    );
}

async function joinPair(
    peering: PeeringRegistration,
    state: State,
    options: DatabaseServiceOptions,
): Promise<void> {
    const { clusters, peerings, arrivals } = state;
    const cluster = clusters.get(peering.identifier);
    if (cluster === undefined) {
        throw new Error(
            `ResourceNotFoundException: peering ${peering.name} names the cluster ` +
                `"${peering.identifier}", which does not exist.`,
        );
    }
    const peer = findPeer(peering, cluster, clusters);
    peerings.set(peering.identifier, peering);
    for (const arrive of arrivals.get(peering.identifier) ?? []) {
        arrive();
    }
    if (!peerings.has(peer.identifier)) {
        const milliseconds =
            options.handshakeTimeoutMilliseconds ?? defaultHandshakeTimeoutMilliseconds;
        await waitForOtherHalf(peering, peer, arrivals, milliseconds);
    }
    const otherHalf = peerings.get(peer.identifier);
    if (otherHalf !== undefined) {
        checkMutual(otherHalf, peer, cluster, clusters);
    }
    await activate([cluster, peer], state, options);
}

async function launch(
    key: string,
    members: readonly ClusterRegistration[],
    options: DatabaseServiceOptions,
): Promise<PostgresServer> {
    const startedAt = performance.now();
    const server = await startPostgres({
        dataFolder: path.join(options.folder, key),
        durable: options.durable,
        log: (line) => options.log(key, line),
    });
    options.onReady(
        members.map(({ region }) => region),
        performance.now() - startedAt,
    );
    return server;
}
