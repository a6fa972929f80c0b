import * as pulumi from "@pulumi/pulumi";
import type { CellFoundation, Neighbour } from "./cell-foundation";
import type { FunctionDefinition, ShopFunctionName } from "./functions";
import { callableRouteArns } from "./internal-routes";
import type { MessageQueue } from "./message-queue";
import type { Reach } from "./permissions";

/** A cell's queues and the other cells. */
export interface Surroundings {
    readonly foundation: CellFoundation;
    readonly neighbours: readonly Neighbour[];
}

/** The queues that a function takes messages from, each by what tells it from the others. */
export function sourcesOf(
    definition: FunctionDefinition,
    { foundation }: Surroundings,
): Readonly<Record<string, MessageQueue>> {
    const { wakeUpQueue, inboundQueues } = foundation;
    switch (definition.takes?.from) {
        case "wakeUp":
            return wakeUpQueue === undefined ? {} : { "wake-up": wakeUpQueue };
        case "otherCells":
            return Object.fromEntries(
                Object.entries(inboundQueues).map(([cell, queue]) => [`from-${cell}`, queue]),
            );
        case undefined:
            return {};
    }
}

/** What a function may touch beyond its own log and database. */
export function reachOf(
    name: ShopFunctionName,
    definition: FunctionDefinition,
    surroundings: Surroundings,
): pulumi.Output<Reach> {
    const { foundation, neighbours } = surroundings;
    const recipients = {
        wakeUp: foundation.wakeUpQueue === undefined ? [] : [foundation.wakeUpQueue],
        otherCells: neighbours.map(({ queue }) => queue),
    };
    const arns = (queues: readonly MessageQueue[]) => pulumi.all(queues.map(({ arn }) => arn));
    return pulumi
        .all([
            arns(definition.sendsTo.flatMap((recipient) => recipients[recipient])),
            arns(Object.values(sourcesOf(definition, surroundings))),
            pulumi.all(neighbours.map(({ stageArn }) => stageArn)),
        ])
        .apply(([sendsTo, takesFrom, stageArns]) => ({
            sendsTo,
            takesFrom,
            calls: stageArns.flatMap((stageArn) => callableRouteArns(name, stageArn)),
            maintains: [],
        }));
}

/** The variables that tell a function of its cell and of the others. */
export function cellVariables({
    foundation,
    neighbours,
}: Surroundings): Record<string, pulumi.Input<string>> {
    const { cell, wakeUpQueue } = foundation;
    return {
        CELL_NAME: cell.name,
        CELL_NUMBER: String(cell.number),
        CELL_WEIGHT: String(cell.weight),
        OTHER_CELLS: pulumi.jsonStringify(
            neighbours.map(({ cell: other, url, queue }) => ({
                name: other.name,
                number: other.number,
                weight: other.weight,
                region: other.home,
                url,
                queueUrl: queue.url,
            })),
        ),
        ...(wakeUpQueue === undefined ? {} : { RELAY_QUEUE_URL: wakeUpQueue.url }),
    };
}
