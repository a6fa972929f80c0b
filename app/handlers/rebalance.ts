import { createQueueClient } from "../aws/queue-client";
import { createSignedFetch } from "../aws/signed-fetch";
import { openSession } from "../database/dsql";
import { readEnvironment } from "../environment";
import { tenantOfRequest } from "../http/tenant";
import { log } from "../log";
import { openNeighbours } from "../replication/neighbours";
import { type RebalanceReport, rebalanceOnce } from "../replication/rebalance";
import { openRebalancing } from "../replication/rebalance-ports";
import { type Repetition, repeat } from "./repetition";

/**
 * The function that keeps the stock where the customers are: it tells the other cells what this one
 * has, and fetches what its customers are going to order.
 * @throws Error naming every variable that is missing or wrong
 */
export function rebalanceHandler(
    variables: Readonly<Record<string, string | undefined>>,
): (repetition: Repetition) => Promise<{ readonly runs: number; readonly failed: number }> {
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
    return async (repetition) => {
        let runs = 0;
        let failed = 0;
        await repeat(repetition, async () => {
            try {
                const report: RebalanceReport = await rebalanceOnce(ports, position);
                position = report.next;
            } catch (error) {
                failed++;
                position = undefined;
                log("warn", "Stock was not rebalanced; it is tried again in a moment.", { error });
            }
            runs++;
        });
        return { runs, failed };
    };
}
