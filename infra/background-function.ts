import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bundler } from "./bundle";
import { ServiceFunction } from "./function";
import type { FunctionRole } from "./function-role";
import type { BackgroundFunctionDefinition } from "./functions";
import type { MessageQueue } from "./message-queue";
import { Schedule } from "./schedule";

export interface BackgroundFunctionArgs {
    region: string;
    definition: BackgroundFunctionDefinition;
    bundler: Bundler;
    role: FunctionRole;
    variables: Record<string, pulumi.Input<string>>;
    memoryMegabytes: number;
    /** The queues that it takes messages from, each by what tells it from the others. */
    sources: Readonly<Record<string, MessageQueue>>;
    startsAfter: pulumi.Resource[];
}

// SQS hands out no more at once without a batching window.
const batchSize = 10;

/** A function that no request reaches: messages and the clock start it. */
export class BackgroundFunction extends pulumi.ComponentResource {
    public readonly functionName: pulumi.Output<string>;

    constructor(
        name: string,
        args: BackgroundFunctionArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("shop:infra:BackgroundFunction", name, {}, opts);

        const { definition, sources, ...rest } = args;
        const service = new ServiceFunction(
            name,
            {
                ...rest,
                inline: definition.inline,
                timeoutSeconds: definition.timeoutSeconds,
                reservedConcurrency: concurrencyOf(definition, Object.keys(sources).length),
            },
            { parent: this },
        );
        for (const [source, queue] of Object.entries(sources)) {
            this.takeMessages(`${name}-takes-${source}`, args, service, queue);
        }
        if (definition.schedule !== undefined) {
            new Schedule(
                `${name}-schedule`,
                { region: args.region, service, definition: definition.schedule },
                { parent: this },
            );
        }

        this.functionName = service.functionName;
        this.registerOutputs({ functionName: this.functionName });
    }

    private takeMessages(
        name: string,
        { region, definition }: BackgroundFunctionArgs,
        service: ServiceFunction,
        queue: MessageQueue,
    ): void {
        const { maximumConcurrency, reportsFailures } = definition.takes ?? {};
        new aws.lambda.EventSourceMapping(
            name,
            {
                region,
                eventSourceArn: queue.arn,
                functionName: service.functionName,
                batchSize,
                scalingConfig: { maximumConcurrency },
                functionResponseTypes: reportsFailures ? ["ReportBatchItemFailures"] : undefined,
            },
            { parent: this },
        );
    }
}

/**
 * One run for each batch that may be in work, and one for the clock. With fewer, batches would be
 * refused and their messages counted as received.
 */
function concurrencyOf(definition: BackgroundFunctionDefinition, sourceCount: number): number {
    const { takes, schedule } = definition;
    return (takes?.maximumConcurrency ?? 0) * sourceCount + (schedule === undefined ? 0 : 1);
}
