/** Where an order stands. */
export type OrderStatus = "confirmed" | "cancelled";

/** Which status may follow which; a status that nothing follows is final. */
const transitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
    confirmed: ["cancelled"],
    cancelled: [],
};

/** Every status there is. */
export const orderStatuses = Object.keys(transitions) as readonly OrderStatus[];

/** The statuses in which an order may still be cancelled. */
export const cancellableStatuses = orderStatuses.filter(mayCancel);

/** Whether an order may be cancelled now. */
export function mayCancel(status: OrderStatus): boolean {
    return transitions[status].includes("cancelled");
}

/** What a client asks for: a product, once or several times. */
export interface WantedItem {
    readonly product_id: string;
    readonly quantity: number;
}

/** A line of an order: each product has one. */
export interface Line {
    /** The place of the line in the order, from 1: where the product was first named. */
    readonly line: number;
    readonly productId: string;
    readonly quantity: number;
}

/**
 * Merges the items of the same product into one line. The lines are sorted by product, so that all
 * orders write the pools in one sequence and none waits for another in a circle.
 */
export function mergeItems(items: readonly WantedItem[]): readonly Line[] {
    const lines = new Map<string, Line>();
    for (const item of items) {
        const productId = item.product_id.toLowerCase();
        const { line = lines.size + 1, quantity = 0 } = lines.get(productId) ?? {};
        lines.set(productId, { line, productId, quantity: quantity + item.quantity });
    }
    return [...lines.values()].sort((a, b) => (a.productId < b.productId ? -1 : 1));
}

/** The price of a line in minor units. */
export function lineTotal(unitMinor: bigint, quantity: bigint): bigint {
    return unitMinor * quantity;
}

/** An order as it is stored. */
export interface Order {
    readonly orderId: string;
    readonly customerId: string;
    readonly home: number;
    readonly version: number;
    readonly status: OrderStatus;
    readonly currency: string;
    /** Minor units of the currency. */
    readonly totalMinor: bigint;
    readonly createdAt: Date;
    readonly updatedAt: Date;
    /** The order that took its place; see `checkout-claim.ts`. */
    readonly supersededBy: string | undefined;
    readonly items: readonly OrderItem[];
}

/** A line of a stored order with the price at which it was ordered. */
export interface OrderItem {
    readonly productId: string;
    readonly quantity: number;
    /** Minor units of the order's currency. */
    readonly unitMinor: bigint;
}
