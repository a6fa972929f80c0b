import type { Ailment } from "../../infra/local/chaos/ailments";
import type { FaultPlan } from "../../infra/local/dsql/faults";
import type { StoreOutage } from "../../infra/local/key-value-stores/store-service";
import type { LinkState } from "../../infra/local/links";
import type { QueueFaults } from "../../infra/local/queues/queue-faults";
import type { Fault, Switches } from "./faults";

/** What a drill needs of a local cloud's switchboard. */
export interface Board {
    takeRegionDown(region: string): Promise<void>;
    takeCellDown(cell: string): Promise<void>;
    loseRegion(region: string): Promise<void>;
    ailRegion(region: string, ailment: Ailment | undefined): void;
    setStoreOutage(outage: StoreOutage): void;
    setLink(from: string, to: string, state: LinkState): void;
    setQueueFaults(faults: QueueFaults | undefined): void;
    setDatabaseFaults(cell: string, plan: FaultPlan): Promise<void>;
    killFunction(plan: {
        readonly function: string;
        readonly afterAwaits: number;
        readonly count: number;
    }): void;
    heal(): Promise<void>;
    counts(): Promise<Readonly<Record<string, number>>>;
}

/** What a drill of the local cloud has to have seen, by the board's names. */
const rare: Readonly<Record<string, string>> = {
    "regions.down": "Regions that went down",
    "links.cut": "crossings that a cut link held up",
    "links.slow": "crossings that took long",
    "queues.duplicate": "messages delivered twice",
    "queues.lostDelivery": "deliveries lost and repeated",
    "queues.lostAnswer": "messages accepted without an answer",
    "queues.reordering": "messages out of order",
    "databases.conflictAtCommit": "conflicts at COMMIT",
    "databases.dropBeforeCommit": "connections lost before a COMMIT",
    "databases.dropAfterCommit": "connections lost after a COMMIT",
    "functions.killed": "functions killed between two waits",
};

/** The switches of a local cloud. */
export function localSwitches(board: Board, seed: number): Switches {
    return {
        set: (fault) => setFault(board, fault, seed),
        heal: () => board.heal(),
        counts: () => board.counts(),
        async rareCounts() {
            const counts = await board.counts();
            return Object.fromEntries(
                Object.entries(rare).map(([name, title]) => [title, counts[name] ?? 0]),
            );
        },
    };
}

async function setFault(board: Board, fault: Fault, seed: number): Promise<void> {
    switch (fault.kind) {
        case "cellDown":
            return board.takeCellDown(fault.cell);
        case "regionDown":
            return board.takeRegionDown(fault.region);
        case "regionLost":
            return board.loseRegion(fault.region);
        case "cellLost":
            return void (await Promise.all(
                fault.regions.map((region) => board.loseRegion(region)),
            ));
        case "regionSlow": {
            const { region, milliseconds } = fault;
            return board.ailRegion(region, { kind: "slow", milliseconds });
        }
        case "regionUnavailable":
            return board.ailRegion(fault.region, { kind: "unavailable" });
        case "healthFlaps":
            return board.ailRegion(fault.region, { kind: "flapping" });
        case "storesUnreachable":
            return board.setStoreOutage("all");
        case "cut":
            return board.setLink(fault.from.name, fault.to.name, { kind: "cut" });
        case "slow": {
            const { from, to, milliseconds } = fault;
            return board.setLink(from.name, to.name, { kind: "slow", milliseconds });
        }
        case "messages":
            return board.setQueueFaults({ seed, ...fault.faults });
        case "database":
            return board.setDatabaseFaults(fault.cell, fault.plan);
        case "kill": {
            const { functionName, afterAwaits, count } = fault;
            return board.killFunction({ function: functionName, afterAwaits, count });
        }
    }
}
