import type { FaultPlan } from "../dsql/faults";
import type { FrontDoor } from "../dsql/front-door";
import type { KeyValueStoreService, StoreOutage } from "../key-value-stores/store-service";
import type { FunctionService } from "../lambda";
import type { LinkState, LinkSwitches, LinksState } from "../links";
import type { QueueFaults } from "../queues/queue-faults";
import type { QueueService } from "../queues/queue-service";
import type { Ailment, Ailments } from "./ailments";
import type { KillPlan, Kills } from "./kills";
import type { Outages } from "./outages";
import { createPlaces, type PlacedCell } from "./places";

/** Everything that can be broken in a local cloud. Each switch is idempotent. */
export interface Switchboard {
    /** Its APIs, functions, queues' pollers and databases answer nobody; nothing in it survives. */
    takeRegionDown(region: string): Promise<void>;
    /** As if down, and a black hole: connections are not refused, they come to nothing. */
    loseRegion(region: string): Promise<void>;
    /** Back, and well. */
    bringRegionUp(region: string): Promise<void>;
    /** Lets a Region answer late or badly; undefined: as always. */
    ailRegion(region: string, ailment: Ailment | undefined): void;
    /** Who reaches no KeyValueStore. */
    setStoreOutage(outage: StoreOutage): void;
    /** All Regions of the cell. */
    takeCellDown(cell: string): Promise<void>;
    bringCellUp(cell: string): Promise<void>;
    /** One direction. Each end is a Region, or a cell with all its Regions. */
    setLink(from: string, to: string, state: LinkState): void;
    /** What happens to messages in all queues; undefined: nothing more. */
    setQueueFaults(faults: QueueFaults | undefined): void;
    /** What a cell's database does to its clients; an empty plan: nothing more. */
    setDatabaseFaults(cell: string, plan: FaultPlan): Promise<void>;
    /** Ends execution environments in the middle of an invocation. */
    killFunction(plan: KillPlan): void;
    /** Undoes all of it. */
    heal(): Promise<void>;
    state(): SwitchboardState;
    /** How often what has really happened so far, by `<what>.<kind>`. */
    counts(): Promise<Readonly<Record<string, number>>>;
}

export interface SwitchboardState {
    readonly cells: readonly PlacedCell[];
    readonly regionsDown: readonly string[];
    /** Those of them that are black holes. */
    readonly regionsLost: readonly string[];
    readonly ailments: Readonly<Record<string, Ailment>>;
    readonly storeOutage: StoreOutage;
    readonly links: LinksState["links"];
    readonly queueFaults: QueueFaults | undefined;
    readonly databaseFaults: Readonly<Record<string, FaultPlan>>;
    readonly kills: ReturnType<Kills["list"]>;
}

export interface SwitchboardParts {
    readonly cells: readonly PlacedCell[];
    readonly links: LinkSwitches;
    /** How often a crossing was held up or slowed. */
    readonly linkCounts: Readonly<Record<"cut" | "slow", number>>;
    readonly outages: Outages;
    readonly ailments: Ailments;
    readonly kills: Kills;
    readonly keyValueStores: Pick<KeyValueStoreService, "setOutage" | "outage" | "counts">;
    readonly functions: Pick<FunctionService, "crash">;
    readonly queues: Pick<QueueService, "setFaults" | "faultCounts">;
    /** The active clusters. */
    readonly clusters: () => readonly { readonly identifier: string; readonly region: string }[];
    readonly frontDoor: () => Promise<Pick<FrontDoor, "setFaults" | "statistics">>;
}

/** A cluster in a Region that is down lets nobody in. */
const closed: FaultPlan = { rates: { refuseConnection: 1 } };

/** Makes the switches of one cloud, none of them moved. */
export function createSwitchboard(parts: SwitchboardParts): Switchboard {
    const { links, outages, kills, queues, ailments, keyValueStores } = parts;
    const places = createPlaces(parts.cells);
    const databases = createDatabaseSwitches(parts);
    let queueFaults: QueueFaults | undefined;
    const regions = createRegionSwitches(parts, databases);
    const setQueueFaults = (faults: QueueFaults | undefined): void => {
        queues.setFaults(faults);
        queueFaults = faults;
    };
    return {
        takeRegionDown: async (region) => regions.takeDown(places.region(region)),
        loseRegion: async (region) => regions.takeDown(places.region(region), true),
        ailRegion: (region, ailment) => ailments.set(places.region(region), ailment),
        setStoreOutage: (outage) => keyValueStores.setOutage(outage),
        bringRegionUp: async (region) => regions.bringUp(places.region(region)),
        async takeCellDown(cell) {
            await Promise.all(places.regionsOf(cell).map((region) => regions.takeDown(region)));
        },
        async bringCellUp(cell) {
            await Promise.all(places.regionsOf(cell).map(regions.bringUp));
        },
        setLink: (from, to, state) =>
            places.between(from, to, (a, b) => links.setLink(a, b, state)),
        setQueueFaults,
        setDatabaseFaults: async (cell, plan) => databases.set(cell, places.regionsOf(cell), plan),
        killFunction: (plan) => kills.plan(plan),
        async heal() {
            kills.heal();
            setQueueFaults(undefined);
            links.heal();
            ailments.heal();
            keyValueStores.setOutage("none");
            const down = outages.list();
            down.forEach(outages.bringUp);
            await databases.heal(down);
        },
        state: () => ({
            cells: parts.cells,
            ...regionStates(parts),
            storeOutage: keyValueStores.outage(),
            links: links.state().links,
            queueFaults,
            databaseFaults: databases.plans(),
            kills: kills.list(),
        }),
        async counts() {
            return {
                "regions.down": regions.outages(),
                ...ailmentCounts(ailments),
                ...named("stores", keyValueStores.counts),
                ...named("links", parts.linkCounts),
                ...named("queues", queues.faultCounts()),
                ...named("databases", await databases.counts()),
                "functions.killed": kills.killed,
                "functions.escaped": kills.escaped,
            };
        },
    };
}

function ailmentCounts(ailments: Ailments): Record<string, number> {
    return { ...named("regions", ailments.counts), ...named("requests", ailments.requests()) };
}

function regionStates({
    outages,
    ailments,
}: SwitchboardParts): Pick<SwitchboardState, "regionsDown" | "regionsLost" | "ailments"> {
    const regionsDown = outages.list();
    const regionsLost = regionsDown.filter(outages.isSilent);
    return { regionsDown, regionsLost, ailments: ailments.list() };
}

interface RegionSwitches {
    takeDown(region: string, isSilent?: boolean): Promise<void>;
    bringUp(region: string): Promise<void>;
    /** How many outages there have been. */
    outages(): number;
}

function createRegionSwitches(
    { outages, links, functions, ailments }: SwitchboardParts,
    databases: DatabaseSwitches,
): RegionSwitches {
    let count = 0;
    return {
        async takeDown(region, isSilent) {
            count += Number(!outages.isDown(region));
            outages.take(region, isSilent);
            links.isolateRegion(region);
            await Promise.all([functions.crash(region), databases.refresh([region])]);
        },
        async bringUp(region) {
            outages.bringUp(region);
            ailments.set(region, undefined);
            links.bringBack(region);
            await databases.refresh([region]);
        },
        outages: () => count,
    };
}

function named(what: string, counts: Readonly<Record<string, number>>): Record<string, number> {
    return Object.fromEntries(
        Object.entries(counts).map(([kind, count]) => [`${what}.${kind}`, count]),
    );
}

/** What databases do to their clients: what was asked for, or nothing where a Region is down. */
interface DatabaseSwitches {
    set(cell: string, regions: readonly string[], plan: FaultPlan): Promise<void>;
    /** Lets each cluster of the Regions do what it is to do now. */
    refresh(regions: readonly string[]): Promise<void>;
    heal(regions: readonly string[]): Promise<void>;
    /** By cell. */
    plans(): Readonly<Record<string, FaultPlan>>;
    counts(): Promise<Readonly<Record<string, number>>>;
}

function createDatabaseSwitches(parts: SwitchboardParts): DatabaseSwitches {
    const plans = new Map<string, { regions: readonly string[]; plan: FaultPlan }>();
    const planOf = (region: string): FaultPlan =>
        parts.outages.isDown(region)
            ? closed
            : ([...plans.values()].find(({ regions }) => regions.includes(region))?.plan ?? {});
    const refresh = async (regions: readonly string[]): Promise<void> => {
        const there = parts.clusters().filter(({ region }) => regions.includes(region));
        if (there.length === 0) {
            return;
        }
        const door = await parts.frontDoor();
        await Promise.all(
            there.map(({ identifier, region }) => door.setFaults(identifier, planOf(region))),
        );
    };
    return {
        async set(cell, regions, plan) {
            const former = plans.get(cell);
            plans.set(cell, { regions, plan });
            try {
                await refresh(regions);
            } catch (error) {
                // The front door has refused the plan and keeps the former one.
                plans.delete(cell);
                if (former !== undefined) {
                    plans.set(cell, former);
                }
                throw error;
            }
        },
        refresh,
        async heal(down) {
            const regions = [...plans.values()].flatMap((one) => one.regions);
            plans.clear();
            await refresh([...new Set([...regions, ...down])]);
        },
        plans: () =>
            Object.fromEntries([...plans.entries()].map(([cell, { plan }]) => [cell, plan])),
        async counts() {
            const { faults } = await (await parts.frontDoor()).statistics();
            const sums: Record<string, number> = {};
            for (const [kind, count] of Object.values(faults).flatMap(Object.entries<number>)) {
                sums[kind] = (sums[kind] ?? 0) + count;
            }
            return sums;
        },
    };
}
