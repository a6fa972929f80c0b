import { beatHeart } from "../database/health-store";
import { fault, isFault } from "../fault";
import type { Reply, Request, Route, Services } from "../http/operation";
import { exchangePaths } from "../replication/exchange-calls";
import { findLinks, readDepths, readLinks } from "../replication/link-store";
import type { Neighbours } from "../replication/neighbours";

/**
 * The operations on the service itself.
 * @param region the Region the function runs in, told to whoever asks for its health
 */
export function statusRoutes(region: string): readonly Route[] {
    return [
        {
            operationId: "getHealth",
            handle: (request: Request, services: Services) => health(request, services, region),
        },
        { operationId: "listCells", handle: cells },
        { operationId: "getOpenApi", handle: openApi },
    ];
}

/** Whether this Region can take an order: a commit tells, which a read does not. */
async function health(
    { tenantId }: Request,
    { session, cell }: Services,
    region: string,
): Promise<Reply> {
    const started = performance.now();
    try {
        await session.query(beatHeart(tenantId));
    } catch (cause) {
        // Whatever keeps the database from answering, a client should look for another cell.
        throw isFault(cause)
            ? cause
            : fault("database_unavailable", "The database of this cell does not answer.", {
                  cause,
              });
    }
    const milliseconds = Math.round(performance.now() - started);
    return {
        status: 200,
        body: { status: "ok", cell: cell.name, region, database: { status: "ok", milliseconds } },
    };
}

/** What this cell knows of each other one, and whether it answers now. */
async function cells(request: Request, services: Services): Promise<Reply> {
    const { session, cell, neighbours } = services;
    const numbers = neighbours.cells.map(({ number }) => number);
    const [[linkRows = [], depthRows = []], reachable] = await Promise.all([
        session.transact(findLinks(request.tenantId, numbers)),
        Promise.all(numbers.map((number) => answers(neighbours, number))),
    ]);
    const links = readLinks(linkRows);
    const depths = readDepths(depthRows);
    const now = Date.now();
    const others = neighbours.cells.map(({ name, number }, index) => {
        const { sentAt = null, digestAgreedAt = null } = links.get(number) ?? {};
        return {
            cell: name,
            reachable: reachable[index] ?? false,
            lag_seconds: sentAt === null ? null : Math.max(0, (now - Date.parse(sentAt)) / 1_000),
            outbox_depth: depths.get(number) ?? 0,
            digest_agreed_at: digestAgreedAt,
        };
    });
    return { status: 200, body: { cell: cell.name, cells: others } };
}

const pingTimeoutMilliseconds = 1_000;

async function answers(neighbours: Neighbours, cellNumber: number): Promise<boolean> {
    try {
        const { status } = await neighbours.call(cellNumber, {
            method: "GET",
            path: exchangePaths.ping,
            timeoutMilliseconds: pingTimeoutMilliseconds,
        });
        return status === 200;
    } catch {
        return false;
    }
}

async function openApi(): Promise<Reply> {
    // Not loaded until it is asked for: the function mostly answers health checks, which need no
    // contract, and it would lengthen each of the function's starts by a tenth.
    const { publishedContract } = require("../http/contract") as typeof import("../http/contract");
    return {
        status: 200,
        headers: { "Cache-Control": "public, max-age=60" },
        body: publishedContract,
    };
}
