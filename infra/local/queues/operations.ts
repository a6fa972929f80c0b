import { answerEach, readEntries } from "./batch";
import {
    digestAttributes,
    digestBody,
    type MessageAttributes,
    type NewMessage,
    type ReceivedMessage,
    sizeBytes,
    storableBody,
} from "./message";
import type { Queue } from "./queue";
import { describeQueue } from "./queue-attributes";
import { queueError } from "./queue-error";
import { attributesField, type Fields, listField, numberField, textField } from "./request-fields";

/** Who asks a queue for something. */
export interface OperationContext {
    readonly queue: Queue;
    readonly principalArn: string;
    /** Aborted when whoever asked has gone. */
    readonly signal: AbortSignal;
}

/** One operation of SQS's API. */
export interface Operation {
    /** What a policy has to allow. */
    readonly action: string;
    run(input: Fields, context: OperationContext): Fields | undefined | Promise<Fields>;
}

// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const maxRequestBytes = 1_048_576;
const visibilityTimeouts = [0, 43_200] as const;

const sendMessage: Operation = {
    action: "sqs:SendMessage",
    run(input, context) {
        const message = readMessage(input, context);
        const [accepted = { messageId: "" }] = context.queue.send([message]);
        return { MessageId: accepted.messageId, ...digestsOf(message) };
    },
};

const sendMessageBatch: Operation = {
    action: "sqs:SendMessage",
    run(input, context) {
        const entries = readEntries(input);
        const bytes = entries.reduce(
            (sum, entry) =>
                sum +
                sizeBytes({
                    body: String(entry["MessageBody"] ?? ""),
                    attributes: attributesField(entry),
                    senderId: "",
                }),
            0,
        );
        if (bytes > maxRequestBytes) {
            throw queueError(
                "BatchRequestTooLong",
                `Batch requests cannot be longer than ${maxRequestBytes} bytes. ` +
                    `You have sent ${bytes} bytes.`,
            );
        }
        // All are sent before anybody is woken, so that a batch arrives as one.
        const read = new Map<Fields, NewMessage>();
        const answer = answerEach(entries, (entry) => {
            const message = readMessage(entry, context);
            read.set(entry, message);
            return digestsOf(message);
        });
        const accepted = context.queue.send([...read.values()]);
        const Successful = answer.Successful.map((one, index) => ({
            ...one,
            MessageId: accepted[index]?.messageId,
        }));
        return { ...answer, Successful };
    },
};

const receiveMessage: Operation = {
    action: "sqs:ReceiveMessage",
    async run(input, { queue, signal }) {
        const waitSeconds =
            numberField(input, "WaitTimeSeconds", [0, 20]) ?? queue.settings.receiveWaitSeconds;
        const messages = await queue.receive({
            max: numberField(input, "MaxNumberOfMessages", [1, 10]) ?? 1,
            waitMilliseconds: waitSeconds * 1_000,
            visibilityTimeoutSeconds: numberField(input, "VisibilityTimeout", visibilityTimeouts),
            signal,
        });
        return messages.length === 0
            ? {}
            : { Messages: messages.map((message) => writeMessage(message, input)) };
    },
};

const deleteMessage: Operation = {
    action: "sqs:DeleteMessage",
    run: (input, { queue }) => void queue.delete(textField(input, "ReceiptHandle")),
};

const deleteMessageBatch: Operation = {
    action: "sqs:DeleteMessage",
    run: (input, { queue }) =>
        answerEach(readEntries(input), (entry) => {
            queue.delete(textField(entry, "ReceiptHandle"));
            return {};
        }),
};

const changeMessageVisibility: Operation = {
    action: "sqs:ChangeMessageVisibility",
    run(input, { queue }) {
        const seconds = numberField(input, "VisibilityTimeout", visibilityTimeouts);
        if (seconds === undefined) {
            throw queueError(
                "MissingParameter",
                "The request must contain the parameter VisibilityTimeout.",
            );
        }
        queue.changeVisibility(textField(input, "ReceiptHandle"), seconds);
        return undefined;
    },
};

/** What the local SQS can do, by the operation's name. */
export const operations: Readonly<Record<string, Operation>> = {
    SendMessage: sendMessage,
    SendMessageBatch: sendMessageBatch,
    ReceiveMessage: receiveMessage,
    DeleteMessage: deleteMessage,
    DeleteMessageBatch: deleteMessageBatch,
    ChangeMessageVisibility: changeMessageVisibility,
    GetQueueAttributes: {
        action: "sqs:GetQueueAttributes",
        run: (input, { queue }) => ({
            Attributes: describeQueue(queue, listField<string>(input, "AttributeNames")),
        }),
    },
    GetQueueUrl: {
        action: "sqs:GetQueueUrl",
        run: (_, { queue }) => ({ QueueUrl: queue.settings.url }),
    },
    PurgeQueue: {
        action: "sqs:PurgeQueue",
        run: (_, { queue }) => void queue.purge(),
    },
};

function readMessage(fields: Fields, { queue, principalArn }: OperationContext): NewMessage {
    const message: NewMessage = {
        body: storableBody(textField(fields, "MessageBody")),
        attributes: attributesField(fields),
        senderId: principalArn,
        delaySeconds: numberField(fields, "DelaySeconds", [0, 900]),
    };
    const { maxMessageBytes } = queue.settings;
    if (sizeBytes(message) > maxMessageBytes) {
        throw queueError(
            "InvalidParameterValue",
            "One or more parameters are invalid. Reason: Message must be shorter than " +
                `${maxMessageBytes} bytes.`,
        );
    }
    return message;
}

function digestsOf({ body, attributes }: NewMessage): Fields {
    const md5OfAttributes = digestAttributes(attributes);
    return {
        MD5OfMessageBody: digestBody(body),
        ...(md5OfAttributes === undefined ? {} : { MD5OfMessageAttributes: md5OfAttributes }),
    };
}

function writeMessage(message: ReceivedMessage, input: Fields): Fields {
    const systemNames = [
        ...listField<string>(input, "AttributeNames"),
        ...listField<string>(input, "MessageSystemAttributeNames"),
    ];
    const system = selectNamed(systemAttributes(message), systemNames);
    const chosen = selectNamed(
        message.attributes,
        listField<string>(input, "MessageAttributeNames"),
    );
    const md5OfAttributes = digestAttributes(chosen);
    return {
        MessageId: message.messageId,
        ReceiptHandle: message.receiptHandle,
        MD5OfBody: digestBody(message.body),
        Body: message.body,
        ...(Object.keys(system).length === 0 ? {} : { Attributes: system }),
        ...(md5OfAttributes === undefined
            ? {}
            : {
                  MessageAttributes: writeAttributes(chosen),
                  MD5OfMessageAttributes: md5OfAttributes,
              }),
    };
}

/**
 * What SQS itself says of a message.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export function systemAttributes(message: ReceivedMessage): Readonly<Record<string, string>> {
    return {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentMilliseconds),
        SenderId: message.senderId,
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedMilliseconds),
        ...(message.deadLetterSourceArn === undefined
            ? {}
            : { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
    };
}

/** Those that are asked for by name, by the beginning of a name (`order.*`) or all of them. */
function selectNamed<Value>(
    attributes: Readonly<Record<string, Value>>,
    names: readonly string[],
): Readonly<Record<string, Value>> {
    const isWanted = (attribute: string): boolean =>
        names.some(
            (name) =>
                name === "All" ||
                name === attribute ||
                (name.endsWith(".*") && attribute.startsWith(name.slice(0, -2))),
        );
    return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}

function writeAttributes(attributes: MessageAttributes): Fields {
    return Object.fromEntries(
        Object.entries(attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
            name,
            { DataType: dataType, StringValue: stringValue, BinaryValue: binaryValue },
        ]),
    );
}
