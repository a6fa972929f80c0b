import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { openSession } from "../database/dsql";
import { readEnvironment } from "../environment";
import { log } from "../log";
import { applyBatch } from "../replication/apply";
import { openCopies } from "../replication/copy-store";

/**
 * The function that takes in what other cells have sent. What it could not take in it reports, and
 * the queue delivers it again, at last to the dead-letter queue; the digests make up for that.
 * @throws Error naming every variable that is missing or wrong
 */
export function applyHandler(
    variables: Readonly<Record<string, string | undefined>>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
    const environment = readEnvironment(variables);
    const { cellNumber } = environment;
    const copies = openCopies(openSession(environment), cellNumber);
    return async ({ Records }) => {
        const deliveries = Records.map(({ messageId, body }) => ({ id: messageId, text: body }));
        const refused = await applyBatch(copies, cellNumber, deliveries);
        for (const { id, error } of refused) {
            log("error", "A message could not be applied.", { message_id: id, error });
        }
        return { batchItemFailures: refused.map(({ id }) => ({ itemIdentifier: id })) };
    };
}
