import assert from "node:assert/strict";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createQueueClient } from "../../../../app/aws/queue-client";
import { createSignedFetch } from "../../../../app/aws/signed-fetch";
import { createCredentialStore } from "../../../../infra/local/credentials";
import { type QueueStage, senderArn, settings, startStage } from "./queue-stage";
import { receiveBodies, region } from "./test-queue";

const QueueUrl = settings.url;
const texts = Array.from({ length: 25 }, (_, index) => `${index} ünï`);

describe("clients of the local SQS", () => {
    let stage: QueueStage;
    beforeEach(() => {
        stage = startStage();
    });
    afterEach(() => stage.stop());

    const stored = async (max = 100) => {
        const queue = stage.queues.find(QueueUrl);
        return queue === undefined ? [] : receiveBodies(queue, max);
    };

    it("can be the app's own, which sends ten at a time", async () => {
        const client = createQueueClient({
            signedFetch: createSignedFetch(stage.credentials.issue(senderArn)),
            endpoint: await stage.endpointUrl(),
        });
        assert.deepEqual(await client.send(QueueUrl, texts), Array(25).fill(true));
        assert.deepEqual((await stored()).toSorted(), texts.toSorted());
    });

    it("can be the app's own, which is told why it is refused", async () => {
        const client = createQueueClient({
            signedFetch: createSignedFetch(createCredentialStore().issue(senderArn)),
            endpoint: await stage.endpointUrl(),
        });
        await assert.rejects(client.send(QueueUrl, texts), /403 \(.*UnrecognizedClientException\)/);
        assert.deepEqual(await stored(), []);
    });

    it("can be AWS's, which finds it by AWS_ENDPOINT_URL_SQS", async () => {
        const before = process.env["AWS_ENDPOINT_URL_SQS"];
        process.env["AWS_ENDPOINT_URL_SQS"] = await stage.endpointUrl();
        const client = new SQSClient({
            region,
            credentials: stage.credentials.issue(senderArn),
            // It would rather ask the host in the queue's URL.
            useQueueUrlAsEndpoint: false,
        });
        try {
            await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
        } finally {
            client.destroy();
            delete process.env["AWS_ENDPOINT_URL_SQS"];
            if (before !== undefined) {
                process.env["AWS_ENDPOINT_URL_SQS"] = before;
            }
        }
        assert.deepEqual(await stored(), ["a"]);
    });
});
