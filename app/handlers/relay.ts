import type { SQSEvent } from "aws-lambda";
import { createQueueClient } from "../aws/queue-client";
import { createSignedFetch } from "../aws/signed-fetch";
import { openSession } from "../database/dsql";
import { readEnvironment } from "../environment";
import { tenantOfRequest } from "../http/tenant";
import { log } from "../log";
import { openInboxes } from "../replication/inboxes";
import { writeMessage } from "../replication/messages";
import { openOutbox } from "../replication/outbox-store";
import type { MessageQueues } from "../replication/ports";
import { relayAll } from "../replication/relay";

/** What the function needs to end in good order before Lambda ends it. */
const endMilliseconds = 10_000;

/**
 * The function that empties a cell's outbox into the queues of the others. It is woken by a message
 * after a commit, and by schedule in case that was lost; what the message says does not matter.
 * @throws Error naming every variable that is missing or wrong
 */
export function relayHandler(
    variables: Readonly<Record<string, string | undefined>>,
): (
    event: Partial<SQSEvent>,
    context: { getRemainingTimeInMillis(): number },
) => Promise<{ readonly sent: Readonly<Record<string, number>> }> {
    const environment = readEnvironment(variables);
    const { cellNumber, otherCells, credentials, queueEndpoint } = environment;
    const session = openSession(environment);
    const inboxes = openInboxes(
        createQueueClient({
            signedFetch: createSignedFetch(credentials),
            endpoint: queueEndpoint,
        }),
    );
    const queues: MessageQueues = {
        send(destination, messages) {
            const cell = otherCells.find(({ number }) => number === destination);
            if (cell === undefined) {
                throw new Error(`The outbox names cell ${destination}, which there is not.`);
            }
            return inboxes.send(cell, messages.map(writeMessage));
        },
    };
    return async (_event, context) => {
        const mayGoOn = () => context.getRemainingTimeInMillis() > endMilliseconds;
        const outbox = openOutbox(session, { tenantId: tenantOfRequest(), cellNumber });
        // One cell that cannot be reached must not hold up the others.
        const results = await Promise.allSettled(
            otherCells.map(async ({ name, number }) => {
                const sent = await relayAll({ outbox, queues }, number, mayGoOn);
                return [name, sent] as const;
            }),
        );
        const sent: Record<string, number> = {};
        for (const [index, result] of results.entries()) {
            if (result.status === "fulfilled") {
                sent[result.value[0]] = result.value[1];
            } else {
                const cell = otherCells[index]?.name;
                log("warn", "A cell could not be told; it is tried again within a minute.", {
                    cell,
                    error: result.reason,
                });
            }
        }
        return { sent };
    };
}
