import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ServiceFunction } from "./function";
import type { ApiFunctionName } from "./functions";
import { gatewayDocument } from "./gateway-document";
import type { Throttling } from "./settings";

export interface RegionalApiArgs {
    region: string;
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
 * The HTTP API of one cell in one Region: a REST API imported from the OpenAPI contract, deployed
 * to one stage.
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

        const document = this.createDocument(name, args);
        const api = this.createApi(name, args, document);
        this.permitInvocations(name, args, api);
        const deployment = this.createDeployment(name, args, api, document);
        const stage = this.createStage(name, args, api, deployment);
        this.throttle(name, args, api, stage);

        this.region = args.region;
        this.apiName = api.name;
        this.url = stage.invokeUrl;
        this.domainName = pulumi.interpolate`${api.id}.execute-api.${args.region}.amazonaws.com`;
        this.path = `/${args.stage}`;
        this.registerOutputs({ url: this.url });
    }

    private createDocument(name: string, args: RegionalApiArgs): pulumi.Output<string> {
        const { catalog, customers, orders, status } = args.functions;
        return pulumi
            .all([catalog.invokeArn, customers.invokeArn, orders.invokeArn, status.invokeArn])
            .apply(([catalogArn, customersArn, ordersArn, statusArn]) =>
                JSON.stringify(
                    gatewayDocument({
                        title: name,
                        cell: args.cell,
                        invokeArns: {
                            catalog: catalogArn,
                            customers: customersArn,
                            orders: ordersArn,
                            status: statusArn,
                        },
                    }),
                ),
            );
    }

    private createApi(
        name: string,
        args: RegionalApiArgs,
        document: pulumi.Output<string>,
    ): aws.apigateway.RestApi {
        return new aws.apigateway.RestApi(
            name,
            {
                region: args.region,
                body: document,
                putRestApiMode: "overwrite",
                // A keyword that the import drops from a model is no reason to leave a Region
                // without its API: the app checks every request itself.
                failOnWarnings: false,
                endpointConfiguration: { types: "REGIONAL" },
                // CloudFront may speak TLS 1.2 to an origin, so the policy has to accept it. The
                // default of a Regional API would be TLS 1.0.
                // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
                securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
                endpointAccessMode: "BASIC",
                minimumCompressionSize: String(minimumCompressionBytes),
            },
            { parent: this },
        );
    }

    private permitInvocations(
        name: string,
        args: RegionalApiArgs,
        api: aws.apigateway.RestApi,
    ): void {
        for (const [functionName, service] of Object.entries(args.functions)) {
            new aws.lambda.Permission(
                `${name}-invokes-${functionName}`,
                {
                    region: args.region,
                    function: service.functionName,
                    action: "lambda:InvokeFunction",
                    principal: "apigateway.amazonaws.com",
                    sourceArn: pulumi.interpolate`${api.executionArn}/*`,
                },
                { parent: this },
            );
        }
    }

    private createDeployment(
        name: string,
        args: RegionalApiArgs,
        api: aws.apigateway.RestApi,
        document: pulumi.Output<string>,
    ): aws.apigateway.Deployment {
        return new aws.apigateway.Deployment(
            `${name}-deployment`,
            {
                region: args.region,
                restApi: api.id,
                // A deployment is a snapshot: without a trigger, a change never goes live.
                triggers: {
                    document: document.apply((text) =>
                        createHash("sha256").update(text).digest("hex"),
                    ),
                    minimumCompressionBytes: String(minimumCompressionBytes),
                },
            },
            { parent: this },
        );
    }

    private createStage(
        name: string,
        args: RegionalApiArgs,
        api: aws.apigateway.RestApi,
        deployment: aws.apigateway.Deployment,
    ): aws.apigateway.Stage {
        const accessLog = new aws.cloudwatch.LogGroup(
            `${name}-access-logs`,
            {
                region: args.region,
                name: `/shop/${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
                retentionInDays: args.logRetentionDays,
            },
            { parent: this },
        );
        return new aws.apigateway.Stage(
            `${name}-stage`,
            {
                region: args.region,
                restApi: api.id,
                deployment: deployment.id,
                stageName: args.stage,
                accessLogSettings: { destinationArn: accessLog.arn, format: accessLogFormat },
            },
            { parent: this, dependsOn: args.opensAfter },
        );
    }

    private throttle(
        name: string,
        args: RegionalApiArgs,
        api: aws.apigateway.RestApi,
        stage: aws.apigateway.Stage,
    ): void {
        new aws.apigateway.MethodSettings(
            `${name}-throttling`,
            {
                region: args.region,
                restApi: api.id,
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

/** The API compresses by itself, because the edge does not compress what it may not cache. */
const minimumCompressionBytes = 1024;

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
