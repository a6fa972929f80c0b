import { type Evidence, homeOf, type Violation } from "../state";
import { describe } from "./attempts";

/** An order whose cancellation was acknowledged is cancelled, and stays so, wherever it is seen. */
export function findUncancelled({ operations, cells }: Evidence): readonly Violation[] {
    const cancelledAt = new Map<string, number>();
    for (const { action, outcome, answer, endedAtMilliseconds } of operations) {
        const orderId = action.kind === "cancelOrder" ? action.orderId : answer?.resourceId;
        const isSeen =
            action.kind === "cancelOrder" ||
            action.kind === "readOrder" ||
            action.kind === "placeOrder";
        if (isSeen && outcome === "ok" && answer?.orderStatus === "cancelled" && orderId) {
            const at = endedAtMilliseconds ?? Number.POSITIVE_INFINITY;
            cancelledAt.set(orderId, Math.min(at, cancelledAt.get(orderId) ?? at));
        }
    }
    const seenAlive = operations.filter(({ action, answer, outcome, invokedAtMilliseconds }) => {
        const at = cancelledAt.get(answer?.resourceId ?? "");
        return (
            action.kind === "readOrder" &&
            outcome === "ok" &&
            answer?.orderStatus !== "cancelled" &&
            at !== undefined &&
            at < invokedAtMilliseconds
        );
    });
    const alive = cells.flatMap(({ name, orders }) =>
        orders
            .filter(({ id, status }) => status !== "cancelled" && cancelledAt.has(id))
            .map(({ id, status }) => `${id} (cell ${homeOf(id)}) is ${status} in ${name}`),
    );
    return [
        ...seenAlive.map((operation) => ({
            rule: "cancelled",
            detail: `${describe(operation)} saw ${operation.answer?.resourceId} ${operation.answer?.orderStatus} after it was cancelled.`,
        })),
        ...alive.map((order) => ({
            rule: "cancelled",
            detail: `The cancellation of the order was acknowledged, but ${order}.`,
        })),
    ];
}
