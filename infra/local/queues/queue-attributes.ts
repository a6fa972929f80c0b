import type { Queue } from "./queue";
import { queueError } from "./queue-error";

/**
 * What `GetQueueAttributes` tells of a queue.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export function describeQueue(
    queue: Queue,
    names: readonly string[],
): Readonly<Record<string, string>> {
    const { settings } = queue;
    const { visible, inFlight, delayed } = queue.counts();
    const { redrive } = settings;
    const all: Readonly<Record<string, string>> = {
        QueueArn: settings.arn,
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
        VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
        MaximumMessageSize: String(settings.maxMessageBytes),
        MessageRetentionPeriod: String(settings.retentionSeconds),
        DelaySeconds: String(settings.delaySeconds),
        ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitSeconds),
        ...(redrive === undefined
            ? {}
            : {
                  RedrivePolicy: JSON.stringify({
                      deadLetterTargetArn: redrive.deadLetterArn,
                      maxReceiveCount: redrive.maxReceiveCount,
                  }),
              }),
    };
    const unknown = names.find((name) => name !== "All" && !known.has(name));
    if (unknown !== undefined) {
        throw queueError("InvalidParameterValue", `Unknown Attribute ${unknown}.`);
    }
    return Object.fromEntries(
        Object.entries(all).filter(([name]) => names.includes("All") || names.includes(name)),
    );
}

/** Those of a standard queue; here some have no value. */
const known = new Set([
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "DelaySeconds",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "LastModifiedTimestamp",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "QueueArn",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
]);
