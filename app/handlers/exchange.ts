import { openSession } from "../database/dsql";
import { readEnvironment } from "../environment";
import { createInternalApi } from "../http/internal-api";
import { exchangeRoutes } from "../replication/exchange-routes";
import { openNeighbours } from "../replication/neighbours";

/**
 * The function that other cells ask: for units, for stubs of customers, for digests.
 * @throws Error naming every variable that is missing or wrong
 */
export function exchangeHandler(
    variables: Readonly<Record<string, string | undefined>>,
): ReturnType<typeof createInternalApi> {
    const environment = readEnvironment(variables);
    const { cellName, cellNumber } = environment;
    const routes = exchangeRoutes({
        session: openSession(environment),
        cell: { name: cellName, number: cellNumber },
        neighbours: openNeighbours(environment),
    });
    return createInternalApi(cellName, routes);
}
