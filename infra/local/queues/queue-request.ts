import { accountId, arnOf } from "../aws-names";
import type { CredentialStore } from "../credentials";
import { type SignedRequest, verifySignedRequest } from "../signed-request";
import { operations } from "./operations";
import type { Queue } from "./queue";
import { describeError, isQueueError, type QueueErrorCode, queueError } from "./queue-error";
import type { QueueService } from "./queue-service";
import type { Fields } from "./request-fields";

export interface QueueRequestOptions {
    readonly queues: QueueService;
    /** Whether a principal may do something with a queue. */
    readonly isAllowed: (principalArn: string, action: string, resource: string) => boolean;
    readonly credentials: CredentialStore;
    /** Resolves when what leaves one Region now has arrived in the other. */
    readonly cross: (from: string, to: string, signal: AbortSignal) => Promise<void>;
}

export interface QueueAnswer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
}

/**
 * Answers a request of SQS's JSON protocol that was sent from a Region.
 * @returns undefined where the answer is lost on its way
 * @throws whatever `cross` rejects with, when the sender has gone
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export async function answerQueueRequest(
    request: SignedRequest,
    sourceRegion: string,
    signal: AbortSignal,
    options: QueueRequestOptions,
): Promise<QueueAnswer | undefined> {
    const call = readCall(request, sourceRegion, options.queues);
    await options.cross(sourceRegion, call.region, signal);
    const answer = await answerCall(request, call, signal, options);
    const isSending = call.name.startsWith("SendMessage") && answer.status === 200;
    if (isSending && options.queues.losesAnswer()) {
        return undefined;
    }
    await options.cross(call.region, sourceRegion, signal);
    return answer;
}

interface Call {
    /** Of the operation. */
    readonly name: string;
    /** Undefined where the body is not a JSON object. */
    readonly input: Fields | undefined;
    /** Where the queue is, or would be. */
    readonly region: string;
    readonly queue: Queue | undefined;
}

function readCall(
    { headers, body }: SignedRequest,
    sourceRegion: string,
    queues: QueueService,
): Call {
    const name = /^AmazonSQS\.(\w+)$/.exec(headers["x-amz-target"] ?? "")?.[1] ?? "";
    const input = parseObject(body);
    const url = String(input?.["QueueUrl"] ?? "");
    const [, ofUrl] = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\//.exec(url) ?? [];
    // Only the signature tells which Region's SQS is asked for a queue by its name.
    const [, ofScope] =
        /Credential=[^/,]+\/\d+\/([a-z0-9-]+)\//.exec(headers["authorization"] ?? "") ?? [];
    const region = ofUrl ?? ofScope ?? sourceRegion;
    const queueName = String(input?.["QueueName"] ?? "");
    const queue = queues.find(url === "" ? arnOf("sqs", region, queueName) : url);
    return { name, input, region, queue };
}

function parseObject(body: Buffer): Fields | undefined {
    try {
        const value: unknown = JSON.parse(body.toString() || "{}");
        return typeof value === "object" && value !== null ? (value as Fields) : undefined;
    } catch {
        return undefined;
    }
}

async function answerCall(
    request: SignedRequest,
    call: Call,
    signal: AbortSignal,
    options: QueueRequestOptions,
): Promise<QueueAnswer> {
    const verification = verifySignedRequest(request, {
        service: "sqs",
        region: call.region,
        credentials: options.credentials,
    });
    if ("refusal" in verification) {
        const type = `com.amazon.coral.service#${verification.code}`;
        return failure(403, type, verification.code, verification.refusal);
    }
    try {
        const output = await run(call, verification.principalArn, signal, options);
        return {
            status: 200,
            headers: {},
            body: output === undefined ? "" : JSON.stringify(output),
        };
    } catch (error) {
        const code: QueueErrorCode = isQueueError(error) ? error.code : "InternalFailure";
        const { type, queryCode, status } = describeError(code);
        return failure(status, type, queryCode, (error as Error).message);
    }
}

function run(
    { name, input, queue, region }: Call,
    principalArn: string,
    signal: AbortSignal,
    { isAllowed }: QueueRequestOptions,
): Fields | undefined | Promise<Fields> {
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) {
        throw queueError(
            "UnknownOperation",
            `The local SQS has no operation "${name}"; it has ${Object.keys(operations).join(", ")}.`,
        );
    }
    if (input === undefined) {
        throw queueError("SerializationException", "The request's body is not a JSON object.");
    }
    if (queue === undefined) {
        throw queueError(
            "QueueDoesNotExist",
            `The specified queue does not exist in ${region}, account ${accountId}.`,
        );
    }
    const { arn } = queue.settings;
    if (!isAllowed(principalArn, operation.action, arn)) {
        throw queueError(
            "AccessDenied",
            `User: ${principalArn} is not authorized to perform: ${operation.action} on resource: ` +
                `${arn} because no identity-based policy allows the ${operation.action} action`,
        );
    }
    return operation.run(input, { queue, principalArn, signal });
}

function failure(status: number, type: string, queryCode: string, message: string): QueueAnswer {
    const fault = status >= 500 ? "Receiver" : "Sender";
    return {
        status,
        headers: { "x-amzn-query-error": `${queryCode};${fault}` },
        body: JSON.stringify({ __type: type, message }),
    };
}
