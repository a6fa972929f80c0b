import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { connectedCells, type TestCell } from "../support/cells";
import type { DrillGround } from "./drill";
import type { Fault, MessageFaults } from "./faults";
import { createRandom, type Random } from "./random";

/** A drill's ground, and its end. */
export interface ProcessGround {
    readonly ground: DrillGround;
    close(): Promise<void>;
}

const roundMilliseconds = 30;
const roundsPerRebalance = 20;
const mostRoundsLate = 30;
/** A queue that delivers at least once does so on good days, too. */
const everyday = { lossRate: 0.1, duplicationRate: 0.2 };

/**
 * Three cells in this process: the real code on real databases behind the front door, reached over
 * HTTP, with a queue of each cell that is an array. It starts in two seconds where the local cloud
 * takes eight, and has no functions that could be killed.
 */
export async function openProcessGround(seed: string): Promise<ProcessGround> {
    const cells = await connectedCells(["us", "eu", "ap"]);
    const network = createNetwork(cells, createRandom(`${seed}/network`));
    const servers = await Promise.all(cells.map(serve));
    const byName = new Map(
        cells.map((cell, index) => [cell.cell.name, { cell, server: servers[index] }]),
    );
    const find = (name: string) => {
        const found = byName.get(name);
        if (found?.server === undefined) {
            throw new Error(`There is no cell ${name}.`);
        }
        return { cell: found.cell, server: found.server };
    };
    return {
        ground: {
            places: cells.map(({ cell }) => ({ ...cell, home: cell.name })),
            urlOf(name) {
                const { port } = find(name).server.address() as AddressInfo;
                return `http://127.0.0.1:${port}`;
            },
            connect: (name) => connect(find(name).cell),
            switches: {
                set: (fault) => network.set(fault, (name) => find(name).cell),
                heal: network.heal,
                counts: async () => network.counts,
                rareCounts: async () => network.counts,
            },
            hurry: async () => undefined,
            countBorrowings: async () => 0,
        },
        async close() {
            await network.stop();
            for (const server of servers) {
                server.closeAllConnections();
                server.close();
            }
            await Promise.all(cells.map(({ database }) => database.close()));
        },
    };
}

/** Carries messages, and does to them and to the cells what it is told. */
function createNetwork(cells: readonly TestCell[], random: Random) {
    const counts = { "messages delivered twice": 0, "messages delivered late": 0 };
    let faults: Pick<MessageFaults, "lossRate" | "duplicationRate"> = everyday;
    let isStopped = false;
    const held: { readonly cell: TestCell; readonly round: number; readonly text: string }[] = [];
    const later = (cell: TestCell, round: number, texts: readonly string[]): void => {
        for (const text of texts) {
            held.push({ cell, round: round + random.between(1, mostRoundsLate), text });
        }
    };
    /** What comes late, or once more, comes after what was sent later. */
    const disturb = (cell: TestCell, round: number, texts: readonly string[]) => {
        const { lossRate, duplicationRate } = faults;
        const late = texts.filter(() => random.chance(lossRate));
        const prompt = texts.filter((text) => !late.includes(text));
        const twice = prompt.filter(() => random.chance(duplicationRate));
        later(cell, round, [...late, ...twice]);
        counts["messages delivered late"] += late.length;
        counts["messages delivered twice"] += twice.length;
        return prompt;
    };
    const release = (cell: TestCell, round: number): readonly string[] => {
        const due = held.filter((one) => one.cell === cell && one.round <= round);
        for (const one of due) {
            held.splice(held.indexOf(one), 1);
        }
        return due.map(({ text }) => text);
    };
    const carry = async (cell: TestCell, round: number): Promise<void> => {
        if (!cell.isReachable) {
            return;
        }
        await cell.relay();
        const prompt = disturb(cell, round, random.shuffle(cell.queue.splice(0)));
        const arriving = [...prompt, ...release(cell, round)];
        const delivered = arriving.map((text, index) => ({ id: `${index}`, text }));
        const refused = await cell.apply(delivered);
        const again = refused.map(({ id }) => delivered[Number(id)]?.text ?? "");
        cell.queue.push(...again);
        if (round % roundsPerRebalance === 0) {
            await cell.rebalance();
        }
    };
    const running = cells.map(async (cell) => {
        for (let round = 1; !isStopped; round++) {
            // A database that refuses is asked again in the next round, as a queue would do.
            await carry(cell, round).catch(() => undefined);
            await wait(roundMilliseconds);
        }
    });
    return {
        counts,
        async set(fault: Fault, find: (name: string) => TestCell): Promise<void> {
            if (fault.kind === "cellDown" || fault.kind === "regionDown") {
                find(fault.cell).isReachable = false;
            } else if (fault.kind === "cut") {
                find(fault.from.name).cutOff.add(fault.to.number);
            } else if (fault.kind === "messages") {
                faults = fault.faults;
            } else if (fault.kind === "database") {
                await find(fault.cell).database.setFaults(fault.plan);
            }
        },
        async heal(): Promise<void> {
            faults = everyday;
            for (const cell of cells) {
                cell.isReachable = true;
                cell.cutOff.clear();
                await cell.database.setFaults({});
            }
        },
        async stop(): Promise<void> {
            isStopped = true;
            await Promise.all(running);
        },
    };
}

/** Lets a cell answer over HTTP, unless it is down. */
async function serve(cell: TestCell): Promise<http.Server> {
    const server = http.createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => void answer(cell, request, Buffer.concat(chunks), response));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
}

async function answer(
    cell: TestCell,
    request: http.IncomingMessage,
    content: Buffer,
    response: http.ServerResponse,
): Promise<void> {
    if (!cell.isReachable) {
        response.writeHead(502).end();
        return;
    }
    const { pathname } = new URL(request.url ?? "/", "http://cell");
    const { status, headers, body } = await cell.request({
        method: request.method ?? "GET",
        path: pathname,
        headers: request.headers as Record<string, string>,
        ...(content.length === 0 ? {} : { body: content.toString() }),
    });
    if (!cell.isReachable) {
        response.destroy();
        return;
    }
    response.writeHead(status, headers as Record<string, string>).end(JSON.stringify(body));
}

async function connect({ database }: TestCell): Promise<Client> {
    const { door, cluster } = database;
    return new Client({
        host: "127.0.0.1",
        port: door.door.port,
        user: "admin",
        database: "postgres",
        password: await door.token(cluster, "admin"),
        ssl: { ca: door.door.authorityPem, servername: cluster.hostName },
    });
}
