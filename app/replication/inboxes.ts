import type { QueueClient } from "../aws/queue-client";
import type { OtherCell } from "../environment";
import { createDetours } from "./detours";

/** The queues in which other cells take messages from this one. */
export interface Inboxes {
    /**
     * Leaves texts for a cell at home, or in its other Region while home does not take them. What
     * was perhaps accepted at home may arrive twice, which no message minds.
     * @returns for each text whether a queue has accepted it
     * @throws what the last queue said that was tried
     */
    send(cell: OtherCell, texts: readonly string[]): Promise<readonly boolean[]>;
}

export function openInboxes(
    queueClient: QueueClient,
    clock: () => number = () => performance.now(),
): Inboxes {
    const detours = createDetours(clock);
    return {
        async send(cell, texts) {
            const places = cell.peer === undefined ? [cell] : [cell, cell.peer];
            const worthATry = detours.among(places);
            let failure: unknown;
            // A sender that is woken once a minute does not leave out the last one, too.
            for (const place of worthATry.length > 0 ? worthATry : places) {
                try {
                    return await queueClient.send(place.queueUrl, texts);
                } catch (error) {
                    detours.failed(place);
                    failure = error;
                }
            }
            throw failure;
        },
    };
}
