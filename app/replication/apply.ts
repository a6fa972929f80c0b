import { type Message, readMessage } from "./messages";
import type { Copies } from "./ports";

/** A message as a queue delivers it. */
export interface Delivery {
    readonly id: string;
    readonly text: string;
}

export interface RefusedDelivery {
    readonly id: string;
    readonly error: unknown;
}

/**
 * Takes in what another cell has sent, in one transaction; when that fails, message by message, so
 * that one which cannot be applied does not hold up the others. Nothing is acknowledged before it
 * is committed.
 * @param receiver the number of this cell
 * @returns those that have to be delivered again
 */
export async function applyBatch(
    copies: Copies,
    receiver: number,
    deliveries: readonly Delivery[],
): Promise<readonly RefusedDelivery[]> {
    const refused: RefusedDelivery[] = [];
    const read: { readonly id: string; readonly message: Message }[] = [];
    for (const { id, text } of deliveries) {
        try {
            read.push({ id, message: readMessage(text, receiver) });
        } catch (error) {
            refused.push({ id, error });
        }
    }
    try {
        await applyAll(
            copies,
            read.map(({ message }) => message),
        );
        return refused;
    } catch (error) {
        if (read.length === 1 && read[0] !== undefined) {
            return [...refused, { id: read[0].id, error }];
        }
    }
    for (const { id, message } of read) {
        try {
            await applyAll(copies, [message]);
        } catch (error) {
            refused.push({ id, error });
        }
    }
    return refused;
}

async function applyAll(copies: Copies, messages: readonly Message[]): Promise<void> {
    if (messages.length > 0) {
        await copies.apply(messages);
    }
}
