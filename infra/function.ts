import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bundler, InlineFactory } from "./bundle";
import type { FunctionRole } from "./function-role";

export interface ServiceFunctionArgs {
    region: string;
    /** Written where it is deployed; see `InlineFactory`. */
    inline: InlineFactory;
    bundler: Bundler;
    role: FunctionRole;
    /** Environment variables; Lambda adds AWS_REGION. */
    variables: Record<string, pulumi.Input<string>>;
    /** 128-10240. */
    memoryMegabytes: number;
    /** Below API Gateway's 29 seconds for a function behind it; at most 900. */
    timeoutSeconds: number;
    /** How many may run at once, kept free for this function; by default as many as there are. */
    reservedConcurrency?: number;
    /** What must be in place before this code runs: the tables that it uses. */
    startsAfter: pulumi.Resource[];
}

/** One Lambda function with a role, a log group and limits of its own. */
export class ServiceFunction extends pulumi.ComponentResource {
    public readonly functionName: pulumi.Output<string>;
    public readonly arn: pulumi.Output<string>;
    /** What an API Gateway integration points at. */
    public readonly invokeArn: pulumi.Output<string>;

    constructor(name: string, args: ServiceFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:ServiceFunction", name, {}, opts);

        const lambda = this.createFunction(name, args);

        this.functionName = lambda.name;
        this.arn = lambda.arn;
        this.invokeArn = lambda.invokeArn;
        this.registerOutputs({ functionName: this.functionName });
    }

    private createFunction(name: string, args: ServiceFunctionArgs): aws.lambda.Function {
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
                role: args.role.arn,
                memorySize: args.memoryMegabytes,
                timeout: args.timeoutSeconds,
                reservedConcurrentExecutions: args.reservedConcurrency,
                environment: {
                    variables: { ...args.variables, NODE_OPTIONS: "--enable-source-maps" },
                },
                // Named, so that it exists first: Lambda would make one that never expires.
                loggingConfig: { logFormat: "JSON", logGroup: args.role.logGroupName },
            },
            { parent: this, dependsOn: args.startsAfter },
        );
    }
}
