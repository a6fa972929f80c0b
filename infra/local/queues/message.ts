import { createHash } from "node:crypto";

/** One of up to ten attributes of a message that its sender chose. */
export interface MessageAttribute {
    readonly dataType: string;
    readonly stringValue?: string;
    /** Base64. */
    readonly binaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message as it is sent. */
export interface NewMessage {
    readonly body: string;
    readonly attributes: MessageAttributes;
    /** The ARN of whoever sends it. */
    readonly senderId: string;
    /** Default: the queue's. */
    readonly delaySeconds?: number | undefined;
}

/** A message that a queue has accepted. */
export interface AcceptedMessage extends NewMessage {
    readonly messageId: string;
    readonly sentMilliseconds: number;
    /** Where it has been, when it lies in a dead-letter queue. */
    readonly deadLetterSourceArn?: string;
}

/** A message as it is received. */
export interface ReceivedMessage extends AcceptedMessage {
    readonly receiptHandle: string;
    readonly receiveCount: number;
    readonly firstReceivedMilliseconds: number;
}

/** The digest of a body, in hexadecimal digits. */
export function digestBody(body: string): string {
    return createHash("md5").update(body).digest("hex");
}

/**
 * The digest of a message's attributes; undefined where it has none.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function digestAttributes(attributes: MessageAttributes): string | undefined {
    const names = Object.keys(attributes).sort();
    if (names.length === 0) {
        return undefined;
    }
    const digest = createHash("md5");
    for (const name of names) {
        const { dataType = "", stringValue, binaryValue } = attributes[name] ?? {};
        digest.update(withLength(Buffer.from(name)));
        digest.update(withLength(Buffer.from(dataType)));
        digest.update(Buffer.from([stringValue === undefined ? 2 : 1]));
        digest.update(
            withLength(
                stringValue === undefined
                    ? Buffer.from(binaryValue ?? "", "base64")
                    : Buffer.from(stringValue),
            ),
        );
    }
    return digest.digest("hex");
}

/** What counts against the limits: the body, and names, types and values of the attributes. */
export function sizeBytes({ body, attributes }: NewMessage): number {
    return Object.entries(attributes).reduce(
        (sum, [name, { dataType, stringValue = "", binaryValue = "" }]) =>
            sum +
            Buffer.byteLength(name) +
            Buffer.byteLength(dataType) +
            Buffer.byteLength(stringValue) +
            Buffer.byteLength(binaryValue, "base64"),
        Buffer.byteLength(body),
    );
}

/**
 * A body as SQS stores it: characters that XML 1.0 does not have become U+FFFD.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function storableBody(body: string): string {
    return body.replace(
        /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu,
        "\uFFFD",
    );
}

function withLength(bytes: Buffer): Buffer {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
}
