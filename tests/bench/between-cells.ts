import { setTimeout as wait } from "node:timers/promises";
import type { LocalDeployment } from "../../infra/local/deploy";
import { countBorrowings, stackCells } from "../chaos/local-ground";
import { aProduct, create, deployShop } from "./deployed-shop";
import { type Bench, median, type Result } from "./measure";

const stack = "dev";
const changes = 24;
const warmUps = 15;
const ordersPerCell = 120;
const products = 20;
const unitsOfEach = 600;
const pollMilliseconds = 10;
const visibleWithinMilliseconds = 30_000;

/** What a shop of several cells costs a healthy one, with the times between Regions as they are. */
export async function measureBetweenCells(bench: Bench): Promise<readonly Result[]> {
    const cells = stackCells(stack);
    const alone = new Map<string, number>();
    for (const cell of cells) {
        bench.progress(`orders in ${String(cell["name"])} alone`);
        const { deployment, stop } = await deployShop(bench, [cell]);
        alone.set(String(cell["name"]), median(await timeOrders(deployment, String(cell["name"]))));
        await stop();
    }
    bench.progress("a change and the other cells");
    const { deployment, stop } = await deployShop(bench, cells);
    const delays = await timeChanges(deployment);
    const before = await countBorrowings(deployment.logFolder);
    const ratios: Result[] = [];
    for (const { cell } of deployment.viewers) {
        bench.progress(`orders in ${cell} among ${cells.length} cells`);
        ratios.push({
            measure: `an order in ${cell}, p50, by one in ${cell} alone`,
            unit: "ms",
            value: median(await timeOrders(deployment, cell)),
            baseline: alone.get(cell) ?? Number.NaN,
            budget: { of: "ratio", comparison: "at most", limit: 1.2 },
        });
    }
    const orders = cells.length * (ordersPerCell + warmUps);
    const borrowings = (await countBorrowings(deployment.logFolder)) - before;
    await stop();
    return [
        {
            measure: "a change is seen in another cell, p50",
            unit: "ms",
            value: median(delays),
            budget: { of: "value", comparison: "at most", limit: 1_000 },
        },
        {
            measure: "orders that need no other cell",
            unit: "%",
            value: 100 * (1 - borrowings / orders),
            budget: { of: "value", comparison: "at least", limit: 98 },
        },
        ...ratios,
    ];
}

/**
 * Of new products, because the edge keeps a page for a while, but no 404.
 * @returns how long each took until the viewers of another cell saw it, in milliseconds
 */
async function timeChanges({ viewers }: LocalDeployment): Promise<readonly number[]> {
    const urls = viewers.map(({ url }) => url);
    const delays: number[] = [];
    for (let change = 0; change < changes; change++) {
        const home = urls[change % urls.length] ?? "";
        const id = await create(home, "/products", aProduct(10), "product_id");
        const since = performance.now();
        const others = urls.filter((url) => url !== home);
        delays.push(...(await Promise.all(others.map((url) => timeUntilSeen(url, id, since)))));
    }
    return delays;
}

async function timeUntilSeen(url: string, productId: string, since: number): Promise<number> {
    for (;;) {
        const response = await fetch(`${url}/products/${productId}`);
        await response.arrayBuffer();
        const milliseconds = performance.now() - since;
        if (response.status === 200) {
            return milliseconds;
        }
        if (milliseconds > visibleWithinMilliseconds) {
            throw new Error(`A product was not seen in another cell within ${milliseconds} ms.`);
        }
        await wait(pollMilliseconds);
    }
}

/** @returns how long each order of one line took, in milliseconds */
async function timeOrders(deployment: LocalDeployment, cell: string): Promise<readonly number[]> {
    const url = deployment.viewers.find((viewer) => viewer.cell === cell)?.url ?? "";
    const customer = { email: `bench@${cell}.example`, first_name: "Ada", last_name: "Lovelace" };
    const customer_id = await create(url, "/customers", customer, "customer_id");
    const productIds: string[] = [];
    while (productIds.length < products) {
        productIds.push(await create(url, "/products", aProduct(unitsOfEach), "product_id"));
    }
    const times: number[] = [];
    for (let order = 0; order < warmUps + ordersPerCell; order++) {
        const items = [{ product_id: productIds[order % products], quantity: 1 }];
        const started = performance.now();
        await create(url, "/orders", { customer_id, items }, "order_id");
        times.push(performance.now() - started);
    }
    return times.slice(warmUps);
}
