import { randomUUID } from "node:crypto";
import { deployLocally, type LocalDeployment } from "../../infra/local/deploy";
import type { Bench } from "./measure";
import { makeFolder } from "./temporary-folder";

const stack = "dev";

/** Deploys the shop with these cells, and with the times between Regions as they are. */
export async function deployShop(
    bench: Bench,
    cells: readonly unknown[],
): Promise<{ readonly deployment: LocalDeployment; stop(): Promise<void> }> {
    const folder = await makeFolder(bench, "deployed-shop");
    const deployment = await deployLocally({
        stack,
        folder,
        durable: false,
        hasLatency: true,
        overrides: { cells },
    });
    let stopping: Promise<void> | undefined;
    const stop = (): Promise<void> => {
        stopping ??= deployment.stop();
        return stopping;
    };
    bench.later(stop);
    return { deployment, stop };
}

/** The body that makes a product. */
export function aProduct(units: number): object {
    return { name: "Lamp", price: 10, stock_quantity: units, category: "lighting" };
}

/**
 * Posts a body with a key of its own, as a careful client does.
 * @returns the id of what was created
 * @throws Error when the answer is anything but 201
 */
export async function create(
    url: string,
    path: string,
    body: unknown,
    id: string,
): Promise<string> {
    const response = await fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
        body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 201) {
        throw new Error(`POST ${path} was answered with ${response.status}: ${text}`);
    }
    return String((JSON.parse(text) as Record<string, unknown>)[id]);
}
