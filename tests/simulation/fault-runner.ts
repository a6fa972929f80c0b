import { insertProduct } from "../../app/catalog/product-store";
import { tellAll } from "../../app/replication/notices";
import { newId } from "../../app/values/ids";
import { defaultCurrency } from "../../app/values/money";
import type { Auditor } from "./auditor";
import { type SimulatedCell, type Surroundings, tenantId } from "./cell";
import type { Fault } from "./faults";
import type { Task } from "./kernel";
import { copyTables, type Tables } from "./memory-table";
import { takeBack } from "./restoring";
import type { Promises } from "./workload";

/** What faults are let loose on. */
export interface Victims extends Surroundings {
    readonly auditor: Auditor;
    readonly promises: Promises;
}

const largeBacklog = 10_000;
/** Longer than any function may run that has heard from the cell. */
const drainMilliseconds = 65_000;
const importedAtOnce = 500;

/**
 * Lets each fault happen at its time.
 * @returns the cells that were restored from a backup
 */
export function startFaults(victims: Victims, faults: readonly Fault[]): ReadonlySet<number> {
    const restored = new Set<number>();
    for (const fault of faults) {
        victims.kernel.after(fault.at, undefined, () => begin(victims, fault));
        if (fault.kind === "restore") {
            restored.add(fault.cell);
            prepareRestore(victims, fault);
        }
    }
    return restored;
}

function begin(victims: Victims, fault: Fault): void {
    const { kernel, network, cells, count } = victims;
    switch (fault.kind) {
        case "cut": {
            const link = network.link(fault.from, fault.to);
            link.isCut = true;
            count("links cut one way");
            kernel.after(fault.lasts, undefined, () => {
                link.isCut = false;
                noteBacklog(victims, fault.from, fault.to);
            });
            return;
        }
        case "noise": {
            const link = network.link(fault.from, fault.to);
            const { loss, duplication, slowness } = fault;
            Object.assign(link, { loss, duplication, slowness });
            kernel.after(fault.lasts, undefined, () =>
                Object.assign(link, { loss: 0, duplication: 0, slowness: 0 }),
            );
            return;
        }
        case "database": {
            const { refused, lostAnswer, conflict } = fault;
            const target = cells.get(fault.cell)?.database.faults ?? {};
            Object.assign(target, { refused, lostAnswer, conflict });
            kernel.after(fault.lasts, undefined, () =>
                Object.assign(target, { refused: 0, lostAnswer: 0, conflict: 0 }),
            );
            return;
        }
        case "pause":
            count("paused");
            kernel.pause(fault.cell, fault.lasts);
            return;
        case "clock":
            count("clock steps");
            kernel.stepClock(fault.cell, fault.milliseconds);
            return;
        case "kill":
            kill(victims, fault.cell, fault.likelihood);
            return;
        case "dead-letters":
            for (const queue of cells.get(fault.cell)?.inbound.values() ?? []) {
                count("messages lost", queue.lose(fault.loss));
            }
            return;
        case "import":
            importProducts(victims, fault.cell, fault.rows);
            return;
        case "restore":
            return;
    }
}

function kill({ kernel, random, count }: Victims, cell: number, likelihood: number): void {
    for (const task of kernel.kill(cell, () => random.chance(likelihood))) {
        count(`killed: ${task.name}`);
        const state = stateOf(task);
        if (state !== undefined) {
            count(state);
        }
    }
}

function stateOf({ name, stage }: Task): string | undefined {
    if (name === "relay") {
        return stage === "sent" ? "killed between send and removal" : undefined;
    }
    if (["orders", "catalog", "exchange"].includes(name) && stage === "committed") {
        return "killed between commit and send";
    }
    return name === "orders" ? "killed in an order" : undefined;
}

function noteBacklog({ cells, count }: Victims, from: number, to: number): void {
    const waiting = cells.get(from)?.database.tables().outbox.index.get(String(to))?.size ?? 0;
    if (waiting > largeBacklog) {
        count("healed with a backlog over 10,000 rows");
    }
}

function importProducts({ cells }: Victims, number: number, rows: number): void {
    const cell = cells.get(number);
    if (cell === undefined) {
        return;
    }
    const createdAt = new Date().toISOString();
    for (let start = 0; start < rows; start += importedAtOnce) {
        const statements = Array.from({ length: importedAtOnce }, () => {
            const product = {
                productId: newId(number),
                name: "imported",
                description: "",
                category: "imported",
                priceMinor: 100n,
                currency: defaultCurrency,
                home: number,
                version: 1,
                stockQuantity: 0,
                createdAt,
                updatedAt: createdAt,
            } as const;
            const row = {
                tenantId,
                kind: "product",
                ref: product.productId,
                changedAt: createdAt,
            } as const;
            return [insertProduct(tenantId, product), ...tellAll(cell.services, row)];
        });
        cell.database.execute(statements.flat());
    }
}

/** Keeps the backup when its time comes, and puts it back when the cell breaks. */
function prepareRestore(
    victims: Victims,
    { at, age, cell: number }: Extract<Fault, { kind: "restore" }>,
): void {
    const { kernel, cells } = victims;
    const cell = cells.get(number);
    if (cell === undefined) {
        return;
    }
    let backup: Tables | undefined;
    kernel.after(at - age, undefined, () => {
        backup = copyTables(cell.database.tables());
    });
    kernel.after(at, undefined, () => {
        if (backup !== undefined) {
            cell.isClosed = true;
            victims.auditor.restoring(number);
            kernel.kill(number, () => true);
            cell.database.restore(backup);
            kernel.after(drainMilliseconds, undefined, () => reopen(victims, cell));
        }
    });
}

function reopen(victims: Victims, cell: SimulatedCell): void {
    const { kernel, cells, auditor, promises, count } = victims;
    const others = [...cells.values()].filter((other) => other !== cell);
    if (others.some(({ inbound }) => (inbound.get(cell.number)?.messages.size ?? 0) > 0)) {
        kernel.after(1_000, undefined, () => reopen(victims, cell));
        return;
    }
    takeBack(cell, others);
    auditor.restored(cell.number);
    forgetPromises(promises, cell);
    count("restored from a backup");
    cell.isClosed = false;
}

/** What nobody has any more cannot be asked for. */
function forgetPromises({ orders }: Promises, { number, database }: SimulatedCell): void {
    for (const [id, promise] of orders) {
        const row = database.tables().orders.entries.get(id)?.row;
        if (promise.cell === number) {
            promise.isCancelled = row?.["status"] === "cancelled";
            if (row === undefined) {
                orders.delete(id);
            }
        }
    }
}
