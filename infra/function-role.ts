import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { assumedBy, type DatabaseAction, functionPolicy, type Reach } from "./permissions";

export interface FunctionRoleArgs {
    region: string;
    logRetentionDays: number;
    /** The cluster of the function's own Region, and how it may connect; none without a database. */
    database?: { clusterArn: pulumi.Input<string>; action: DatabaseAction };
    /** What the function uses beside. */
    reach: pulumi.Input<Reach>;
}

/**
 * What a function is before it has any code: its role, its log group, and what the role may do.
 * Apart from the function, because the migrations have to admit the role to the database before
 * the function's code may change.
 */
export class FunctionRole extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;
    public readonly logGroupName: pulumi.Output<string>;

    constructor(name: string, args: FunctionRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:FunctionRole", name, {}, opts);

        const logGroup = this.createLogGroup(name, args);
        const role = this.createRole(name);
        const policy = this.createPolicy(name, role, logGroup, args);

        // Whoever takes the ARN waits for the policy: a function that has the role but not its
        // policy would be refused.
        this.arn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
        this.logGroupName = logGroup.name;
        this.registerOutputs({ arn: this.arn, logGroupName: this.logGroupName });
    }

    private createLogGroup(name: string, args: FunctionRoleArgs): aws.cloudwatch.LogGroup {
        return new aws.cloudwatch.LogGroup(
            `${name}-logs`,
            {
                region: args.region,
                name: `/shop/${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
                retentionInDays: args.logRetentionDays,
            },
            { parent: this },
        );
    }

    private createRole(name: string): aws.iam.Role {
        return new aws.iam.Role(
            `${name}-role`,
            { assumeRolePolicy: assumedBy("lambda.amazonaws.com") },
            { parent: this },
        );
    }

    private createPolicy(
        name: string,
        role: aws.iam.Role,
        logGroup: aws.cloudwatch.LogGroup,
        args: FunctionRoleArgs,
    ): aws.iam.RolePolicy {
        const document = pulumi
            .all([logGroup.arn, args.database, args.reach])
            .apply(([logGroupArn, database, reach]) =>
                functionPolicy({ logGroupArn, database, reach }),
            );
        return new aws.iam.RolePolicy(
            `${name}-policy`,
            { role: role.id, policy: document },
            { parent: this },
        );
    }
}
