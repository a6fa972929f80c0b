import type { SignedFetch } from "./signed-fetch";

/** Sends messages to queues. */
export interface QueueClient {
    /**
     * Sends the texts to a queue, ten in each call, to be received at once or after a delay of at
     * most 900 seconds.
     * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
     * @returns for each text whether the queue has accepted it; one that nobody vouches for may
     * have been accepted as well
     */
    send(
        queueUrl: string,
        texts: readonly string[],
        delaySeconds?: number,
    ): Promise<readonly boolean[]>;
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
const maxMessagesPerCall = 10;
/** Calls of one `send` under way at a time: an ocean takes 100 ms, and thousands may be waiting. */
const maxConcurrentCalls = 8;

export interface QueueClientOptions {
    readonly signedFetch: SignedFetch;
    /** Where SQS answers, if not at its public address. */
    readonly endpoint?: string | undefined;
    /** Of one call; 3,000 by default. */
    readonly timeoutMilliseconds?: number;
}

/**
 * A client of SQS that can only send, over its JSON protocol. AWS's own weighs 98 KB, compressed,
 * which is more than a whole function of the API may.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 */
export function createQueueClient({
    signedFetch,
    endpoint,
    timeoutMilliseconds = 3_000,
}: QueueClientOptions): QueueClient {
    const sendBatch = async (
        queueUrl: string,
        texts: readonly string[],
        delaySeconds: number | undefined,
    ): Promise<readonly boolean[]> => {
        const region = regionOf(queueUrl);
        const answer = await signedFetch({
            service: "sqs",
            region,
            method: "POST",
            url: endpoint ?? new URL("/", queueUrl).href,
            headers: {
                "content-type": "application/x-amz-json-1.0",
                "x-amz-target": "AmazonSQS.SendMessageBatch",
            },
            body: JSON.stringify({
                QueueUrl: queueUrl,
                Entries: texts.map((text, index) => ({
                    Id: `${index}`,
                    MessageBody: text,
                    DelaySeconds: delaySeconds,
                })),
            }),
            timeoutMilliseconds,
        });
        if (answer.status !== 200) {
            const reason = /"__type":"([^"]{1,200})"/.exec(answer.body)?.[1] ?? "no reason";
            throw new Error(`SQS refused a batch with ${answer.status} (${reason}).`);
        }
        const accepted = acceptedIds(answer.body);
        return texts.map((_, index) => accepted.has(`${index}`));
    };
    return {
        async send(queueUrl, texts, delaySeconds) {
            const batches: (readonly string[])[] = [];
            for (let start = 0; start < texts.length; start += maxMessagesPerCall) {
                batches.push(texts.slice(start, start + maxMessagesPerCall));
            }
            const results: (readonly boolean[])[] = [];
            for (let start = 0; start < batches.length; start += maxConcurrentCalls) {
                const group = batches.slice(start, start + maxConcurrentCalls);
                results.push(
                    ...(await Promise.all(
                        group.map((batch) => sendBatch(queueUrl, batch, delaySeconds)),
                    )),
                );
            }
            return results.flat();
        },
    };
}

function acceptedIds(body: string): ReadonlySet<string> {
    const { Successful = [] } = JSON.parse(body) as { Successful?: readonly { Id: string }[] };
    return new Set(Successful.map(({ Id }) => Id));
}

/** `https://sqs.<region>.amazonaws.com/<account>/<name>` */
function regionOf(queueUrl: string): string {
    const region = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\//.exec(queueUrl)?.[1];
    if (region === undefined) {
        throw new Error(`"${queueUrl}" is not the URL of a queue of SQS.`);
    }
    return region;
}
