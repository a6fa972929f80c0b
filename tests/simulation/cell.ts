import type { Environment, OtherCell } from "../../app/environment";
import type { InternalRoute } from "../../app/http/internal-api";
import type { Services } from "../../app/http/operation";
import { applyBatch } from "../../app/replication/apply";
import { openCopies } from "../../app/replication/copy-store";
import { compareWithCopies } from "../../app/replication/digest-run";
import type { BorrowBody } from "../../app/replication/exchange-calls";
import { exchangeRoutes } from "../../app/replication/exchange-routes";
import { writeMessage } from "../../app/replication/messages";
import { openNeighbours } from "../../app/replication/neighbours";
import { openOutbox } from "../../app/replication/outbox-store";
import { rebalanceOnce } from "../../app/replication/rebalance";
import { openRebalancing } from "../../app/replication/rebalance-ports";
import { relayAll } from "../../app/replication/relay";
import type { Random } from "../chaos/random";
import type { Kernel, Task } from "./kernel";
import type { MemoryDatabase } from "./memory-database";
import { createMessageQueue, type MessageQueue } from "./message-queue";
import type { Network } from "./network";
import { ask, failUnlessTakenIn, noteStale, queueClientOf, queueUrl } from "./ways";

export const tenantId = "main";

/** A cell with the program's own code in it; only what lies under its ports is simulated. */
export interface SimulatedCell {
    readonly number: number;
    readonly database: MemoryDatabase;
    readonly services: Services;
    /** Its queue for each other cell. */
    readonly inbound: ReadonlyMap<number, MessageQueue>;
    readonly internalRoutes: readonly InternalRoute[];
    /** Compares its rows with the copies elsewhere, at once. */
    digest(): void;
    /** Closed: none of its functions starts. */
    isClosed: boolean;
    wake(): void;
}

/** What the cells of a world share. */
export interface Surroundings {
    readonly kernel: Kernel;
    readonly random: Random;
    readonly network: Network;
    readonly numbers: readonly number[];
    readonly cells: Map<number, SimulatedCell>;
    /** Told of each request for units. */
    asked(donor: number, body: BorrowBody): void;
    /** Told of each message that a queue has accepted. */
    accepted(from: number, to: number, text: string): void;
    count(name: string, times?: number): void;
}

const relayEvery = 2_000;
const rebalanceEvery = 5_000;
const digestEvery = 20_000;
const invocationMilliseconds = 60_000;

export function createCell(
    surroundings: Surroundings,
    number: number,
    database: MemoryDatabase,
): SimulatedCell {
    const { kernel, random, numbers, cells, count } = surroundings;
    const queueClient = queueClientOf(surroundings, number);
    const environment = environmentOf(number, numbers);
    const neighbours = openNeighbours(environment, {
        signedFetch: (call) => ask(surroundings, number, call),
        queueClient,
        log: () => undefined,
    });
    const session = database.session;
    const services: Services = { session, cell: { name: `c${number}`, number }, neighbours };
    const isClosed = () => cells.get(number)?.isClosed !== false;
    const copies = openCopies(session, number);
    const inbound = new Map(
        numbers
            .filter((other) => other !== number)
            .map((other) => [
                other,
                createMessageQueue(kernel, random, number, isClosed, async (batch) => {
                    for (const { text } of batch) {
                        noteStale(surroundings, database, number, text);
                    }
                    const refused = await applyBatch(copies, number, batch);
                    const again = new Set(refused.map(({ id }) => id));
                    failUnlessTakenIn(surroundings, database, number, batch, again);
                    return again;
                }),
            ]),
    );
    const outbox = openOutbox(session, { tenantId, cellNumber: number });
    const queues = {
        send: (destination: number, messages: readonly Parameters<typeof writeMessage>[0][]) =>
            queueClient.send(queueUrl(number, destination), messages.map(writeMessage)),
    };
    const relay = async () => {
        const endsAt = kernel.now() + invocationMilliseconds / 2;
        await Promise.allSettled(
            [...inbound.keys()].map((other) =>
                relayAll({ outbox, queues }, other, () => kernel.now() < endsAt),
            ),
        );
    };
    const rebalancing = openRebalancing(services, tenantId, queueClient);
    let position: string | undefined;
    const rebalance = async () => {
        const report = await rebalanceOnce(rebalancing, position);
        position = report.next;
    };
    const invoke = invoker(kernel, number, isClosed);
    const cell: SimulatedCell = {
        number,
        database,
        services,
        inbound,
        internalRoutes: exchangeRoutes(services),
        isClosed: false,
        digest: () =>
            invoke("digest", 1, async () => {
                const reports = await compareWithCopies(services, tenantId);
                const repaired = reports.reduce((total, { behind }) => total + behind, 0);
                count("rows repaired by a digest", repaired);
            }),
        wake: () => invoke("relay", 2, relay),
    };
    repeat(kernel, relayEvery, random, cell.wake);
    repeat(kernel, rebalanceEvery, random, () => invoke("rebalance", 1, rebalance));
    repeat(kernel, digestEvery, random, cell.digest);
    return cell;
}

/** Starts a function as a schedule would, unless as many as are reserved are running. */
function invoker(kernel: Kernel, cell: number, isClosed: () => boolean) {
    const running = new Map<string, Task[]>();
    return (name: string, concurrency: number, body: () => Promise<void>): void => {
        const alive = (running.get(name) ?? []).filter((task) => task.isAlive);
        running.set(name, alive);
        if (alive.length >= concurrency || isClosed()) {
            return;
        }
        // A function that fails is logged and started again by its schedule.
        const task = kernel.spawn(cell, name, () => body().catch(() => undefined));
        alive.push(task);
        kernel.expire(task, invocationMilliseconds);
    };
}

function repeat(kernel: Kernel, milliseconds: number, random: Random, run: () => void): void {
    const again = () => {
        run();
        kernel.after(milliseconds, undefined, again);
    };
    kernel.after(milliseconds * random.next(), undefined, again);
}

function environmentOf(number: number, numbers: readonly number[]): Environment {
    const otherCells: readonly OtherCell[] = numbers
        .filter((other) => other !== number)
        .map((other) => ({
            name: `c${other}`,
            number: other,
            weight: 1,
            region: "simulated-region-1",
            url: `https://${other}.simulated`,
            queueUrl: queueUrl(number, other),
        }));
    return {
        cellName: `c${number}`,
        cellNumber: number,
        region: "simulated-region-1",
        databaseEndpoint: "database.simulated",
        databaseRole: "shop_simulated",
        credentials: { accessKeyId: "simulated", secretAccessKey: "simulated" },
        cellWeight: 1,
        otherCells,
        relayQueueUrl: `wake:${number}`,
        queueEndpoint: undefined,
    };
}
