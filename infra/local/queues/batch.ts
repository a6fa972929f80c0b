import { isQueueError, queueError } from "./queue-error";
import { type Fields, listField } from "./request-fields";

/** What became of the entries of a batch, as SQS answers it. */
export interface BatchAnswer extends Fields {
    readonly Successful: readonly Fields[];
    readonly Failed: readonly Fields[];
}

// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const maxEntries = 10;
const entryId = /^[A-Za-z0-9_-]{1,80}$/;

/**
 * The entries of a batch request.
 * @throws QueueError for a batch that SQS refuses as a whole
 */
export function readEntries(input: Fields): readonly Fields[] {
    const entries = listField<Fields>(input, "Entries");
    if (entries.length === 0) {
        throw queueError("EmptyBatchRequest", "There should be at least one entry in the request.");
    }
    if (entries.length > maxEntries) {
        throw queueError(
            "TooManyEntriesInBatchRequest",
            `Maximum number of entries per request are ${maxEntries}. You have sent ${entries.length}.`,
        );
    }
    const ids = entries.map((entry) => String(entry["Id"] ?? ""));
    if (!ids.every((id) => entryId.test(id))) {
        throw queueError(
            "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. " +
                "It can be at most 80 letters long.",
        );
    }
    const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
    if (repeated !== undefined) {
        throw queueError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
    }
    return entries;
}

/** Does something with each entry; one that fails does not stop the others. */
export function answerEach(
    entries: readonly Fields[],
    run: (entry: Fields) => Fields,
): BatchAnswer {
    const successful: Fields[] = [];
    const failed: Fields[] = [];
    for (const entry of entries) {
        try {
            successful.push({ Id: entry["Id"], ...run(entry) });
        } catch (error) {
            if (!isQueueError(error)) {
                throw error;
            }
            const { code, message } = error;
            failed.push({ Id: entry["Id"], SenderFault: true, Code: code, Message: message });
        }
    }
    return { Successful: successful, Failed: failed };
}
