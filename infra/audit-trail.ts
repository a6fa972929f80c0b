import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./settings";

/**
 * Keeps a trail of every management call in every Region, and of who opened which database
 * session, in a bucket of its own, where the stack asks for it.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/logging-using-cloudtrail.html
 */
export class AuditTrail extends pulumi.ComponentResource {
    /** The bucket's name; undefined where the stack keeps no trail. */
    public readonly bucketName: pulumi.Output<string | undefined>;

    constructor(
        name: string,
        settings: Pick<Settings, "auditTrail" | "deletionProtection">,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("shop:infra:AuditTrail", name, {}, opts);

        this.bucketName = settings.auditTrail
            ? bucketName(this.createTrail(name, settings.deletionProtection))
            : pulumi.output(undefined);

        this.registerOutputs({ bucketName: this.bucketName });
    }

    private createTrail(name: string, deletionProtection: boolean): awsx.cloudtrail.Trail {
        return new awsx.cloudtrail.Trail(
            `${name}-trail`,
            {
                // Both are off by default.
                isMultiRegionTrail: true,
                enableLogFileValidation: true,
                // A bucket with logs in it cannot be deleted otherwise.
                s3Bucket: { args: { forceDestroy: !deletionProtection } },
                cloudWatchLogsGroup: { enable: false },
                advancedEventSelectors: [
                    {
                        name: "Management calls",
                        fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }],
                    },
                    {
                        name: "Database sessions",
                        fieldSelectors: [
                            { field: "eventCategory", equals: ["Data"] },
                            { field: "resources.type", equals: ["AWS::DSQL::Cluster"] },
                        ],
                    },
                ],
            },
            { parent: this },
        );
    }
}

function bucketName(trail: awsx.cloudtrail.Trail): pulumi.Output<string | undefined> {
    return trail.bucket.apply((bucket) =>
        bucket === undefined ? pulumi.output(undefined) : bucket.bucket,
    );
}
