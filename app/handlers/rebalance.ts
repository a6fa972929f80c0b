import { setTimeout as wait } from "node:timers/promises";
import { createQueueClient } from "../aws/queue-client";
import { createSignedFetch } from "../aws/signed-fetch";
import { openSession } from "../database/dsql";
import { readEnvironment } from "../environment";
import { tenantOfRequest } from "../http/tenant";
import { log } from "../log";
import { openNeighbours } from "../replication/neighbours";
import { type RebalanceReport, rebalanceOnce } from "../replication/rebalance";
import { openRebalancing } from "../replication/rebalance-ports";

/** How long one invocation goes on: a schedule cannot start it more often than each minute. */
export interface RebalanceRequest {
    /** 0 for a single run. */
    readonly loopSeconds?: number;
    readonly everySeconds?: number;
}

/**
 * The function that keeps the stock where the customers are: it tells the other cells what this one
 * has, and fetches what its customers are going to order.
 * @throws Error naming every variable that is missing or wrong
 */
export function rebalanceHandler(
    variables: Readonly<Record<string, string | undefined>>,
): (request: RebalanceRequest) => Promise<{ readonly runs: number; readonly failed: number }> {
    const environment = readEnvironment(variables);
    const { cellName: name, cellNumber: number, credentials, queueEndpoint } = environment;
    const neighbours = openNeighbours(environment);
    const ports = openRebalancing(
        { session: openSession(environment), cell: { name, number }, neighbours },
        tenantOfRequest(),
        createQueueClient({
            signedFetch: createSignedFetch(credentials),
            endpoint: queueEndpoint,
        }),
    );
    let position: string | undefined;
    return async ({ loopSeconds = 0, everySeconds = 5 }) => {
        const endsAt = performance.now() + loopSeconds * 1_000;
        let runs = 0;
        let failed = 0;
        for (;;) {
            const startedAt = performance.now();
            try {
                const report: RebalanceReport = await rebalanceOnce(ports, position);
                position = report.next;
            } catch (error) {
                failed++;
                position = undefined;
                log("warn", "Stock was not rebalanced; it is tried again in a moment.", { error });
            }
            runs++;
            const nextAt = startedAt + everySeconds * 1_000;
            if (nextAt >= endsAt) {
                return { runs, failed };
            }
            await wait(nextAt - performance.now());
        }
    };
}
