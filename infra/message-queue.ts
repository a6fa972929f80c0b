import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface MessageQueueArgs {
    region: string;
    /** How long the function that takes the messages may run. */
    consumerTimeoutSeconds: number;
}

// AWS advises at least six, so that a batch that was throttled is not handed out twice at once.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
const timeoutsBeforeRedelivery = 6;
const receivesBeforeDeadLetter = 10;
// The longest that SQS keeps a message.
const retentionSeconds = 14 * 24 * 3600;

/**
 * One standard queue, the queue for what could not be dealt with, and an alarm that says so. Both
 * encrypt what they hold with SQS's own keys.
 */
export class MessageQueue extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;
    public readonly url: pulumi.Output<string>;
    public readonly queueName: pulumi.Output<string>;
    public readonly deadLetterQueueName: pulumi.Output<string>;

    constructor(name: string, args: MessageQueueArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:MessageQueue", name, {}, opts);

        const deadLetters = this.createQueue(`${name}-dead-letters`, args.region, {});
        const queue = this.createQueue(name, args.region, {
            visibilityTimeoutSeconds: timeoutsBeforeRedelivery * args.consumerTimeoutSeconds,
            redrivePolicy: pulumi.jsonStringify({
                deadLetterTargetArn: deadLetters.arn,
                maxReceiveCount: receivesBeforeDeadLetter,
            }),
        });
        this.admitOnly(queue, deadLetters, name, args.region);
        this.createAlarm(deadLetters, name, args.region);

        this.arn = queue.arn;
        this.url = queue.url;
        this.queueName = queue.name;
        this.deadLetterQueueName = deadLetters.name;
        this.registerOutputs({ url: this.url });
    }

    private createQueue(name: string, region: string, args: aws.sqs.QueueArgs): aws.sqs.Queue {
        return new aws.sqs.Queue(
            name,
            {
                region,
                messageRetentionSeconds: retentionSeconds,
                sqsManagedSseEnabled: true,
                ...args,
            },
            { parent: this },
        );
    }

    /** Apart from the queue for dead letters, because each of the two would wait for the other. */
    private admitOnly(
        queue: aws.sqs.Queue,
        deadLetters: aws.sqs.Queue,
        name: string,
        region: string,
    ): void {
        new aws.sqs.RedriveAllowPolicy(
            `${name}-redrive`,
            {
                region,
                queueUrl: deadLetters.url,
                redriveAllowPolicy: pulumi.jsonStringify({
                    redrivePermission: "byQueue",
                    sourceQueueArns: [queue.arn],
                }),
            },
            { parent: this },
        );
    }

    /** It notifies nobody by itself: whom to tell is for the operators of the account to say. */
    private createAlarm(deadLetters: aws.sqs.Queue, name: string, region: string): void {
        new aws.cloudwatch.MetricAlarm(
            `${name}-dead-letters-alarm`,
            {
                region,
                alarmDescription: "Messages between cells could not be dealt with",
                namespace: "AWS/SQS",
                metricName: "ApproximateNumberOfMessagesVisible",
                dimensions: { QueueName: deadLetters.name },
                statistic: "Maximum",
                period: 60,
                evaluationPeriods: 1,
                comparisonOperator: "GreaterThanThreshold",
                threshold: 0,
                // SQS reports nothing about a queue that nobody has used for six hours.
                treatMissingData: "notBreaching",
            },
            { parent: this },
        );
    }
}
