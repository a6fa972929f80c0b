/** A cluster as it was registered. */
export interface ClusterRegistration {
    readonly name: string;
    readonly identifier: string;
    readonly arn: string;
    readonly region: string;
    /** Undefined: a single-Region cluster. */
    readonly witnessRegion: string | undefined;
}

/** One half of a pair's handshake, as it was registered. */
export interface PeeringRegistration {
    readonly name: string;
    /** Of the cluster that this half belongs to. */
    readonly identifier: string;
    readonly region: string;
    readonly witnessRegion: string;
    /** ARNs of the clusters to peer with. */
    readonly clusterArns: readonly string[];
}

/** Two halves that name different clusters are no pair. */
export function checkMutual(
    otherHalf: PeeringRegistration,
    peer: ClusterRegistration,
    cluster: ClusterRegistration,
    clusters: ReadonlyMap<string, ClusterRegistration>,
): void {
    const named = findPeer(otherHalf, peer, clusters);
    if (named.identifier !== cluster.identifier) {
        throw new Error(
            `ValidationException: peering ${otherHalf.name} names ${named.name}, not ` +
                `${cluster.name}, whose peering names it.`,
        );
    }
}

/** Each half has to name the other cluster, and the witness with which both were created. */
export function findPeer(
    peering: PeeringRegistration,
    cluster: ClusterRegistration,
    clusters: ReadonlyMap<string, ClusterRegistration>,
): ClusterRegistration {
    const refuse = (reason: string): Error =>
        new Error(`ValidationException: peering ${peering.name} of ${cluster.name} ${reason}.`);
    if (cluster.witnessRegion === undefined) {
        throw refuse("belongs to a cluster that was created without a witness Region");
    }
    if (peering.witnessRegion !== cluster.witnessRegion) {
        throw refuse(
            `names the witness ${peering.witnessRegion}, but the cluster was created with ` +
                cluster.witnessRegion,
        );
    }
    const others = peering.clusterArns.filter((arn) => arn !== cluster.arn);
    const [arn] = others;
    if (arn === undefined || others.length > 1) {
        throw refuse(`names ${others.length} other clusters; allowed: exactly one`);
    }
    const peer = [...clusters.values()].find((candidate) => candidate.arn === arn);
    if (peer === undefined) {
        throw refuse(`names the cluster ${arn}, which does not exist`);
    }
    if (peer.region === cluster.region) {
        throw refuse(`names a cluster of the same Region, ${peer.region}`);
    }
    return peer;
}

/** @throws Error when the other half does not come in time */
export async function waitForOtherHalf(
    peering: PeeringRegistration,
    peer: ClusterRegistration,
    arrivals: Map<string, Array<() => void>>,
    milliseconds: number,
): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
        arrivals.set(peer.identifier, [...(arrivals.get(peer.identifier) ?? []), resolve]);
        timer = setTimeout(() => {
            reject(
                new Error(
                    `Peering ${peering.name} waits for the other half of the handshake: no ` +
                        `ClusterPeering of ${peer.name} was registered within ` +
                        `${milliseconds / 1000} seconds. Register both halves, ` +
                        "and let neither depend on the other.",
                ),
            );
        }, milliseconds);
    }).finally(() => clearTimeout(timer));
}
