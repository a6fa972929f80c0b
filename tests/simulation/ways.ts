import type { QueueClient } from "../../app/aws/queue-client";
import type { SignedAnswer, SignedCall } from "../../app/aws/signed-fetch";
import { exchangePaths } from "../../app/replication/exchange-calls";
import { readMessage } from "../../app/replication/messages";
import { violation } from "./auditor";
import type { Surroundings } from "./cell";
import type { Task } from "./kernel";
import type { MemoryDatabase } from "./memory-database";
import type { TableName } from "./memory-table";
import type { QueuedMessage } from "./message-queue";

const requestMilliseconds = 29_000;

/** The address of the queue in a cell that takes messages from another one. */
export function queueUrl(from: number, to: number): string {
    return `queue:${from}:${to}`;
}

/** Sends to queues: an answer that is lost says "not accepted" of what was. */
export function queueClientOf(
    { kernel, network, cells, accepted, count }: Surroundings,
    from: number,
): QueueClient {
    return {
        send(url, texts, delaySeconds = 0) {
            const [kind, , destination] = url.split(":");
            if (kind === "wake") {
                const wake = () => cells.get(from)?.wake();
                if (delaySeconds > 0) {
                    kernel.after(1_000 * delaySeconds, undefined, wake);
                    return Promise.resolve([true]);
                }
                const woken = kernel.current();
                if (woken !== undefined) {
                    delete woken.stage;
                }
                wake();
                return Promise.resolve([true]);
            }
            const to = Number(destination);
            const task = kernel.current();
            return new Promise((resolve) => {
                const answers = texts.map(() => false);
                network.cross(from, to, () => {
                    for (const [index, text] of texts.entries()) {
                        answers[index] = true;
                        const queue = cells.get(to)?.inbound.get(from);
                        queue?.send(text);
                        accepted(from, to, text);
                        if (network.duplicates(from, to)) {
                            count("messages sent twice");
                            queue?.send(text);
                        }
                    }
                    network.cross(to, from, () =>
                        kernel.after(0, task, () => {
                            if (task !== undefined) {
                                task.stage = "sent";
                            }
                            resolve(answers);
                        }),
                    );
                });
                kernel.after(3_000, task, () => resolve(texts.map(() => false)));
            });
        },
    };
}

/** Asks another cell's API; without an answer in time it fails, whatever was done there. */
export function ask(
    surroundings: Surroundings,
    from: number,
    call: SignedCall,
): Promise<SignedAnswer> {
    const { kernel, network, cells } = surroundings;
    const { hostname, pathname } = new URL(call.url);
    const to = Number(hostname.split(".")[0]);
    const task = kernel.current();
    if (pathname === exchangePaths.borrow) {
        surroundings.asked(to, JSON.parse(call.body ?? "{}"));
    }
    return new Promise((resolve, reject) => {
        kernel.after(call.timeoutMilliseconds, task, () => reject(new Error("timed out")));
        network.cross(from, to, () => {
            const cell = cells.get(to);
            const route = cell?.internalRoutes.find(({ path }) => path === pathname);
            if (cell === undefined || cell.isClosed || route === undefined) {
                return;
            }
            const asked = kernel.spawn(to, "exchange", async () => {
                const answer = await route.handle(JSON.parse(call.body ?? "null"), 28_000).then(
                    (body) => ({ status: 200, headers: {}, body: JSON.stringify(body) }),
                    () => ({ status: 503, headers: {}, body: "" }),
                );
                network.cross(to, from, () =>
                    kernel.after(0, task, () => {
                        noteBorrowing(surroundings, pathname, task, answer.status);
                        resolve(answer);
                    }),
                );
            });
            kernel.expire(asked, requestMilliseconds);
        });
    });
}

function noteBorrowing(
    { count, network, numbers }: Surroundings,
    path: string,
    task: Task | undefined,
    status: number,
): void {
    if (path !== exchangePaths.borrow || status !== 200) {
        return;
    }
    count(task?.name === "orders" ? "borrowed for an order" : "rebalanced");
    const isAnyCut = numbers.some((from) => numbers.some((to) => network.link(from, to).isCut));
    if (task?.name === "orders" && isAnyCut) {
        count("borrowed while a link was cut");
    }
}

/** Counts messages that bring nothing new. */
export function noteStale(
    { count }: Surroundings,
    database: MemoryDatabase,
    cell: number,
    text: string,
): void {
    const { kind, told, stored } = versions(database, cell, text);
    if (kind === "grant" && stored >= told) {
        count("gifts told again that were taken in already");
    } else if (stored > told) {
        count("stale copies ignored");
    }
}

/** What is acknowledged is committed: a queue forgets it. */
export function failUnlessTakenIn(
    { kernel }: Surroundings,
    database: MemoryDatabase,
    cell: number,
    batch: readonly QueuedMessage[],
    again: ReadonlySet<string>,
): void {
    for (const { id, text } of batch) {
        const { told, stored } = versions(database, cell, text);
        if (!again.has(id) && stored < told) {
            kernel.fail(violation(`Cell ${cell} acknowledged what it has not taken in: ${text}`));
        }
    }
}

/** Which version a message tells of, and which one is stored; a hint has none. */
function versions(database: MemoryDatabase, cell: number, text: string) {
    const { kind, state } = readMessage(text, cell);
    const tables = database.tables();
    const versionIn = (table: TableName, key: string, column = "version") =>
        Number(tables[table].entries.get(key)?.row?.[column] ?? 0);
    switch (kind) {
        case "product":
            return { kind, told: state.version, stored: versionIn("product", state.productId) };
        case "customer_stub":
            return { kind, told: state.version, stored: versionIn("stub", state.customerId) };
        case "order":
            return { kind, told: state.version, stored: versionIn("orders", state.orderId) };
        case "grant": {
            const key = `${state.productId}/${state.donor}`;
            return { kind, told: state.given, stored: versionIn("applied", key, "applied") };
        }
        default:
            return { kind, told: 0, stored: 0 };
    }
}
