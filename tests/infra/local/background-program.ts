import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const region = "eu-west-1";
const homeRegion = "us-east-1";

/** Works a queue off; it fails for poison, and tells the test of everything else. */
const worker = `
exports.handler = async ({ Records = [], ...event }) => {
    const failed = [];
    for (const { messageId, body } of Records) {
        if (body === "poison") {
            failed.push({ itemIdentifier: messageId });
        } else {
            await fetch(process.env.HEARD_BY, { method: "POST", body });
        }
    }
    return { batchItemFailures: failed, event };
};`;

const sender = `
const { SQSClient, SendMessageBatchCommand } = require(${JSON.stringify(require.resolve("@aws-sdk/client-sqs"))});
exports.handler = async ({ bodies }) => {
    const client = new SQSClient({ region: "${region}", endpoint: process.env.AWS_ENDPOINT_URL_SQS });
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    try {
        const sent = await client.send(new SendMessageBatchCommand({ QueueUrl: process.env.QUEUE_URL, Entries }));
        return { accepted: sent.Successful.length };
    } catch (error) {
        return { refusal: error.name };
    }
};`;

/** What is different in a test. */
export interface Changes {
    readonly heardBy?: string;
    readonly workerActions?: readonly string[];
    readonly senderActions?: readonly string[];
    readonly schedulerTrusts?: string;
    readonly visibilityTimeoutSeconds?: number;
    readonly deadLetterTargetArn?: string;
    readonly expression?: string;
}

/** What Lambda needs to work a queue off. */
export const receiving = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** A function in one Region that sends to a queue in another one, which a function works off. */
export function shop(changes: Changes = {}) {
    const provider = new aws.Provider("aws", { region });
    const opts = { provider };
    const deadLetters = new aws.sqs.Queue("dead", {}, opts);
    const queue = new aws.sqs.Queue(
        "inbound",
        {
            visibilityTimeoutSeconds: changes.visibilityTimeoutSeconds ?? 3,
            redrivePolicy: pulumi.jsonStringify({
                deadLetterTargetArn: changes.deadLetterTargetArn ?? deadLetters.arn,
                maxReceiveCount: 1,
            }),
        },
        opts,
    );
    const roleOf = (name: string, service: string, actions: readonly string[]) => {
        const Principal = { Service: service };
        const role = new aws.iam.Role(
            name,
            {
                assumeRolePolicy: JSON.stringify({
                    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal }],
                }),
            },
            opts,
        );
        const Statement = [{ Effect: "Allow", Action: ["logs:*", ...actions], Resource: "*" }];
        const policy = new aws.iam.RolePolicy(
            `${name}-policy`,
            { role: role.id, policy: JSON.stringify({ Statement }) },
            opts,
        );
        return pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    };
    const functionOf = (name: string, source: string, actions: readonly string[], more: object) =>
        new aws.lambda.Function(
            name,
            {
                role: roleOf(`${name}-role`, "lambda.amazonaws.com", actions),
                runtime: "nodejs24.x",
                handler: "index.handler",
                code: new pulumi.asset.AssetArchive({
                    "index.js": new pulumi.asset.StringAsset(source),
                }),
                ...more,
            },
            opts,
        );
    const working = functionOf("worker", worker, changes.workerActions ?? receiving, {
        environment: { variables: { HEARD_BY: changes.heardBy ?? "http://127.0.0.1:9" } },
    });
    const sending = functionOf("sender", sender, changes.senderActions ?? ["sqs:SendMessage"], {
        region: homeRegion,
        timeout: 10,
        environment: { variables: { QUEUE_URL: queue.url } },
    });
    new aws.lambda.EventSourceMapping(
        "mapping",
        {
            eventSourceArn: queue.arn,
            functionName: working.name,
            functionResponseTypes: ["ReportBatchItemFailures"],
            scalingConfig: { maximumConcurrency: 2 },
        },
        opts,
    );
    new aws.scheduler.Schedule(
        "sweep",
        {
            scheduleExpression: changes.expression ?? "rate(1 minute)",
            flexibleTimeWindow: { mode: "OFF" },
            target: {
                arn: working.arn,
                roleArn: roleOf("scheduler", changes.schedulerTrusts ?? "scheduler.amazonaws.com", [
                    "lambda:InvokeFunction",
                ]),
                input: JSON.stringify({ loopSeconds: 50 }),
            },
        },
        opts,
    );
    new aws.cloudwatch.MetricAlarm(
        "alarm",
        { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1 },
        opts,
    );
    const sent = new aws.lambda.Invocation(
        "sent",
        {
            region: homeRegion,
            functionName: sending.name,
            input: JSON.stringify({ bodies: ["a", "poison", "b"] }),
        },
        opts,
    );
    return { queueUrl: queue.url, deadLettersUrl: deadLetters.url, sent: sent.result };
}
