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

/** The queues that a function in a Region takes messages from, each by what tells it from the others. */
export function sourcesOf(
    definition: FunctionDefinition,
    region: string,
    { foundation }: Surroundings,
): Readonly<Record<string, MessageQueue>> {
    const queues = foundation.queuesIn(region);
    switch (definition.takes?.from) {
        case "wakeUp":
            return queues === undefined ? {} : { "wake-up": queues.wakeUp };
        case "otherCells":
            return Object.fromEntries(
                Object.entries(queues?.inbound ?? {}).map(([cell, queue]) => [
                    `from-${cell}`,
                    queue,
                ]),
            );
        case undefined:
            return {};
    }
}

/** What a function in a Region may touch beyond its own log and database. */
export function reachOf(
    name: ShopFunctionName,
    definition: FunctionDefinition,
    region: string,
    surroundings: Surroundings,
): pulumi.Output<Reach> {
    const { foundation, neighbours } = surroundings;
    const queues = foundation.queuesIn(region);
    const places = neighbours.flatMap(placesOf);
    const recipients = {
        wakeUp: queues === undefined ? [] : [queues.wakeUp],
        otherCells: places.map(({ queue }) => queue),
    };
    const arns = (some: readonly MessageQueue[]) => pulumi.all(some.map(({ arn }) => arn));
    return pulumi
        .all([
            arns(definition.sendsTo.flatMap((recipient) => recipients[recipient])),
            arns(Object.values(sourcesOf(definition, region, surroundings))),
            pulumi.all(places.map(({ stageArn }) => stageArn)),
        ])
        .apply(([sendsTo, takesFrom, stageArns]) => ({
            sendsTo,
            takesFrom,
            calls: stageArns.flatMap((stageArn) => callableRouteArns(name, stageArn)),
            maintains: [],
        }));
}

/** The variables that tell a function in a Region of its cell and of the others. */
export function cellVariables(
    region: string,
    { foundation, neighbours }: Surroundings,
): Record<string, pulumi.Input<string>> {
    const { cell } = foundation;
    const queues = foundation.queuesIn(region);
    return {
        CELL_NAME: cell.name,
        CELL_NUMBER: String(cell.number),
        CELL_WEIGHT: String(cell.weight),
        OTHER_CELLS: pulumi.jsonStringify(
            neighbours.map(({ cell: other, peer, ...home }) => ({
                name: other.name,
                number: other.number,
                weight: other.weight,
                ...addressOf(home),
                ...(peer === undefined ? {} : { peer: addressOf(peer) }),
            })),
        ),
        ...(queues === undefined ? {} : { RELAY_QUEUE_URL: queues.wakeUp.url }),
    };
}

function placesOf(neighbour: Neighbour): readonly Neighbour[] {
    return neighbour.peer === undefined ? [neighbour] : [neighbour, neighbour.peer];
}

function addressOf({ region, url, queue }: Omit<Neighbour, "cell">) {
    return { region, url, queueUrl: queue.url };
}
