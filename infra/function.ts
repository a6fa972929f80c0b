import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bundler, InlineFactory } from "./bundle";
import { assumedBy, type DatabaseAction, functionPolicy } from "./permissions";

export interface ServiceFunctionArgs {
    region: string;
    /** Written where it is deployed; see `InlineFactory`. */
    inline: InlineFactory;
    bundler: Bundler;
    /** Environment variables; Lambda adds AWS_REGION. */
    variables: Record<string, pulumi.Input<string>>;
    /** 128-10240. */
    memoryMegabytes: number;
    /** Below API Gateway's 29 seconds for a function behind it; at most 900. */
    timeoutSeconds: number;
    logRetentionDays: number;
    /** The cluster of the function's own Region, and how it may connect. */
    clusterArn: pulumi.Input<string>;
    databaseAction: DatabaseAction;
}

/** One Lambda function with a role, a log group and limits of its own. */
export class ServiceFunction extends pulumi.ComponentResource {
    public readonly functionName: pulumi.Output<string>;
    public readonly functionArn: pulumi.Output<string>;
    /** What an API Gateway integration points at. */
    public readonly invokeArn: pulumi.Output<string>;
    public readonly roleArn: pulumi.Output<string>;

    constructor(name: string, args: ServiceFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:ServiceFunction", name, {}, opts);

        const logGroup = this.createLogGroup(name, args);
        const role = this.createRole(name);
        const policy = this.createPolicy(name, role, logGroup, args);
        const lambda = this.createFunction(name, args, role, logGroup, [logGroup, policy]);

        this.functionName = lambda.name;
        this.functionArn = lambda.arn;
        this.invokeArn = lambda.invokeArn;
        this.roleArn = role.arn;
        this.registerOutputs({ functionName: this.functionName, roleArn: this.roleArn });
    }

    private createLogGroup(name: string, args: ServiceFunctionArgs): aws.cloudwatch.LogGroup {
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
        args: ServiceFunctionArgs,
    ): aws.iam.RolePolicy {
        const document = pulumi
            .all([logGroup.arn, args.clusterArn])
            .apply(([logGroupArn, clusterArn]) =>
                functionPolicy({ logGroupArn, clusterArn, databaseAction: args.databaseAction }),
            );
        return new aws.iam.RolePolicy(
            `${name}-policy`,
            { role: role.id, policy: document },
            { parent: this },
        );
    }

    private createFunction(
        name: string,
        args: ServiceFunctionArgs,
        role: aws.iam.Role,
        logGroup: aws.cloudwatch.LogGroup,
        dependsOn: pulumi.Resource[],
    ): aws.lambda.Function {
        const code = args.bundler(args.inline).then(
            (bundle) =>
                new pulumi.asset.AssetArchive({
                    "index.js": new pulumi.asset.StringAsset(bundle.code),
                    "index.js.map": new pulumi.asset.StringAsset(bundle.sourceMap),
                }),
        );
        return new aws.lambda.Function(
            name,
            {
                region: args.region,
                runtime: "nodejs24.x",
                architectures: ["arm64"],
                handler: "index.handler",
                code,
                role: role.arn,
                memorySize: args.memoryMegabytes,
                timeout: args.timeoutSeconds,
                environment: {
                    variables: { ...args.variables, NODE_OPTIONS: "--enable-source-maps" },
                },
                loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
            },
            // Without the policy in place the first calls would be refused; without the log group
            // Lambda would make one that never expires.
            { parent: this, dependsOn },
        );
    }
}
