import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AddressedApi } from "./cell-foundation";
import type { ServiceFunction } from "./function";
import type { ApiFunctionName } from "./functions";
import { gatewayDocument } from "./gateway-document";
import type { Throttling } from "./settings";

export interface RegionalApiArgs {
    /** The API, empty so far, and its Region. */
    api: AddressedApi;
    cell: string;
    /** The last part of the API's URL. */
    stage: string;
    functions: Readonly<Record<ApiFunctionName, ServiceFunction>>;
    throttling: Throttling;
    logRetentionDays: number;
    /** What must exist before the stage takes traffic: the tables, above all. */
    opensAfter: pulumi.Resource[];
}

/**
 * The HTTP API of one cell in one Region: its REST API takes in the OpenAPI contract and is
 * deployed to one stage.
 */
export class RegionalApi extends pulumi.ComponentResource {
    public readonly region: string;
    public readonly apiName: pulumi.Output<string>;
    /** Where the API answers without the edge, the stage included. */
    public readonly url: pulumi.Output<string>;
    /** The host that CloudFront calls. */
    public readonly domainName: pulumi.Output<string>;
    /** `/` and the stage. */
    public readonly path: string;

    constructor(name: string, args: RegionalApiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:RegionalApi", name, {}, opts);

        const { region, restApi } = args.api;
        const imported = this.importDocument(name, args);
        this.permitInvocations(name, args);
        const deployment = this.createDeployment(name, args, imported);
        const stage = this.createStage(name, args, deployment);
        this.throttle(name, args, stage);

        this.region = region;
        this.apiName = restApi.name;
        this.url = stage.invokeUrl;
        this.domainName = pulumi.interpolate`${restApi.id}.execute-api.${region}.amazonaws.com`;
        this.path = `/${args.stage}`;
        this.registerOutputs({ url: this.url });
    }

    /**
     * Overwrites the API with the document, anew with each change of it. Deleting the resource
     * changes nothing.
     */
    private importDocument(name: string, args: RegionalApiArgs): aws.apigateway.RestApiPut {
        const { region, restApi } = args.api;
        const invokeArns = pulumi
            .all(Object.entries(args.functions).map(([key, { invokeArn }]) => [key, invokeArn]))
            .apply((entries) => Object.fromEntries(entries) as Record<ApiFunctionName, string>);
        const body = pulumi.all([restApi.name, invokeArns]).apply(([title, arns]) =>
            // The title becomes the API's name, so it has to be that already.
            JSON.stringify(gatewayDocument({ title, cell: args.cell, invokeArns: arns })),
        );
        return new aws.apigateway.RestApiPut(
            `${name}-document`,
            {
                region,
                restApiId: restApi.id,
                body,
                // A keyword that the import drops from a model is no reason to leave a Region
                // without its API: the app checks every request itself.
                failOnWarnings: false,
            },
            { parent: this },
        );
    }

    private permitInvocations(name: string, args: RegionalApiArgs): void {
        const { region, restApi } = args.api;
        for (const [functionName, service] of Object.entries(args.functions)) {
            new aws.lambda.Permission(
                `${name}-invokes-${functionName}`,
                {
                    region,
                    function: service.functionName,
                    action: "lambda:InvokeFunction",
                    principal: "apigateway.amazonaws.com",
                    sourceArn: pulumi.interpolate`${restApi.executionArn}/*`,
                },
                { parent: this },
            );
        }
    }

    private createDeployment(
        name: string,
        args: RegionalApiArgs,
        imported: aws.apigateway.RestApiPut,
    ): aws.apigateway.Deployment {
        const { region, restApi } = args.api;
        return new aws.apigateway.Deployment(
            `${name}-deployment`,
            {
                region,
                restApi: restApi.id,
                // A deployment is a snapshot: without a trigger, a change never goes live. It waits
                // for the import, because it is that resource's document.
                triggers: {
                    document: imported.body.apply((text) =>
                        createHash("sha256").update(text).digest("hex"),
                    ),
                },
            },
            { parent: this },
        );
    }

    private createStage(
        name: string,
        args: RegionalApiArgs,
        deployment: aws.apigateway.Deployment,
    ): aws.apigateway.Stage {
        const { region, restApi } = args.api;
        const accessLog = new aws.cloudwatch.LogGroup(
            `${name}-access-logs`,
            {
                region,
                name: `/shop/${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
                retentionInDays: args.logRetentionDays,
            },
            { parent: this },
        );
        return new aws.apigateway.Stage(
            `${name}-stage`,
            {
                region,
                restApi: restApi.id,
                deployment: deployment.id,
                stageName: args.stage,
                accessLogSettings: { destinationArn: accessLog.arn, format: accessLogFormat },
            },
            { parent: this, dependsOn: args.opensAfter },
        );
    }

    private throttle(name: string, args: RegionalApiArgs, stage: aws.apigateway.Stage): void {
        const { region, restApi } = args.api;
        new aws.apigateway.MethodSettings(
            `${name}-throttling`,
            {
                region,
                restApi: restApi.id,
                stageName: stage.stageName,
                methodPath: "*/*",
                settings: {
                    metricsEnabled: true,
                    loggingLevel: "OFF",
                    throttlingRateLimit: args.throttling.ratePerSecond,
                    throttlingBurstLimit: args.throttling.burst,
                },
            },
            { parent: this },
        );
    }
}

/**
 * One JSON line per request, without query strings or bodies: they may hold personal data.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
const accessLogFormat = JSON.stringify({
    request_id: "$context.requestId",
    time: "$context.requestTime",
    method: "$context.httpMethod",
    resource: "$context.resourcePath",
    status: "$context.status",
    response_bytes: "$context.responseLength",
    milliseconds: "$context.responseLatency",
    integration_milliseconds: "$context.integration.latency",
    integration_status: "$context.integration.status",
    error: "$context.error.responseType",
    tls: "$context.tlsVersion",
});
