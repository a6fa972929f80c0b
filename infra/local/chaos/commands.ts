import type { FaultPlan } from "../dsql/faults";
import type { StoreOutage } from "../key-value-stores/store-service";
import type { LinkState } from "../links";
import type { QueueFaults } from "../queues/queue-faults";
import type { Ailment } from "./ailments";
import type { KillPlan } from "./kills";
import type { Switchboard, SwitchboardState } from "./switchboard";

/** What a person or a program asks of a running cloud. */
export type ChaosCommand =
    /** A Region, or a cell with all its Regions. */
    | { readonly kind: "down" | "up" | "lost"; readonly place: string }
    /** Null: nothing any more. */
    | { readonly kind: "ail"; readonly place: string; readonly ailment: Ailment | null }
    | { readonly kind: "stores"; readonly unreachableFor: string }
    | {
          readonly kind: "link";
          readonly from: string;
          readonly to: string;
          readonly state: LinkState;
      }
    | { readonly kind: "queue"; readonly faults: QueueFaults | null }
    | { readonly kind: "database"; readonly cell: string; readonly plan: FaultPlan }
    | { readonly kind: "kill"; readonly plan: KillPlan }
    | { readonly kind: "heal" }
    | { readonly kind: "status" };

export interface ChaosStatus {
    readonly state: SwitchboardState;
    readonly counts: Readonly<Record<string, number>>;
}

const kinds = [
    "down",
    "up",
    "lost",
    "ail",
    "stores",
    "link",
    "queue",
    "database",
    "kill",
    "heal",
    "status",
];

/**
 * Moves a switch.
 * @param command what somebody sent; may be anything
 * @returns how all switches stand then
 * @throws Error naming what is wrong and what is allowed
 */
export async function carryOut(chaos: Switchboard, command: unknown): Promise<ChaosStatus> {
    await move(chaos, readCommand(command));
    return { state: chaos.state(), counts: await chaos.counts() };
}

async function move(chaos: Switchboard, command: ChaosCommand): Promise<void> {
    switch (command.kind) {
        case "down":
        case "up":
        case "lost":
            return movePlace(chaos, command.kind, command.place);
        case "ail":
            for (const region of regionsAt(chaos, command.place)) {
                chaos.ailRegion(region, command.ailment ?? undefined);
            }
            return;
        case "stores":
            return chaos.setStoreOutage(readStoreOutage(command.unreachableFor));
        case "link":
            return chaos.setLink(command.from, command.to, command.state);
        case "queue":
            return chaos.setQueueFaults(command.faults ?? undefined);
        case "database":
            return chaos.setDatabaseFaults(command.cell, command.plan);
        case "kill":
            return chaos.killFunction(command.plan);
        case "heal":
            return chaos.heal();
        case "status":
            return;
    }
}

async function movePlace(
    chaos: Switchboard,
    kind: "down" | "up" | "lost",
    place: string,
): Promise<void> {
    const move = {
        down: chaos.takeRegionDown,
        up: chaos.bringRegionUp,
        lost: chaos.loseRegion,
    }[kind];
    await Promise.all(regionsAt(chaos, place).map((region) => move(region)));
}

function regionsAt(chaos: Switchboard, place: string): readonly string[] {
    const { cells } = chaos.state();
    const names = cells.map(({ name }) => name);
    const regions = cells.flatMap((cell) => cell.regions);
    const found = cells.find(({ name }) => name === place)?.regions;
    if (found === undefined && !regions.includes(place)) {
        const allowed = [...names, ...regions].join(", ");
        throw new Error(`"${place}" is neither a cell nor a Region; allowed: ${allowed}.`);
    }
    return found ?? [place];
}

const storeOutages: readonly StoreOutage[] = ["readers", "writers", "all", "none"];

function readStoreOutage(text: string): StoreOutage {
    const found = storeOutages.find((outage) => outage === text);
    if (found === undefined) {
        const allowed = storeOutages.join(", ");
        throw new Error(`KeyValueStores are unreachable for "${text}"; allowed: ${allowed}.`);
    }
    return found;
}

/** The switches check what they are given; here it is only made sure that they can. */
function readCommand(value: unknown): ChaosCommand {
    const command = (typeof value === "object" && value !== null ? value : {}) as Readonly<
        Record<string, unknown>
    >;
    const kind = String(command["kind"]);
    if (!kinds.includes(kind)) {
        throw new Error(`The command's kind is "${kind}"; allowed: ${kinds.join(", ")}.`);
    }
    const needed: Readonly<Record<string, Readonly<Record<string, "string" | "object">>>> = {
        down: { place: "string" },
        up: { place: "string" },
        lost: { place: "string" },
        ail: { place: "string", ailment: "object" },
        stores: { unreachableFor: "string" },
        link: { from: "string", to: "string", state: "object" },
        queue: { faults: "object" },
        database: { cell: "string", plan: "object" },
        kill: { plan: "object" },
    };
    for (const [name, type] of Object.entries(needed[kind] ?? {})) {
        const given = command[name];
        const isNothing = given === null && !["faults", "ailment"].includes(name);
        if (typeof given !== type || isNothing) {
            throw new Error(
                `The command "${kind}" has ${name} ${JSON.stringify(given)}; allowed: ` +
                    `${type === "string" ? "a text" : "an object"}.`,
            );
        }
    }
    return command as unknown as ChaosCommand;
}
