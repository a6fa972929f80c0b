import { setTimeout as wait } from "node:timers/promises";
import { createRandom } from "../random";
import type { Client } from "./client";
import { act, browse, createCustomer, createProduct, type Shopper } from "./shopper";
import { createWorld } from "./world";

export interface CrowdOptions {
    readonly seed: string;
    readonly cells: readonly { readonly name: string; readonly number: number }[];
    readonly client: Client;
    /** Clients of each cell. */
    readonly clientsPerCell: number;
    /** What all clients together begin at most, so that they leave the computer some time. */
    readonly actsPerSecond: number;
    /** The share of acts that only look at a product, 0 to 1. */
    readonly browsing?: number;
}

/** Clients that go on until they are stopped. */
export interface Crowd {
    /** Lets everybody in; at first there are customers and products to be made. */
    start(): Promise<void>;
    /** Resolves when nobody waits for an answer. */
    pause(): Promise<void>;
    resume(): void;
    stop(): Promise<void>;
    /** Changes one thing in each cell, whether the crowd is paused or not. */
    nudge(): Promise<void>;
    /** Rejects when a client cannot go on. */
    readonly failed: Promise<never>;
}

/** Makes clients who are not shopping yet. */
export function createCrowd(options: CrowdOptions): Crowd {
    const { clientsPerCell, cells, actsPerSecond, browsing = 0 } = options;
    const shoppers = shoppersOf(options);
    const pauseMilliseconds = (1_000 * clientsPerCell * cells.length) / actsPerSecond;
    let isStopped = false;
    let isPaused = false;
    let gate = Promise.resolve();
    let open = (): void => undefined;
    const busy = new Set<Promise<void>>();
    let fail: (reason: unknown) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
        fail = reject;
    });
    // Whoever waits for it is told; nobody else needs to be.
    failed.catch(() => undefined);

    const shop = async (shopper: Shopper): Promise<void> => {
        const { random } = shopper;
        await wait(pauseMilliseconds * random.next());
        while (!isStopped) {
            await gate;
            if (isStopped) {
                return;
            }
            const acting = random.chance(browsing) ? browse(shopper) : act(shopper);
            busy.add(acting);
            await acting.finally(() => busy.delete(acting));
            await wait(pauseMilliseconds * (0.5 + random.next()));
        }
    };
    const idle = async (): Promise<void> => {
        do {
            await Promise.allSettled(busy);
            // Whoever had passed the gate begins now.
            await wait(0);
        } while (busy.size > 0);
    };
    let running: readonly Promise<void>[] = [];
    return {
        failed,
        async start() {
            for (const shopper of firstOfEach(shoppers)) {
                await createCustomer(shopper);
                await createCustomer(shopper);
                await createProduct(shopper);
                await createProduct(shopper);
            }
            running = shoppers.map((shopper) => shop(shopper).catch(fail));
        },
        async pause() {
            if (!isPaused) {
                isPaused = true;
                gate = new Promise((resolve) => {
                    open = resolve;
                });
            }
            await idle();
        },
        resume() {
            isPaused = false;
            open();
        },
        async nudge() {
            await Promise.all(firstOfEach(shoppers).map(createCustomer));
        },
        async stop() {
            isStopped = true;
            open();
            await idle();
            await Promise.all(running);
        },
    };
}

function shoppersOf({ seed, cells, client, clientsPerCell }: CrowdOptions): readonly Shopper[] {
    const random = createRandom(seed);
    const world = createWorld();
    return cells.flatMap((cell, index) =>
        Array.from({ length: clientsPerCell }, (_, place) => {
            const process = index * clientsPerCell + place;
            const fork = random.fork(`client ${process}`);
            return { process, cell, cells, random: fork, world, client, seed };
        }),
    );
}

function firstOfEach(shoppers: readonly Shopper[]): readonly Shopper[] {
    const byCell = new Map(shoppers.map((shopper) => [shopper.cell.number, shopper]));
    return [...byCell.values()];
}
