import assert from "node:assert/strict";
import {
    ChangeMessageVisibilityCommand,
    DeleteMessageBatchCommand,
    DeleteMessageCommand,
    GetQueueAttributesCommand,
    GetQueueUrlCommand,
    PurgeQueueCommand,
    ReceiveMessageCommand,
    SendMessageBatchCommand,
    SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { operatorArn } from "../../../../infra/local/identities";
import { homeRegion, type QueueStage, senderArn, settings, startStage } from "./queue-stage";
import { region } from "./test-queue";

const QueueUrl = settings.url;

describe("the local SQS, asked by AWS's SDK", () => {
    let stage: QueueStage;
    beforeEach(() => {
        stage = startStage();
    });
    afterEach(() => stage.stop());

    it("carries a message from a sender to a receiver, who deletes it", async () => {
        const sqs = await stage.client();
        const MessageBody = JSON.stringify({ text: "ünï 😀" });
        const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
        const { Messages = [] } = await sqs.send(
            new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ["All"] }),
        );
        const [message] = Messages;
        assert.equal(message?.Body, MessageBody);
        assert.equal(message?.MessageId, sent.MessageId);
        assert.equal(message?.Attributes?.ApproximateReceiveCount, "1");
        assert.equal(message?.Attributes?.SenderId, operatorArn);
        const { ReceiptHandle } = message ?? {};
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        assert.deepEqual(stage.queues.find(QueueUrl)?.counts(), {
            visible: 0,
            inFlight: 0,
            delayed: 0,
        });
    });

    it("carries attributes, those that the receiver names", async () => {
        const sqs = await stage.client();
        const MessageAttributes = {
            kind: { DataType: "String", StringValue: "order" },
            bytes: { DataType: "Binary", BinaryValue: Buffer.from([1, 2]) },
        };
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a", MessageAttributes }));
        const { Messages = [] } = await sqs.send(
            new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["b.*"] }),
        );
        const received = Messages[0]?.MessageAttributes ?? {};
        assert.equal(received["kind"], undefined);
        assert.deepEqual(Buffer.from(received["bytes"]?.BinaryValue ?? []), Buffer.from([1, 2]));
    });

    it("takes batches, and tells which entries it refused", async () => {
        const sqs = await stage.client();
        const Entries = [
            { Id: "one", MessageBody: "1" },
            { Id: "two", MessageBody: "x".repeat(262_145) },
            { Id: "three", MessageBody: "3" },
        ];
        const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
        assert.deepEqual(
            sent.Successful?.map(({ Id }) => Id),
            ["one", "three"],
        );
        assert.deepEqual(
            sent.Failed?.map(({ Id, SenderFault }) => [Id, SenderFault]),
            [["two", true]],
        );
        const { Messages = [] } = await sqs.send(
            new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        );
        assert.deepEqual(
            Messages.map(({ Body, MessageId }) => [Body, MessageId]),
            [
                ["1", sent.Successful?.[0]?.MessageId],
                ["3", sent.Successful?.[1]?.MessageId],
            ],
        );
        const deleted = await sqs.send(
            new DeleteMessageBatchCommand({
                QueueUrl,
                Entries: [
                    { Id: "a", ReceiptHandle: Messages[0]?.ReceiptHandle },
                    { Id: "b", ReceiptHandle: "nonsense" },
                ],
            }),
        );
        assert.deepEqual(
            deleted.Successful?.map(({ Id }) => Id),
            ["a"],
        );
        assert.deepEqual(
            deleted.Failed?.map(({ Code }) => Code),
            ["ReceiptHandleIsInvalid"],
        );
    });

    it("lets a receiver wait for a message", async () => {
        const sqs = await stage.client();
        const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "late" }));
        assert.equal((await waiting).Messages?.[0]?.Body, "late");
    });

    it("changes how long a message is hidden, tells a queue's attributes, and purges it", async () => {
        const sqs = await stage.client();
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
        const { ReceiptHandle } = Messages[0] ?? {};
        await sqs.send(
            new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
        );
        const { Attributes } = await sqs.send(
            new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
        );
        assert.equal(Attributes?.["ApproximateNumberOfMessages"], "1");
        assert.equal(Attributes?.["QueueArn"], settings.arn);
        await sqs.send(new PurgeQueueCommand({ QueueUrl }));
        assert.equal(stage.queues.find(QueueUrl)?.counts().visible, 0);
    });

    it("finds a queue by its name, in the Region that the request is signed for", async () => {
        const here = await stage.client();
        const { QueueUrl: found } = await here.send(
            new GetQueueUrlCommand({ QueueName: "inbound" }),
        );
        assert.equal(found, QueueUrl);
        const elsewhere = await stage.client(operatorArn, { region: homeRegion });
        await assert.rejects(elsewhere.send(new GetQueueUrlCommand({ QueueName: "inbound" })), {
            name: "QueueDoesNotExist",
        });
    });

    it("lets a role do what its policy allows, and tells what it does not", async () => {
        const sqs = await stage.client(senderArn);
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
        for (let time = 0; time < 2; time += 1) {
            await assert.rejects(sqs.send(new ReceiveMessageCommand({ QueueUrl })), {
                name: "AccessDenied",
                message: /role\/sender is not authorized to perform: sqs:ReceiveMessage/,
            });
        }
        assert.equal(stage.warnings.length, 1);
        assert.match(stage.warnings[0] ?? "", /does not allow sqs:ReceiveMessage on arn:aws:sqs/);
    });

    it("answers from the Region of the queue, after both ways", async () => {
        const sqs = await stage.client();
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
        assert.deepEqual(stage.crossings, [`${homeRegion} ${region}`, `${region} ${homeRegion}`]);
    });

    for (const [way, accepted] of [
        [`${homeRegion} ${region}`, 0],
        [`${region} ${homeRegion}`, 1],
    ] as const) {
        it(`leaves a sender without an answer while ${way} is cut`, async () => {
            stage.cut = way;
            const sqs = await stage.client();
            await assert.rejects(
                sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }), {
                    abortSignal: AbortSignal.timeout(100),
                }),
            );
            assert.equal(stage.queues.find(QueueUrl)?.counts().visible, accepted);
        });
    }

    it("loses answers, but no message, where it is told to", async () => {
        stage.queues.setFaults({ seed: 1, lossRate: 1 });
        const sqs = await stage.client();
        await assert.rejects(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" })));
        assert.equal(stage.queues.faultCounts().lostAnswer, 1);
        assert.equal(stage.queues.find(QueueUrl)?.counts().visible, 1);
    });
});
