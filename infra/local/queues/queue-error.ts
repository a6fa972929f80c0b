/** What SQS refuses, under the name that it has in its JSON protocol. */
export interface QueueError extends Error {
    readonly code: QueueErrorCode;
}

/** A name of the JSON protocol, the name it had in the query protocol, and the HTTP status. */
interface KnownError {
    readonly type: string;
    readonly queryCode: string;
    readonly status: number;
}

const known = {
    AccessDenied: coral("AccessDeniedException", "AccessDenied", 403),
    BatchEntryIdsNotDistinct: sqs("BatchEntryIdsNotDistinct"),
    BatchRequestTooLong: sqs("BatchRequestTooLong"),
    EmptyBatchRequest: sqs("EmptyBatchRequest"),
    InternalFailure: coral("InternalFailure", "InternalFailure", 500),
    InvalidBatchEntryId: sqs("InvalidBatchEntryId"),
    InvalidMessageContents: sqs("InvalidMessageContents", "InvalidMessageContents"),
    InvalidParameterValue: coral("InvalidParameterValueException", "InvalidParameterValue"),
    MessageNotInflight: sqs("MessageNotInflight"),
    MissingParameter: coral("MissingRequiredParameterException", "MissingParameter"),
    OverLimit: sqs("OverLimit", "OverLimit", 403),
    PurgeQueueInProgress: sqs("PurgeQueueInProgress", undefined, 403),
    QueueDoesNotExist: sqs("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
    ReceiptHandleIsInvalid: sqs("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", 404),
    SerializationException: coral("SerializationException", "MalformedInput"),
    TooManyEntriesInBatchRequest: sqs("TooManyEntriesInBatchRequest"),
    UnknownOperation: coral("UnknownOperationException", "InvalidAction", 404),
    UnsupportedOperation: sqs("UnsupportedOperation"),
} as const satisfies Readonly<Record<string, KnownError>>;

export type QueueErrorCode = keyof typeof known;

/** Makes an error that the queues answer with. */
export function queueError(code: QueueErrorCode, message: string): QueueError {
    return Object.assign(new Error(message), { name: "QueueError" as const, code });
}

/** Whether something thrown is a refusal of the queues. */
export function isQueueError(error: unknown): error is QueueError {
    return error instanceof Error && error.name === "QueueError";
}

/**
 * How SQS writes an error in an answer.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-api-responses.html
 */
export function describeError(code: QueueErrorCode): KnownError {
    return known[code];
}

/** An error of SQS's own. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
function sqs(name: string, queryCode = `AWS.SimpleQueueService.${name}`, status = 400): KnownError {
    return { type: `com.amazonaws.sqs#${name}`, queryCode, status };
}

/** An error that all services share. */
function coral(name: string, queryCode: string, status = 400): KnownError {
    return { type: `com.amazon.coral.service#${name}`, queryCode, status };
}
