import type { Session, Statement } from "../../app/database/session";
import type { Services } from "../../app/http/operation";
import { mergeItems } from "../../app/orders/order";
import { type Placement, placeOrder } from "../../app/orders/place-order";
import { noNeighbours } from "../../app/replication/neighbours";
import { newId } from "../../app/values/ids";
import type { Shop } from "./bench-database";

const cellNumber = 1;

/** An order of one unit of each of the shop's first products. */
export function orderOf({ customerId, productIds }: Shop, lineCount: number): Placement {
    const items = productIds.slice(0, lineCount).map((product_id) => ({ product_id, quantity: 1 }));
    if (items.length !== lineCount) {
        throw new Error(`The shop has ${items.length} products, the order needs ${lineCount}.`);
    }
    const tenantId = "main";
    return {
        request: {
            tenantId,
            requestId: "bench",
            path: {},
            query: {},
            // Every order carries a key here, so that the idempotency row is part of the price.
            headers: { "idempotency-key": newId(cellNumber) },
            body: undefined,
            fingerprint: "0".repeat(64),
        },
        order: {
            tenantId,
            orderId: newId(cellNumber),
            home: cellNumber,
            customerId,
            lines: mergeItems(items),
            createdAt: new Date().toISOString(),
        },
        items,
        answer: (placed) => ({ status: 201, body: placed }),
    };
}

/**
 * Places an order as the function `orders` does.
 * @throws Error when it was not placed
 */
export async function place(session: Session, placement: Placement): Promise<void> {
    const { status, headers } = await placeOrder(servicesOf(session), placement);
    if (status !== 201 || headers?.["Idempotent-Replayed"] !== undefined) {
        throw new Error(`An order was answered with ${status} instead of being placed.`);
    }
}

function servicesOf(session: Session): Services {
    return { session, cell: { name: "bench", number: cellNumber }, neighbours: noNeighbours };
}

/** The very statements with which an order is placed, for whoever wants to send them otherwise. */
export async function statementsOf(placement: Placement): Promise<readonly Statement[]> {
    let statements: readonly Statement[] = [];
    const notSent = new Error("The statements are recorded, not sent.");
    const recorder: Session = {
        query: () => Promise.reject(notSent),
        transact(recorded) {
            statements = recorded;
            return Promise.reject(notSent);
        },
        within: () => recorder,
        close: async () => undefined,
    };
    await placeOrder(servicesOf(recorder), placement).catch((error: unknown) => {
        if (error !== notSent) {
            throw error;
        }
    });
    return statements;
}
