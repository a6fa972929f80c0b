import { randomUUID } from "node:crypto";
import type { LocalDeployment } from "../../infra/local/deploy";
import { countBorrowings, stackCells } from "../chaos/local-ground";
import { aProduct, create, deployShop } from "./deployed-shop";
import type { Bench, Result } from "./measure";

const stack = "dev";
/** The cell that is lost, and whose units the others cannot have meanwhile. */
const lost = "us";
const warmUps = 15;
const ordersPerCell = 120;
const shortOrdersPerCell = 30;
/** What an order may spend on asking other cells; the design's number, not the program's. */
const borrowBudgetMilliseconds = 400;

interface Shopping {
    readonly cell: string;
    readonly url: string;
    readonly customerId: string;
    /** Has units in this cell. */
    readonly plenty: string;
    /** Sold out in this cell while others have units. */
    readonly short: string;
}

/** What the loss of a cell costs the customers of the others. */
export async function measureCellDown(bench: Bench): Promise<readonly Result[]> {
    const { deployment, stop } = await deployShop(bench, stackCells(stack));
    const shoppings: Shopping[] = [];
    for (const { cell, url } of deployment.viewers.filter((viewer) => viewer.cell !== lost)) {
        bench.progress(`orders in ${cell}, everything healthy`);
        shoppings.push(await openShopping(deployment, cell, url));
    }
    const healthy = (await inTurn(shoppings, (shopping) => timeOrders(shopping, "plenty"))).flat();
    bench.progress(`orders while ${lost} is down`);
    await deployment.chaos.takeCellDown(lost);
    const before = await countBorrowings(deployment.logFolder);
    const own = (await inTurn(shoppings, (shopping) => timeOrders(shopping, "plenty"))).flat();
    const borrowings = (await countBorrowings(deployment.logFolder)) - before;
    const short = (await inTurn(shoppings, (shopping) => timeOrders(shopping, "short"))).flat();
    await deployment.chaos.heal();
    await stop();
    const slowestHealthy = slowest(healthy);
    return [
        {
            measure: "a cell down: orders of own units that are accepted elsewhere",
            unit: "%",
            value: (100 * own.filter(({ status }) => status === 201).length) / own.length,
            budget: { of: "value", comparison: "at least", limit: 100 },
        },
        {
            measure: "a cell down: orders of own units that ask another cell",
            unit: "%",
            value: (100 * borrowings) / own.length,
            budget: { of: "value", comparison: "at most", limit: 0 },
        },
        {
            measure: "a cell down: orders that lack units, answered with 201 or 409",
            unit: "%",
            value:
                (100 * short.filter(({ status }) => status === 201 || status === 409).length) /
                short.length,
            budget: { of: "value", comparison: "at least", limit: 100 },
        },
        {
            measure: "a cell down: the slowest order beyond the slowest healthy one",
            unit: "ms",
            value: Math.max(0, slowest([...own, ...short]) - slowestHealthy),
            budget: { of: "value", comparison: "at most", limit: borrowBudgetMilliseconds },
        },
    ];
}

async function openShopping(
    deployment: LocalDeployment,
    cell: string,
    url: string,
): Promise<Shopping> {
    const customer = { email: `down@${cell}.example`, first_name: "Ada", last_name: "Lovelace" };
    const customerId = await create(url, "/customers", customer, "customer_id");
    const plenty = await create(url, "/products", aProduct(6_000), "product_id");
    // Made in the cell that will be lost: a third of the units are here, and they are bought at once.
    const viewer = deployment.viewers.find((candidate) => candidate.cell === lost);
    const short = await create(viewer?.url ?? "", "/products", aProduct(9), "product_id");
    const shopping = { cell, url, customerId, plenty, short };
    await untilKnown(shopping);
    return shopping;
}

/** Waits until the product that the other cell made has come, by ordering it. */
async function untilKnown(shopping: Shopping): Promise<void> {
    const until = performance.now() + 20_000;
    while ((await order(shopping, shopping.short, 3)).status !== 201) {
        if (performance.now() > until) {
            throw new Error(`A product of ${lost} did not come to ${shopping.cell} within 20 s.`);
        }
    }
}

interface Timed {
    readonly status: number;
    readonly milliseconds: number;
}

/** One cell after the other, so that what is measured is not a crowd. */
async function inTurn<Value>(
    shoppings: readonly Shopping[],
    run: (shopping: Shopping) => Promise<Value>,
): Promise<readonly Value[]> {
    const values: Value[] = [];
    for (const shopping of shoppings) {
        values.push(await run(shopping));
    }
    return values;
}

async function timeOrders(shopping: Shopping, of: "plenty" | "short"): Promise<readonly Timed[]> {
    const count = of === "plenty" ? warmUps + ordersPerCell : shortOrdersPerCell;
    const times: Timed[] = [];
    for (let number = 0; number < count; number++) {
        times.push(await order(shopping, shopping[of], 1));
    }
    return of === "plenty" ? times.slice(warmUps) : times;
}

async function order(
    { url, customerId }: Shopping,
    productId: string,
    quantity: number,
): Promise<Timed> {
    const items = [{ product_id: productId, quantity }];
    const started = performance.now();
    const response = await fetch(`${url}/orders`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
        body: JSON.stringify({ customer_id: customerId, items }),
    });
    await response.arrayBuffer();
    return { status: response.status, milliseconds: performance.now() - started };
}

function slowest(times: readonly Timed[]): number {
    return Math.max(...times.map(({ milliseconds }) => milliseconds));
}
