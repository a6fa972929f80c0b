import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type CellSettings, clusterRegions } from "./topology";

export interface DatabaseArgs {
    /** The Name tag of the clusters, followed by the cell's name. */
    clusterName: string;
    cell: CellSettings;
    /**
     * Whether DSQL refuses to delete the clusters. Always given: the provider's default is off
     * although the service's is on.
     */
    deletionProtection: boolean;
}

/** One cluster as its users see it. */
export interface DatabaseEndpoint {
    readonly region: string;
    readonly arn: pulumi.Output<string>;
    readonly identifier: pulumi.Output<string>;
    /** `<identifier>.dsql.<region>.on.aws`; resolves once the cluster accepts connections. */
    readonly endpoint: pulumi.Output<string>;
}

/**
 * The logical database of one cell: a peered pair of DSQL clusters with a witness, or one
 * single-Region cluster. Both clusters of a pair accept reads and writes.
 *
 * Each cluster of a pair is created with its witness and waits in PENDING_SETUP until both
 * peerings exist, and a peering's creation waits for the cluster to leave that state. So neither
 * peering may depend on the other, nor one cluster on the other: a creation, and later a deletion,
 * would wait for something that has not been started. For the same reason `--parallel 1` and
 * `--target` on one side never finish.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/configuring-multi-region-clusters.html
 */
export class Database extends pulumi.ComponentResource {
    /** The clusters, that of the home Region first. */
    public readonly endpoints: readonly DatabaseEndpoint[];

    constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:Database", name, {}, opts);

        const clusters = clusterRegions(args.cell).map((region) =>
            this.createCluster(name, region, args),
        );
        const peerings = this.createPeerings(name, clusters, args.cell.witness);
        this.endpoints = clusters.map(({ region, cluster }) => ({
            region,
            arn: cluster.arn,
            identifier: cluster.identifier,
            endpoint: pulumi
                .all([cluster.identifier, pulumi.all(peerings.map((peering) => peering.id))])
                .apply(([identifier]) => clusterEndpoint(identifier, region)),
        }));

        this.registerOutputs({ endpoints: this.endpoints });
    }

    /** The cluster in a Region. */
    public in(region: string): DatabaseEndpoint {
        const found = this.endpoints.find((endpoint) => endpoint.region === region);
        if (found === undefined) {
            throw new Error(`The database has no cluster in ${region}.`);
        }
        return found;
    }

    private createCluster(name: string, region: string, args: DatabaseArgs): RegionalCluster {
        const { witness } = args.cell;
        // Everything is given at creation: a cluster in PENDING_SETUP cannot be updated.
        const cluster = new aws.dsql.Cluster(
            `${name}-${region}`,
            {
                region,
                deletionProtectionEnabled: args.deletionProtection,
                forceDestroy: !args.deletionProtection,
                multiRegionProperties:
                    witness === undefined ? undefined : { witnessRegion: witness },
                tags: { Name: `${args.clusterName}-${args.cell.name}` },
            },
            // After peering AWS fills in the list of clusters, which the program does not name.
            {
                parent: this,
                protect: args.deletionProtection,
                ignoreChanges: ["multiRegionProperties.clusters"],
            },
        );
        return { region, cluster };
    }

    /** One half of the handshake for each cluster, independent of one another. */
    private createPeerings(
        name: string,
        clusters: readonly RegionalCluster[],
        witness: string | undefined,
    ): aws.dsql.ClusterPeering[] {
        if (witness === undefined) {
            return [];
        }
        return clusters.map(
            ({ region, cluster }) =>
                new aws.dsql.ClusterPeering(
                    `${name}-${region}-peering`,
                    {
                        region,
                        identifier: cluster.identifier,
                        clusters: clusters
                            .filter((other) => other.region !== region)
                            .map((other) => other.cluster.arn),
                        witnessRegion: witness,
                    },
                    { parent: this },
                ),
        );
    }
}

interface RegionalCluster {
    readonly region: string;
    readonly cluster: aws.dsql.Cluster;
}

/**
 * The host name of a cluster's PostgreSQL endpoint; neither the API nor the provider returns it.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/accessing.html
 */
export function clusterEndpoint(identifier: string, region: string): string {
    return `${identifier}.dsql.${region}.on.aws`;
}
