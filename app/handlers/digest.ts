import { openSession } from "../database/dsql";
import { readEnvironment } from "../environment";
import { tenantOfRequest } from "../http/tenant";
import { log } from "../log";
import { compareWithCopies, type DigestReport } from "../replication/digest-run";
import { openNeighbours } from "../replication/neighbours";

/**
 * The function that compares this cell's rows with their copies in the other cells, and has those
 * sent again that differ: the proof that cells converge, and the cure when a message was lost.
 * @throws Error naming every variable that is missing or wrong
 */
export function digestHandler(
    variables: Readonly<Record<string, string | undefined>>,
): () => Promise<readonly DigestReport[]> {
    const environment = readEnvironment(variables);
    const session = openSession(environment);
    const neighbours = openNeighbours(environment);
    const { cellName: name, cellNumber: number } = environment;
    return async () => {
        const services = { session, cell: { name, number }, neighbours };
        const reports = await compareWithCopies(services, tenantOfRequest());
        for (const { cell, ahead, error } of reports) {
            if (error !== undefined) {
                log("warn", "A cell's copies could not be compared.", { cell, error });
            }
            if (ahead > 0) {
                log("error", "Copies are newer than their home: was this cell restored?", {
                    cell,
                    rows: ahead,
                });
            }
        }
        return reports;
    };
}
