import assert from "node:assert/strict";
import {
    ReceiveMessageCommand,
    SendMessageBatchCommand,
    SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { createCredentialStore } from "../../../../infra/local/credentials";
import { operatorArn } from "../../../../infra/local/identities";
import { homeRegion, type QueueStage, settings, startStage } from "./queue-stage";

const QueueUrl = settings.url;

describe("the local SQS refuses", () => {
    let stage: QueueStage;
    beforeEach(() => {
        stage = startStage();
    });
    afterEach(() => stage.stop());

    const wrong: [string, object, object, string | RegExp][] = [
        ["of another queue", { QueueUrl: `${QueueUrl}x` }, {}, "QueueDoesNotExist"],
        ["signed for another Region", {}, { region: homeRegion }, "InvalidSignatureException"],
        [
            "of unknown credentials",
            {},
            { credentials: createCredentialStore().issue("stranger") },
            "UnrecognizedClientException",
        ],
        ["without a body", { MessageBody: "" }, {}, "MissingParameter"],
        ["with a delay of 901 seconds", { DelaySeconds: 901 }, {}, "InvalidParameterValue"],
        [
            "of more bytes than the queue takes",
            { MessageBody: "x".repeat(262_145) },
            {},
            "InvalidParameterValue",
        ],
        [
            "with an attribute of an unknown type",
            { MessageAttributes: { a: { DataType: "Date", StringValue: "1" } } },
            {},
            "InvalidParameterValue",
        ],
    ];
    for (const [what, input, options, name] of wrong) {
        it(`a message ${what} with ${name}`, async () => {
            const sqs = await stage.client(operatorArn, options);
            const command = new SendMessageCommand({ QueueUrl, MessageBody: "a", ...input });
            await assert.rejects(sqs.send(command), { name });
        });
    }

    const entries = (count: number, body = "a") =>
        Array.from({ length: count }, (_, index) => ({ Id: `${index}`, MessageBody: body }));
    const wrongBatches: [string, { Id: string; MessageBody: string }[], string][] = [
        ["of nothing", [], "EmptyBatchRequest"],
        ["of eleven", entries(11), "TooManyEntriesInBatchRequest"],
        ["with an id twice", [...entries(1), ...entries(1)], "BatchEntryIdsNotDistinct"],
        ["with an id of blanks", [{ Id: " ", MessageBody: "a" }], "InvalidBatchEntryId"],
        ["of more than 1 MiB", entries(5, "x".repeat(250_000)), "BatchRequestTooLong"],
    ];
    for (const [what, Entries, name] of wrongBatches) {
        it(`a batch ${what} with ${name}`, async () => {
            const sqs = await stage.client();
            await assert.rejects(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })), {
                name,
            });
        });
    }

    const wrongReceives: [string, object][] = [
        ["11 messages", { MaxNumberOfMessages: 11 }],
        ["no message", { MaxNumberOfMessages: 0 }],
        ["a wait of 21 seconds", { WaitTimeSeconds: 21 }],
        ["a time-out of half a day and more", { VisibilityTimeout: 43_201 }],
    ];
    for (const [what, input] of wrongReceives) {
        it(`a receiver who asks for ${what}`, async () => {
            const sqs = await stage.client();
            await assert.rejects(sqs.send(new ReceiveMessageCommand({ QueueUrl, ...input })), {
                name: "InvalidParameterValue",
            });
        });
    }

    it("what is no operation, no JSON, or too long", async () => {
        const url = await stage.endpointUrl();
        const unsigned = await fetch(url, { method: "POST", body: "{}" });
        assert.equal(unsigned.status, 403);
        assert.match(await unsigned.text(), /MissingAuthenticationToken/);
        const long = await fetch(url, { method: "POST", body: "x".repeat(9 * 1024 * 1024) }).then(
            ({ status }) => status,
            () => "closed",
        );
        assert.ok(long === 413 || long === "closed");
    });
});
