import assert from "node:assert/strict";
import { createQueueClient } from "../../../app/aws/queue-client";
import type { SignedCall } from "../../../app/aws/signed-fetch";

const queueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/eu-from-us";

function client(endpoint?: string, refused: readonly string[] = [], status = 200) {
    const calls: SignedCall[] = [];
    const sending = createQueueClient({
        endpoint,
        async signedFetch(call) {
            calls.push(call);
            const { Entries } = JSON.parse(call.body ?? "") as {
                Entries: { Id: string; MessageBody: string }[];
            };
            const Successful = Entries.filter(({ MessageBody }) => !refused.includes(MessageBody));
            const body = status === 200 ? { Successful } : { __type: "com.amazonaws#Nope" };
            return { status, headers: {}, body: JSON.stringify(body) };
        },
    });
    return { sending, calls };
}

describe("a client of queues", () => {
    it("sends ten texts in a call, to the Region of the queue", async () => {
        const { sending, calls } = client();
        const texts = Array.from({ length: 23 }, (_, index) => `${index}`);
        assert.deepEqual(
            await sending.send(queueUrl, texts),
            texts.map(() => true),
        );
        assert.deepEqual(
            calls.map(({ url, region, service, body }) => [
                url,
                region,
                service,
                JSON.parse(body ?? "").Entries.length,
            ]),
            [10, 10, 3].map((count) => [
                "https://sqs.eu-west-1.amazonaws.com/",
                "eu-west-1",
                "sqs",
                count,
            ]),
        );
    });

    it("tells which texts were accepted", async () => {
        const { sending } = client(undefined, ["b"]);
        assert.deepEqual(await sending.send(queueUrl, ["a", "b", "c"]), [true, false, true]);
    });

    it("delays each text by what it is asked to", async () => {
        const { sending, calls } = client();
        await sending.send(queueUrl, ["a", "b"], 4);
        await sending.send(queueUrl, ["c"]);
        assert.deepEqual(
            calls.map(({ body }) =>
                (JSON.parse(body ?? "") as { Entries: { DelaySeconds?: number }[] }).Entries.map(
                    ({ DelaySeconds }) => DelaySeconds,
                ),
            ),
            [[4, 4], [undefined]],
        );
    });

    it("goes to another endpoint where one is given", async () => {
        const { sending, calls } = client("http://127.0.0.1:9324");
        await sending.send(queueUrl, ["a"]);
        assert.equal(calls[0]?.url, "http://127.0.0.1:9324");
    });

    it("fails with the service's reason", async () => {
        const { sending } = client(undefined, [], 403);
        await assert.rejects(sending.send(queueUrl, ["a"]), /403 \(com.amazonaws#Nope\)/);
    });

    it("refuses what is no queue's URL", async () => {
        const { sending } = client();
        await assert.rejects(
            sending.send("https://example.com/q", ["a"]),
            /not the URL of a queue/,
        );
    });
});
