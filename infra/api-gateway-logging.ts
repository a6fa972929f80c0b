import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { assumedBy } from "./permissions";
import { type CellSettings, servingRegions } from "./topology";

export interface ApiGatewayLoggingArgs {
    cells: readonly CellSettings[];
    /** False where another stack of the same account does it. */
    manageApiGatewayAccount: boolean;
}

/**
 * Lets API Gateway write logs. The setting exists once per account and Region and is shared by
 * every stack there, so exactly one of them may manage it; without it no stage with access logs
 * can be created.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export class ApiGatewayLogging extends pulumi.ComponentResource {
    constructor(name: string, args: ApiGatewayLoggingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:ApiGatewayLogging", name, {}, opts);

        if (args.manageApiGatewayAccount) {
            const [role, policy] = this.createRole(name);
            for (const region of new Set(args.cells.flatMap(servingRegions))) {
                new aws.apigateway.Account(
                    `${name}-${region}`,
                    { region, cloudwatchRoleArn: role.arn },
                    { parent: this, dependsOn: policy },
                );
            }
        }

        this.registerOutputs({});
    }

    private createRole(name: string): [aws.iam.Role, aws.iam.RolePolicyAttachment] {
        const role = new aws.iam.Role(
            `${name}-role`,
            { assumeRolePolicy: assumedBy("apigateway.amazonaws.com") },
            { parent: this },
        );
        const policy = new aws.iam.RolePolicyAttachment(
            `${name}-policy`,
            {
                role: role.name,
                // API Gateway checks for exactly this policy's permissions; it only writes logs.
                policyArn:
                    "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
            },
            { parent: this },
        );
        return [role, policy];
    }
}
