import type { OrderStatus } from "../orders/order";

/** A product as its home stores it, deleted ones included. */
export interface ProductState {
    readonly productId: string;
    readonly home: number;
    readonly version: number;
    readonly deleted: boolean;
    readonly name: string;
    readonly description: string;
    readonly category: string;
    /** Minor units, as text: JSON has no integers of that size. */
    readonly priceMinor: string;
    readonly currency: string;
    /** ISO 8601, milliseconds. */
    readonly createdAt: string;
    readonly updatedAt: string;
}

/** What every cell may know of a customer: no personal data. */
export interface CustomerStubState {
    readonly customerId: string;
    readonly home: number;
    readonly version: number;
}

/** An order for the home of its customer, where it was placed elsewhere. */
export interface OrderState {
    readonly orderId: string;
    readonly home: number;
    readonly version: number;
    readonly customerId: string;
    readonly status: OrderStatus;
    readonly currency: string;
    readonly totalMinor: string;
    readonly createdAt: string;
    readonly updatedAt: string;
    readonly supersededBy: string | null;
    readonly items: readonly OrderItemState[];
}

export interface OrderItemState {
    readonly line: number;
    readonly productId: string;
    readonly quantity: number;
    readonly unitMinor: string;
}

/** That an `Idempotency-Key` became an order: whoever sees it again elsewhere means that order. */
export interface CheckoutState {
    /** Of the key; see `keyIdOf`. */
    readonly keyId: string;
    readonly orderId: string;
    /** Of the order. */
    readonly home: number;
    readonly fingerprint: string;
    /** ISO 8601, milliseconds, the clock of the home. */
    readonly askedAt: string;
}

/** Units that a donor has ever given to a taker: its version is the number itself. */
export interface GrantState {
    readonly productId: string;
    readonly donor: number;
    readonly taker: number;
    readonly given: number;
}

/** What a cell had of some products at a moment; a hint that may be lost. */
export interface GaugesState {
    readonly cell: number;
    /** ISO 8601, milliseconds, the clock of that cell. */
    readonly observedAt: string;
    readonly gauges: readonly GaugeState[];
}

export interface GaugeState {
    readonly productId: string;
    readonly available: number;
    /** Units that orders have ever taken, and cancelled ones returned. */
    readonly taken: number;
    readonly returned: number;
    /** Units of all gifts that are in its pools. */
    readonly applied: number;
    readonly demandPerSecond: number;
    /** What it has given to each other cell. */
    readonly grants: readonly { readonly taker: number; readonly given: number }[];
}

/**
 * What one cell tells another: always a state, never a difference, so that messages may be lost,
 * repeated and reordered.
 */
export type Message = Envelope &
    (
        | { readonly kind: "product"; readonly state: ProductState }
        | { readonly kind: "customer_stub"; readonly state: CustomerStubState }
        | { readonly kind: "order"; readonly state: OrderState }
        | { readonly kind: "grant"; readonly state: GrantState }
        | { readonly kind: "checkout"; readonly state: CheckoutState }
        | { readonly kind: "gauges"; readonly state: GaugesState }
    );

export interface Envelope {
    readonly tenantId: string;
    /** The number of the cell that says so. */
    readonly from: number;
    /** ISO 8601, milliseconds, the clock of that cell. */
    readonly sentAt: string;
}

/** What is replicated row by row, through the outbox, and compared by digests. */
export const replicatedKinds = ["product", "customer_stub", "order", "grant", "checkout"] as const;

export type ReplicatedKind = (typeof replicatedKinds)[number];

/** The version of the notation; a cell refuses one that it does not know. */
const format = 1;

/** The text of a message in a queue. */
export function writeMessage({ tenantId, from, sentAt, kind, state }: Message): string {
    return JSON.stringify({ format, from, sent_at: sentAt, kind, tenant: tenantId, state });
}

/**
 * Reads a message, and checks that its sender may say what it says: a row comes from its home, a
 * gift from its donor and to its taker, a gauge from its cell.
 * @param receiver the number of the cell that reads it
 * @throws Error that says what is wrong with the message
 */
export function readMessage(text: string, receiver: number): Message {
    const parsed = parse(text);
    if (parsed["format"] !== format) {
        throw new Error(`The message has the format ${parsed["format"]}; known is ${format}.`);
    }
    const message = {
        tenantId: parsed["tenant"],
        from: parsed["from"],
        sentAt: parsed["sent_at"],
        kind: parsed["kind"],
        state: parsed["state"],
    } as Message;
    const owner = ownerOf(message);
    if (owner === undefined) {
        throw new Error(`The message has the kind "${message.kind}", which is none.`);
    }
    if (owner !== message.from || owner === receiver) {
        throw new Error(
            `Cell ${message.from} tells cell ${receiver} a ${message.kind} of cell ${owner}; ` +
                "only its owner may, and to others.",
        );
    }
    if (message.kind === "grant" && message.state.taker !== receiver) {
        throw new Error(`A gift to cell ${message.state.taker} has come to cell ${receiver}.`);
    }
    return message;
}

function ownerOf(message: Message): number | undefined {
    switch (message.kind) {
        case "product":
        case "customer_stub":
        case "order":
        case "checkout":
            return message.state.home;
        case "grant":
            return message.state.donor;
        case "gauges":
            return message.state.cell;
        default:
            return undefined;
    }
}

function parse(text: string): Readonly<Record<string, unknown>> {
    try {
        const parsed: unknown = JSON.parse(text);
        if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
            const { state } = parsed as { state?: unknown };
            if (typeof state === "object" && state !== null) {
                return parsed as Readonly<Record<string, unknown>>;
            }
        }
    } catch (cause) {
        throw new Error("The message is not JSON.", { cause });
    }
    throw new Error("The message is not an object with a state.");
}
