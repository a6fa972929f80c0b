import { insertStub } from "../../app/customers/customer-stub-store";
import { insertNotices } from "../../app/replication/outbox-store";
import { newId } from "../../app/values/ids";
import { createRandom } from "../chaos/random";
import { createAuditor } from "./auditor";
import { createCell, type SimulatedCell, type Surroundings, tenantId } from "./cell";
import { brokenPromises, differences } from "./convergence";
import { startFaults } from "./fault-runner";
import { type Fault, planFaults } from "./faults";
import { createKernel } from "./kernel";
import { createMemoryDatabase, type MemoryDatabase } from "./memory-database";
import { createNetwork, heal } from "./network";
import { add, type Counters } from "./reached";
import { substitute } from "./substitutes";
import { startWorkload, type Workload } from "./workload";

/** How one world went. */
export interface WorldResult {
    readonly seed: string;
    readonly faults: readonly Fault[];
    readonly steps: number;
    readonly counters: Counters;
    /** From healing to the moment when all cells agreed, milliseconds. */
    readonly convergedAfter: number;
    /** Which rule was broken; undefined when none was. */
    readonly violation: string | undefined;
}

const faultMilliseconds = 30_000;
const convergenceMilliseconds = 20 * 60_000;
const checkEvery = 500;
const importEvery = 60;
const restoreEvery = 4;

/** What goes wrong in a world, by its seed alone. */
export function faultsOf(seed: string): readonly Fault[] {
    const random = createRandom(`${seed}/faults`);
    const number = Number(seed.split(".")[1] ?? 0);
    return planFaults(random, numbersOf(seed), faultMilliseconds, {
        hasRestore: number % restoreEvery === 1,
        hasImport: number % importEvery === 2,
    });
}

/** Mostly three cells, sometimes two. */
function numbersOf(seed: string): readonly number[] {
    return createRandom(`${seed}/size`).chance(0.15) ? [1, 2] : [1, 2, 3];
}

/** Lets a world live through its faults, heals it, and sees whether it comes to rest in agreement. */
export async function runWorld(seed: string, faults = faultsOf(seed)): Promise<WorldResult> {
    const counters: Counters = new Map();
    const kernel = createKernel();
    const random = createRandom(seed);
    substitute({ kernel, random: random.fork("program") });
    const databases = new Map<number, MemoryDatabase>();
    const auditor = createAuditor(databases);
    const surroundings: Surroundings = {
        kernel,
        random: random.fork("network"),
        network: createNetwork(kernel, random.fork("links")),
        numbers: numbersOf(seed),
        cells: new Map(),
        asked: auditor.asked,
        accepted: auditor.accepted,
        count: (name, times) => add(counters, name, times),
    };
    for (const number of surroundings.numbers) {
        databases.set(number, openDatabase(surroundings, number, auditor.committed));
    }
    for (const [number, database] of databases) {
        surroundings.cells.set(number, createCell(surroundings, number, database));
    }
    const promises = { orders: new Map(), products: [], customers: addCustomers(surroundings) };
    const workload = startWorkload(surroundings, promises, 100 + 400 * random.next());
    const restored = startFaults({ ...surroundings, auditor, promises }, faults);
    let healedAt = Number.POSITIVE_INFINITY;
    let violation: string | undefined;
    try {
        await kernel.run(() => kernel.now() >= faultMilliseconds);
        calmDown(surroundings, workload);
        healedAt = kernel.now();
        await convergence(surroundings, workload);
        const [broken] = brokenPromises(surroundings.cells, promises, restored);
        violation = broken;
    } catch (error) {
        violation = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    const convergedAfter = kernel.now() - healedAt;
    return { seed, faults, steps: kernel.steps(), counters, convergedAfter, violation };
}

function openDatabase(
    { kernel, random, count }: Surroundings,
    number: number,
    committed: (
        cell: number,
        changes: Parameters<ReturnType<typeof createAuditor>["committed"]>[1],
    ) => void,
): MemoryDatabase {
    return createMemoryDatabase(kernel, random, {
        committed(changes) {
            committed(number, changes);
            const givingWay = changes.filter(
                ({ table, after }) =>
                    table === "orders" && after?.["home"] === number && after["superseded_by"],
            );
            if (givingWay.length > 0) {
                count("orders that gave way to another cell's", givingWay.length);
            }
        },
        refused: () => count("transactions refused"),
        lostAnswer: () => count("commits that were made though their answer was lost"),
        conflict: () => count("conflicts"),
    });
}

/** Two customers of each cell. */
function addCustomers({ cells, numbers }: Surroundings): string[] {
    return [...cells.values()].flatMap(({ number: home, database }) =>
        [1, 2].map(() => {
            const customerId = newId(home);
            const notices = numbers
                .filter((other) => other !== home)
                .map(
                    (destination) =>
                        ({ destination, kind: "customer_stub", ref: customerId }) as const,
                );
            database.execute([
                insertStub(tenantId, { customerId, home, version: 1 }),
                ...insertNotices(tenantId, home, notices, new Date().toISOString()),
            ]);
            return customerId;
        }),
    );
}

/** No fault goes on; what is running, waiting or half done does. */
function calmDown({ kernel, network, numbers, cells }: Surroundings, workload: Workload): void {
    workload.stop();
    heal(network, [0, ...numbers]);
    for (const { number, database } of cells.values()) {
        kernel.pause(number, 0);
        Object.assign(database.faults, { refused: 0, lostAnswer: 0, conflict: 0 });
    }
}

/** @throws Error when the cells do not come to agree */
async function convergence({ kernel, cells }: Surroundings, workload: Workload): Promise<void> {
    const endsAt = kernel.now() + convergenceMilliseconds;
    const isAtRest = () =>
        workload.active() === 0 &&
        [...cells.values()].every((cell: SimulatedCell) => !cell.isClosed) &&
        differences(cells).length === 0;
    for (;;) {
        const until = kernel.now() + checkEvery;
        await kernel.run(() => kernel.now() >= until);
        if (isAtRest()) {
            return;
        }
        if (kernel.now() > endsAt) {
            const left = differences(cells).slice(0, 3).join("; ");
            throw new Error(`The cells have not converged: ${workload.active()} clients; ${left}`);
        }
    }
}
