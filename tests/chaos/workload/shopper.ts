import { setTimeout as wait } from "node:timers/promises";
import type { Action, Operation } from "../history";
import type { Random } from "../random";
import { personalMarker } from "../state-reader";
import type { Call, Client } from "./client";
import type { World } from "./world";

type Place = { readonly name: string; readonly number: number };

/** One client: a person or a program that asks one cell after another thing. */
export interface Shopper {
    readonly process: number;
    readonly cell: Place;
    /** Where it may come to, its own cell among them. */
    readonly cells: readonly Place[];
    readonly random: Random;
    readonly world: World;
    readonly client: Client;
    /** For keys that no other drill has used. */
    readonly seed: string;
}

/** How often what has no answer is asked again, and how long the first pause is. */
const repetitions = 4;
const pauseMilliseconds = 150;

/** Does one thing that a shopper or a merchant does. */
export async function act(shopper: Shopper): Promise<void> {
    const share = shopper.random.next() * 100;
    const chosen = deeds.find(({ until }) => share < until) ?? deeds[0];
    await chosen?.act(shopper);
}

/** What is done how often, in hundredths, added up. */
const deeds: readonly { until: number; act: (shopper: Shopper) => Promise<void> }[] = [
    { until: 46, act: placeOrder },
    { until: 58, act: readOrder },
    { until: 68, act: cancelOrder },
    { until: 74, act: createProduct },
    { until: 80, act: createCustomer },
    { until: 89, act: updateProduct },
    { until: 92, act: receiveStock },
    { until: 96, act: readStock },
    { until: 100, act: readCustomer },
];

let keyCount = 0;

/** A key for one intention. */
function newKey({ seed, process }: Shopper): string {
    keyCount += 1;
    return `${seed}-${process}-${keyCount}`;
}

/** Makes a product of which there are a few, or plenty. */
export async function createProduct(shopper: Shopper): Promise<void> {
    const { random, world } = shopper;
    const units = random.chance(0.5) ? random.between(6, 30) : random.between(60, 400);
    const call: Call = {
        method: "POST",
        path: "/products",
        body: {
            name: `Lamp ${random.between(1, 9_999)}`,
            description: "Warm light",
            price: random.between(100, 9_999) / 100,
            stock_quantity: units,
            category: random.pick(["lighting", "rugs", "chairs"]),
        },
    };
    const id = idOf(await insist(shopper, { kind: "createProduct", units }, call));
    if (id !== undefined) {
        world.products.add(id);
    }
}

/** Makes a customer, whose data can be told from everything else. */
export async function createCustomer(shopper: Shopper): Promise<void> {
    const { cell, world } = shopper;
    const marker = personalMarker(cell.name);
    const key = newKey(shopper);
    const body = {
        email: `${marker}-${key}@example.com`,
        first_name: `${marker} Ada`,
        last_name: `${marker} Lovelace`,
    };
    const call: Call = { method: "POST", path: "/customers", body };
    const id = idOf(await insist(shopper, { kind: "createCustomer" }, call, key));
    if (id !== undefined) {
        world.customers.add(id);
    }
}

async function placeOrder(shopper: Shopper): Promise<void> {
    const { random, world, cell } = shopper;
    const customerId = random.chance(0.8)
        ? world.customers.pickOf(random, cell.number)
        : world.customers.pick(random);
    const productIds = Array.from({ length: random.between(1, 3) }, () =>
        world.products.pick(random),
    );
    const known = [...new Set(productIds)].filter((id) => id !== undefined);
    if (customerId === undefined || known.length === 0) {
        return;
    }
    // Now and then more than a cell's share of a product.
    const most = random.chance(0.08) ? 15 : 2;
    const lines = known.map((productId) => ({ productId, quantity: random.between(1, most) }));
    const action: Action = { kind: "placeOrder", customerId, lines };
    const call: Call = {
        method: "POST",
        path: "/orders",
        body: {
            customer_id: customerId,
            items: lines.map(({ productId, quantity }) => ({ product_id: productId, quantity })),
        },
    };
    const key = newKey(shopper);
    const twins = random.chance(0.05) ? [shopper, travelling(shopper)] : [shopper];
    const placed = await Promise.all(twins.map((twin) => insist(twin, action, call, key)));
    const id = placed.map(idOf).find((one) => one !== undefined);
    if (id !== undefined) {
        world.orders.add(id);
    }
    if (random.chance(id === undefined ? 0.3 : 0.04)) {
        await insist(travelling(shopper), action, call, key);
    }
}

/** The same client where maybe another cell serves it. */
function travelling(shopper: Shopper): Shopper {
    return { ...shopper, cell: shopper.random.pick(shopper.cells) ?? shopper.cell };
}

async function readOrder(shopper: Shopper): Promise<void> {
    const orderId = shopper.world.orders.pick(shopper.random);
    if (orderId !== undefined) {
        await once(shopper, { kind: "readOrder", orderId }, get(`/orders/${orderId}`));
    }
}

async function cancelOrder(shopper: Shopper): Promise<void> {
    const orderId = shopper.world.orders.pick(shopper.random);
    if (orderId === undefined) {
        return;
    }
    const action: Action = { kind: "cancelOrder", orderId };
    const call: Call = { method: "POST", path: `/orders/${orderId}/cancel` };
    const { outcome } = await once(shopper, action, call);
    if (outcome === "unknown" || shopper.random.chance(0.1)) {
        await once(shopper, action, call);
    }
}

async function updateProduct(shopper: Shopper): Promise<void> {
    const { random, world, client, process, cell } = shopper;
    const productId = world.products.pick(random);
    if (productId === undefined) {
        return;
    }
    const path = `/products/${productId}`;
    const ask = (action: Action, call: Call) =>
        client.perform({ process, cell: cell.name, action }, call);
    let { entityTag } = await ask({ kind: "readProduct", productId }, get(path));
    // Who has changed something often sees at once that it was not yet right.
    for (let change = random.between(1, 3); change > 0 && entityTag !== undefined; change--) {
        const body = { price: random.between(100, 9_999) / 100 };
        const headers = { "if-match": entityTag };
        const call: Call = { method: "PATCH", path, headers, body };
        const changed = await ask({ kind: "updateProduct", productId }, call);
        entityTag = changed.operation.outcome === "ok" ? changed.entityTag : undefined;
        await wait(random.between(10, 120));
    }
}

async function receiveStock(shopper: Shopper): Promise<void> {
    const { random, world } = shopper;
    const productId = world.products.pick(random);
    if (productId !== undefined) {
        const units = random.between(5, 40);
        const body = { quantity: units, reason: "receipt" };
        const call: Call = { method: "POST", path: `/products/${productId}/stock`, body };
        await insist(shopper, { kind: "receiveStock", productId, units }, call);
    }
}

/** Looks at a product. */
export async function browse(shopper: Shopper): Promise<void> {
    const productId = shopper.world.products.pick(shopper.random);
    if (productId !== undefined) {
        await once(shopper, { kind: "readProduct", productId }, get(`/products/${productId}`));
    }
}

async function readStock(shopper: Shopper): Promise<void> {
    const productId = shopper.world.products.pick(shopper.random);
    if (productId !== undefined) {
        await once(shopper, { kind: "readStock", productId }, get(`/products/${productId}/stock`));
    }
}

async function readCustomer(shopper: Shopper): Promise<void> {
    const customerId = shopper.world.customers.pick(shopper.random);
    if (customerId !== undefined) {
        await once(shopper, { kind: "readCustomer", customerId }, get(`/customers/${customerId}`));
    }
}

function get(path: string): Call {
    return { method: "GET", path };
}

async function once(shopper: Shopper, action: Action, call: Call): Promise<Operation> {
    const { client, process, cell } = shopper;
    const { operation } = await client.perform({ process, cell: cell.name, action }, call);
    return operation;
}

/** Repeats what may have been done and what may be repeated, always with the same key. */
async function insist(
    shopper: Shopper,
    action: Action,
    call: Call,
    key = newKey(shopper),
): Promise<Operation> {
    const { client, process, cell, random } = shopper;
    for (let repetition = 0; ; repetition++) {
        const invocation = { process, cell: cell.name, action, key };
        const { operation } = await client.perform(invocation, call);
        const isOpen = operation.outcome === "unknown" || operation.answer?.isRetryable === true;
        if (!isOpen || repetition >= repetitions || random.chance(0.1)) {
            return operation;
        }
        await wait(pauseMilliseconds * 2 ** repetition * (0.5 + random.next()));
    }
}

function idOf({ outcome, answer }: Operation): string | undefined {
    return outcome === "ok" ? answer?.resourceId : undefined;
}
