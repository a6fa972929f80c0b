import type { Reply } from "../../app/http/operation";
import { homeOf } from "../../app/values/ids";
import { violation } from "./auditor";
import type { SimulatedCell, Surroundings } from "./cell";
import { call, idOf } from "./client-call";

/** What clients were told, and may hold the shop to. */
export interface Promises {
    /** Orders that were acknowledged, by their id. */
    readonly orders: Map<string, { readonly cell: number; isCancelled: boolean }>;
    readonly products: string[];
    readonly customers: string[];
}

export interface Workload {
    readonly promises: Promises;
    /** Clients that wait for an answer. */
    active(): number;
    stop(): void;
}

/** Clients of every cell, who repeat what was not answered with the same key. */
export function startWorkload(
    surroundings: Surroundings,
    promises: Promises,
    everyMilliseconds: number,
): Workload {
    const { kernel, random, cells } = surroundings;
    let active = 0;
    let isStopped = false;
    let nextKey = 0;

    const start = (cell: SimulatedCell) => {
        active++;
        kernel.spawn(0, "client", async () => {
            await act(surroundings, cell, promises, `key-${nextKey++}`);
            active--;
        });
    };
    for (const cell of cells.values()) {
        const again = () => {
            if (!isStopped) {
                start(cell);
                kernel.after(everyMilliseconds * 2 * random.next(), undefined, again);
            }
        };
        kernel.after(everyMilliseconds * random.next(), undefined, again);
    }
    return {
        promises,
        active: () => active,
        stop() {
            isStopped = true;
        },
    };
}

async function act(
    surroundings: Surroundings,
    cell: SimulatedCell,
    promises: Promises,
    key: string,
): Promise<void> {
    const { random } = surroundings;
    const dice = random.next();
    if (dice < 0.6) {
        await order(surroundings, cell, promises, key);
    } else if (dice < 0.78) {
        await cancel(surroundings, promises);
    } else if (dice < 0.85) {
        await edit(surroundings, promises, key);
    } else if (dice < 0.97) {
        await changeStock(surroundings, cell, promises, key);
    } else {
        const body = {
            name: key,
            description: "",
            price: 1,
            stock_quantity: random.between(0, 60),
            category: "new",
        };
        const reply = await call(surroundings, cell, "createProduct", { body, key });
        const id = idOf(reply, "product_id");
        if (id !== undefined) {
            promises.products.push(id);
        }
    }
}

async function order(
    surroundings: Surroundings,
    cell: SimulatedCell,
    promises: Promises,
    key: string,
): Promise<void> {
    const { random, cells, count } = surroundings;
    const products = random.shuffle(promises.products.slice(0, 6)).slice(0, random.between(1, 2));
    // A product may be named twice.
    const named = random.chance(0.2) ? [...products, ...products] : products;
    const items = named.map((product_id) => ({ product_id, quantity: random.between(1, 3) }));
    const body = { customer_id: random.pick(promises.customers), items };
    // An edge that has lost a cell sends the client to another one.
    const elsewhere = random.chance(0.3) ? random.pick([...cells.values()]) : undefined;
    const reply = await call(surroundings, cell, "createOrder", {
        body,
        key,
        ...(elsewhere === undefined ? {} : { elsewhere }),
    });
    const id = idOf(reply, "order_id");
    if (id !== undefined) {
        count("orders placed");
        failUnlessComplete(surroundings, items, reply);
        promises.orders.set(id, { cell: homeOf(id), isCancelled: false });
    }
}

async function cancel(surroundings: Surroundings, { orders }: Promises): Promise<void> {
    const { random, cells, count } = surroundings;
    const [id, promise] = random.pick([...orders].slice(-40)) ?? [];
    const cell = cells.get(promise?.cell ?? 0);
    if (id === undefined || promise === undefined || cell === undefined) {
        return;
    }
    const reply = await call(surroundings, cell, "cancelOrder", { path: { order_id: id } });
    if (reply?.status === 200) {
        count("orders cancelled");
        promise.isCancelled = true;
    }
}

async function edit(
    surroundings: Surroundings,
    { products }: Promises,
    key: string,
): Promise<void> {
    const { random, cells } = surroundings;
    const id = random.pick(products) ?? "";
    const cell = cells.get(homeOf(id));
    if (cell !== undefined) {
        await call(surroundings, cell, "updateProduct", {
            path: { product_id: id },
            body: { description: key },
            headers: { "if-match": "*" },
        });
    }
}

async function changeStock(
    surroundings: Surroundings,
    cell: SimulatedCell,
    { products }: Promises,
    key: string,
): Promise<void> {
    const { random } = surroundings;
    const isReceipt = random.chance(0.7);
    const body = {
        quantity: isReceipt ? random.between(1, 25) : -random.between(1, 3),
        reason: isReceipt ? "receipt" : "correction",
        ...(random.chance(0.3) ? { shards: random.between(1, 3) } : {}),
    };
    const path = { product_id: random.pick(products) ?? "" };
    await call(surroundings, cell, "changeStock", { path, body, key });
}

/** An order has all that was asked for. */
function failUnlessComplete(
    { kernel }: Surroundings,
    wanted: readonly { readonly quantity: number }[],
    reply: Reply | undefined,
): void {
    const { items = [] } = (reply?.body ?? {}) as { readonly items?: typeof wanted };
    const units = (lines: typeof wanted) => lines.reduce((sum, { quantity }) => sum + quantity, 0);
    if (units(items) !== units(wanted)) {
        kernel.fail(violation(`Of ${units(wanted)} units only ${units(items)} were ordered.`));
    }
}
