import type { Message } from "./messages";
import type { MessageQueues, Outbox, OutboxEntry } from "./ports";

export interface RelayPorts {
    readonly outbox: Outbox;
    readonly queues: MessageQueues;
}

/** Entries that are read, sent and removed together. */
const batchSize = 400;

/**
 * Sends the present state of what a cell has to be told, and removes the entries that its queue
 * has accepted. Whoever dies in between leaves entries that are sent again: messages may be
 * repeated, never lost. There is no cursor, because entries do not become visible in the order of
 * any number they carry.
 *
 * What is written while this runs has an entry of its own that is not among those removed, so a
 * state that was read too early is followed by a later one.
 * @returns how many entries there were, and how many of them are still to be sent
 */
export async function relayOnce(
    { outbox, queues }: RelayPorts,
    destination: number,
): Promise<{ readonly found: number; readonly left: number }> {
    const entries = await outbox.read(destination, batchSize);
    if (entries.length === 0) {
        return { found: 0, left: 0 };
    }
    const messages = await outbox.load(entries);
    const accepted = messages.length === 0 ? [] : await queues.send(destination, messages);
    const refused = new Set(
        messages.filter((_, index) => accepted[index] !== true).map(subjectOfMessage),
    );
    const sent = entries.filter((entry) => !refused.has(subjectOfEntry(entry)));
    if (sent.length > 0) {
        await outbox.remove(sent);
    }
    return { found: entries.length, left: entries.length - sent.length };
}

/**
 * Empties the outbox for a cell.
 * @param mayGoOn asked before each batch; a backlog must not outlast the function that sends it
 * @returns how many entries were sent; it ends early when a batch could not be sent whole
 */
export async function relayAll(
    ports: RelayPorts,
    destination: number,
    mayGoOn: () => boolean,
): Promise<number> {
    let sent = 0;
    while (mayGoOn()) {
        const { found, left } = await relayOnce(ports, destination);
        sent += found - left;
        if (left > 0 || found < batchSize) {
            break;
        }
    }
    return sent;
}

function subjectOfEntry({ tenantId, kind, ref }: OutboxEntry): string {
    return `${tenantId} ${kind} ${ref}`;
}

function subjectOfMessage(message: Message): string {
    return `${message.tenantId} ${message.kind} ${refOf(message)}`;
}

function refOf(message: Message): string {
    switch (message.kind) {
        case "product":
            return message.state.productId;
        case "customer_stub":
            return message.state.customerId;
        case "order":
            return message.state.orderId;
        case "grant":
            return message.state.productId;
        case "checkout":
            return message.state.keyId;
        case "gauges":
            return "";
    }
}
