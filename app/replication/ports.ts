import type { Message, ReplicatedKind } from "./messages";

/** A row of the outbox: another cell has to be told the present state of a row. */
export interface OutboxEntry {
    readonly tenantId: string;
    /** The number of the cell to tell. */
    readonly destination: number;
    readonly lane: number;
    readonly messageId: string;
    readonly kind: ReplicatedKind;
    /** The id of the row; of the product where the row is a gift. */
    readonly ref: string;
}

/** What a relay needs of a cell's database. Each call is a transaction of its own. */
export interface Outbox {
    /** Entries for a cell, at most `limit`; whichever, as long as none waits for ever. */
    read(destination: number, limit: number): Promise<readonly OutboxEntry[]>;
    /**
     * The present state of what the entries are about, each once however many entries name it; a
     * row that no longer exists has none.
     */
    load(entries: readonly OutboxEntry[]): Promise<readonly Message[]>;
    remove(entries: readonly OutboxEntry[]): Promise<void>;
}

/** The queues of the other cells. */
export interface MessageQueues {
    /**
     * @returns for each message whether the queue has accepted it
     * @throws when nobody knows; then any of them may have been accepted
     */
    send(destination: number, messages: readonly Message[]): Promise<readonly boolean[]>;
}

/** The copies of other cells' rows, and what is known of their stock. */
export interface Copies {
    /** Takes in messages as one transaction; what is older than what is stored changes nothing. */
    apply(messages: readonly Message[]): Promise<void>;
}

/** What a taker asks of a donor. */
export interface GiftRequest {
    readonly tenantId: string;
    readonly productId: string;
    /** Units that the donor shall have given to the taker in the end, all that it ever gave included. */
    readonly target: number;
    /** Units that the donor may keep for its own customers; 0 where an order is waiting. */
    readonly kept: number;
}

/** A donor's answer: what it has given by then, whether or not that is what was asked. */
export interface GiftAnswer {
    readonly productId: string;
    readonly given: number;
    /** What the donor has left, a hint. */
    readonly available: number;
}

/** A cell that can give units to others. */
export interface Giver {
    give(taker: number, request: GiftRequest): Promise<GiftAnswer>;
}
