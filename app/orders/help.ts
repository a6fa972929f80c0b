import { insertStub } from "../customers/customer-stub-store";
import type { Services } from "../http/operation";
import { askForStub } from "../replication/exchange-calls";
import { homeOf } from "../values/ids";
import { borrowMissing, type Elsewhere } from "./borrowing";
import type { NewOrder } from "./order-store";
import { findShortages, type OrderFacts } from "./refusal";

/** What other cells can do for an order that this one refuses. */
export interface Help {
    /**
     * Has the other cells help, unless the time for that is over or they cannot.
     * @returns whether the facts may have changed
     */
    ask(facts: OrderFacts): Promise<boolean>;
    /** What is believed to be in other cells or on its way, of the products they were asked for. */
    elsewhere(): ReadonlyMap<string, Elsewhere>;
}

/** What an order may spend on the other cells altogether. */
const budgetMilliseconds = 400;

/**
 * The help of the other cells for one order. They are asked for exactly what is missing; when others
 * who order the same have taken what came, for twice that, and so on, so that a crowd is served
 * in a few rounds.
 */
export function openHelp(
    services: Services,
    { order }: { readonly order: NewOrder },
    clock: () => number = () => performance.now(),
): Help {
    const { tenantId, customerId, lines } = order;
    let deadline: number | undefined;
    let factor = 1;
    let isExhausted = services.neighbours.cells.length === 0;
    let elsewhere: ReadonlyMap<string, Elsewhere> = new Map();
    return {
        async ask(facts) {
            deadline ??= clock() + budgetMilliseconds;
            if (isExhausted || clock() >= deadline) {
                return false;
            }
            if (!facts.isCustomerKnown) {
                isExhausted = !(await fetchStub(services, tenantId, customerId));
                return !isExhausted;
            }
            const shortages = findShortages(lines, facts)
                .filter(({ product_id }) => facts.currencies.has(product_id))
                .map(({ product_id: productId, missing }) => ({
                    productId,
                    missing: missing * factor,
                    known: facts.known(productId),
                }));
            if (shortages.length === 0) {
                return false;
            }
            const borrowed = await borrowMissing(services, tenantId, shortages, deadline);
            factor *= 2;
            elsewhere = borrowed.elsewhere;
            isExhausted = borrowed.units === 0;
            return true;
        },
        elsewhere: () => elsewhere,
    };
}

/**
 * Asks a customer's home whether it knows the customer: the stub that tells so may still be on its
 * way.
 * @throws fault cell_unreachable when the home does not answer: then nobody can say
 */
async function fetchStub(
    { session, cell, neighbours }: Services,
    tenantId: string,
    customerId: string,
): Promise<boolean> {
    const home = homeOf(customerId);
    if (home === cell.number || !neighbours.cells.some(({ number }) => number === home)) {
        return false;
    }
    const { stub } = await askForStub(
        { neighbours, cellNumber: home, timeoutMilliseconds: budgetMilliseconds },
        { tenantId, customerId },
    );
    if (stub === null) {
        return false;
    }
    await session.query(insertStub(tenantId, stub));
    return true;
}
