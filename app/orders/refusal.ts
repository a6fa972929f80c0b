import { type Fault, type FaultDetail, fault } from "../fault";
import { type Pool, type PoolChange, takeUnits, totalAvailable } from "../inventory/stock";
import type { KnownStock } from "../replication/gauge-store";
import type { Elsewhere } from "./borrowing";
import type { Line, WantedItem } from "./order";

/** What an order was refused for is found among these. */
export interface OrderFacts {
    readonly isCustomerKnown: boolean;
    /** The wanted products that exist and are not deleted. */
    readonly currencies: ReadonlyMap<string, string>;
    /** The cell's pools of the wanted products. */
    readonly pools: ReadonlyMap<string, readonly Pool[]>;
    /** What is known of a product's stock in other cells. */
    readonly known: (productId: string) => KnownStock;
    /** What is believed to be in other cells or on its way, where they were asked. */
    readonly elsewhere: ReadonlyMap<string, Elsewhere>;
}

/** An order as it was asked for. */
export interface RefusedOrder {
    readonly customerId: string;
    readonly items: readonly WantedItem[];
    readonly lines: readonly Line[];
}

/** Units to take from one pool of a product. */
export interface Taking extends PoolChange {
    readonly productId: string;
}

/**
 * Why an order cannot be placed: the one fault to tell, with pointers into the items as they were
 * sent. Undefined when nothing is wrong any more, or the units are there but scattered over pools.
 */
export function explainRefusal(order: RefusedOrder, facts: OrderFacts): Fault | undefined {
    return (
        unknownCustomer(order, facts) ??
        unknownProducts(order, facts) ??
        mixedCurrencies(order, facts) ??
        shortProducts(order, facts)
    );
}

/** Which units to take from which pool, when each line's units exist. */
export function planTaking(lines: readonly Line[], facts: OrderFacts): readonly Taking[] {
    return lines.flatMap(({ productId, quantity }) =>
        takeUnits(facts.pools.get(productId) ?? [], quantity).map((taking) => ({
            productId,
            ...taking,
        })),
    );
}

function unknownCustomer(order: RefusedOrder, facts: OrderFacts): Fault | undefined {
    if (facts.isCustomerKnown) {
        return undefined;
    }
    const detail = `there is no customer ${order.customerId}`;
    return fault("unknown_customer", `Create the customer first: ${detail}.`, {
        errors: [{ pointer: "/customer_id", detail }],
    });
}

function unknownProducts(order: RefusedOrder, facts: OrderFacts): Fault | undefined {
    const errors = pointAt(order.items, "product_id", (productId) =>
        facts.currencies.has(productId) ? undefined : `there is no product ${productId}`,
    );
    return errors.length === 0
        ? undefined
        : fault("unknown_product", "Leave out the products that are no longer sold.", { errors });
}

function mixedCurrencies(order: RefusedOrder, facts: OrderFacts): Fault | undefined {
    const first = facts.currencies.get(order.items[0]?.product_id.toLowerCase() ?? "");
    const errors = pointAt(order.items, "product_id", (productId) => {
        const currency = facts.currencies.get(productId);
        return currency === first
            ? undefined
            : `this product is sold in ${currency}, the first one in ${first}`;
    });
    return errors.length === 0
        ? undefined
        : fault("mixed_currencies", "Place one order for each currency.", { errors });
}

function shortProducts(order: RefusedOrder, facts: OrderFacts): Fault | undefined {
    const short = findShortages(order.lines, facts);
    if (short.length === 0) {
        return undefined;
    }
    const soldOut = short.filter(
        ({ wanted, available, isCertain }) => available < wanted && isCertain,
    );
    return soldOut.length > 0
        ? stockFault("out_of_stock", order, soldOut)
        : stockFault("stock_in_transit", order, short);
}

interface ShortProduct {
    readonly product_id: string;
    readonly wanted: number;
    /** What could be ordered: here, and with the help of other cells. */
    readonly available: number;
}

interface Shortfall extends ShortProduct {
    /** Units that this cell has not. */
    readonly missing: number;
    /** Whether nobody can have more than `available` says. */
    readonly isCertain: boolean;
}

/** The lines that this cell's own pools cannot serve. */
export function findShortages(
    lines: readonly Line[],
    { pools, elsewhere }: Pick<OrderFacts, "pools" | "elsewhere">,
): readonly Shortfall[] {
    return lines
        .map(({ productId, quantity }) => {
            const here = totalAvailable(pools.get(productId) ?? []);
            const { units = 0, isCertain = true } = elsewhere.get(productId) ?? {};
            return {
                product_id: productId,
                wanted: quantity,
                available: here + units,
                missing: quantity - here,
                isCertain,
            };
        })
        .filter(({ missing }) => missing > 0);
}

const stockAdvice = {
    out_of_stock: "Order fewer units of the products that are short.",
    stock_in_transit:
        "The units are in another cell or on their way. Repeat the request shortly, or order fewer.",
} as const;

function stockFault(
    code: keyof typeof stockAdvice,
    order: RefusedOrder,
    short: readonly ShortProduct[],
): Fault {
    const byId = new Map(short.map((product) => [product.product_id, product]));
    const errors = pointAt(order.items, "quantity", (productId) => {
        const product = byId.get(productId);
        return product && `${product.wanted} wanted, ${product.available} available`;
    });
    const products = short.map(({ product_id, wanted, available }) => ({
        product_id,
        wanted,
        available,
    }));
    return fault(code, stockAdvice[code], { errors, members: { products } });
}

function pointAt(
    items: readonly WantedItem[],
    member: keyof WantedItem,
    detailOf: (productId: string) => string | undefined,
): readonly FaultDetail[] {
    return items.flatMap(({ product_id }, index) => {
        const detail = detailOf(product_id.toLowerCase());
        return detail === undefined ? [] : [{ pointer: `/items/${index}/${member}`, detail }];
    });
}
