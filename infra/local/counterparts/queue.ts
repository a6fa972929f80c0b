import { accountId, arnOf } from "../aws-names";
import type { QueueSettings } from "../queues/queue";
import {
    type Counterpart,
    numberInput,
    objectInput,
    optionalText,
    physicalName,
    type Resource,
    textInput,
} from "./resource";

/**
 * Limits of a queue's attributes, and what SQS takes in their absence. The largest message is
 * 256 KiB where nothing is said: the provider's default, not SQS's.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
const attributes = {
    visibilityTimeoutSeconds: { fallback: 30, min: 0, max: 43_200 },
    messageRetentionSeconds: { fallback: 345_600, min: 60, max: 1_209_600 },
    delaySeconds: { fallback: 0, min: 0, max: 900 },
    receiveWaitTimeSeconds: { fallback: 0, min: 0, max: 20 },
    maxMessageSize: { fallback: 262_144, min: 1_024, max: 1_048_576 },
} as const;

export const queue: Counterpart = {
    does: "runs",
    required: [],
    create(resource, services) {
        const { region, inputs } = resource;
        const name = physicalName(resource, services);
        if (!/^[A-Za-z0-9_-]{1,80}$/.test(name) || inputs["fifoQueue"] === true) {
            throw new Error(
                `InvalidParameterValue: the queue's name is "${name}"; allowed: 1 to 80 letters, ` +
                    "digits, hyphens and underscores. The local SQS has standard queues only.",
            );
        }
        const arn = arnOf("sqs", region, name);
        const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
        services.queues.createQueue({
            name,
            arn,
            url,
            region,
            visibilityTimeoutSeconds: attribute(resource, "visibilityTimeoutSeconds"),
            retentionSeconds: attribute(resource, "messageRetentionSeconds"),
            delaySeconds: attribute(resource, "delaySeconds"),
            receiveWaitSeconds: attribute(resource, "receiveWaitTimeSeconds"),
            maxMessageBytes: attribute(resource, "maxMessageSize"),
            redrive: readRedrive(resource),
        });
        return { id: url, outputs: { name, arn, url } };
    },
};

export const eventSourceMapping: Counterpart = {
    does: "runs",
    required: ["eventSourceArn", "functionName"],
    create(resource, services) {
        const unknown = ["filterCriteria", "maximumBatchingWindowInSeconds", "kmsKeyArn"].find(
            (key) => Boolean(resource.inputs[key]),
        );
        if (unknown !== undefined) {
            throw new Error(
                `The local Lambda has no "${unknown}" of event source mappings. Leave it out, or ` +
                    "add it to infra/local/queues/event-source.ts.",
            );
        }
        const scaling: Resource = { ...resource, inputs: objectInput(resource, "scalingConfig") };
        const responseTypes = resource.inputs["functionResponseTypes"] ?? [];
        const id = services.names.identifier(32, resource.type, resource.name);
        const functionArn = services.eventSources.create({
            id,
            region: resource.region,
            queueArn: textInput(resource, "eventSourceArn"),
            functionName: textInput(resource, "functionName"),
            batchSize: numberInput(resource, "batchSize", 10),
            maximumConcurrency: numberInput(scaling, "maximumConcurrency", undefined),
            reportsBatchItemFailures: (responseTypes as readonly unknown[]).includes(
                "ReportBatchItemFailures",
            ),
            isEnabled: resource.inputs["enabled"] !== false,
        });
        const arn = arnOf("lambda", resource.region, `event-source-mapping:${id}`);
        return { id, outputs: { uuid: id, arn, functionArn, state: "Enabled" } };
    },
};

function attribute(resource: Resource, key: keyof typeof attributes): number {
    const { fallback, min, max } = attributes[key];
    const value = numberInput(resource, key, fallback);
    if (!Number.isInteger(value) || value < min || value > max) {
        throw new Error(
            `InvalidAttributeValue: ${resource.name}: ${key} is ${value}; allowed: ${min} to ${max}.`,
        );
    }
    return value;
}

function readRedrive(resource: Resource): QueueSettings["redrive"] {
    const text = optionalText(resource, "redrivePolicy");
    if (text === undefined || text === "") {
        return undefined;
    }
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text) as Record<string, unknown>;
    if (typeof deadLetterTargetArn !== "string" || typeof maxReceiveCount !== "number") {
        throw new Error(
            `InvalidParameterValue: ${resource.name}: redrivePolicy is ${text}; allowed: a text ` +
                '"deadLetterTargetArn" and a number "maxReceiveCount".',
        );
    }
    return { deadLetterArn: deadLetterTargetArn, maxReceiveCount };
}
