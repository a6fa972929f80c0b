import { touchDatabase } from "../database/health-store";
import { fault, isFault } from "../fault";
import type { Reply, Request, Route, Services } from "../http/operation";

/**
 * The operations on the service itself.
 * @param region the Region the function runs in, told to whoever asks for its health
 */
export function statusRoutes(region: string): readonly Route[] {
    return [
        {
            operationId: "getHealth",
            handle: (_: Request, services: Services) => health(services, region),
        },
        { operationId: "getOpenApi", handle: openApi },
    ];
}

async function health({ session, cell }: Services, region: string): Promise<Reply> {
    const started = performance.now();
    try {
        await session.query(touchDatabase());
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
