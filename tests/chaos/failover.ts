import type { RoutableOrigin } from "../../infra/edge/router";
import { routes } from "../../infra/edge/router";
import type { LocalDeployment } from "../../infra/local/deploy";
import { type DrillResult, holdDrill, type Phase } from "./drill";
import {
    type Load,
    type Loss,
    measureFares,
    measureLoad,
    type ViewerFare,
} from "./failover-measures";
import type { Fault, Place } from "./faults";
import { openLocalGround, stackCells } from "./local-ground";
import type { PlannedWindow } from "./plan";

export interface FailoverOptions {
    readonly stack: string;
    readonly seed: string;
    /** What is lost, one after the other. */
    readonly losses: readonly ("region" | "cell")[];
    readonly lostMilliseconds: number;
    /** By when the traffic has to be back after the repair. */
    readonly recoveryMilliseconds: number;
    readonly clientsPerCell: number;
    readonly actsPerSecond: number;
    readonly progress: (text: string) => void;
}

/** What the loss of a Region or a cell came to. */
export interface FailoverReport {
    readonly loss: Loss;
    readonly requestsPerSecond: number;
    readonly fares: readonly ViewerFare[];
    readonly loads: readonly Load[];
    /** Requests that reached the lost Regions again after they were back, and in which time. */
    readonly returned: number;
    readonly returnMilliseconds: number;
}

export interface FailoverResult {
    readonly drill: DrillResult;
    readonly reports: readonly FailoverReport[];
}

const quietMilliseconds = 2_000;
const convergenceLimitMilliseconds = 120_000;
const hurryAfterMilliseconds = 2_000;
/** So many requests in the Regions that were lost: their traffic is back. */
export const returnedRequests = 20;
/** So that there are enough reads to tell when they fail. */
const browsing = 0.7;

/** Loses a Region and a cell while clients shop, and looks how they fared. */
export async function holdFailover(
    deployment: LocalDeployment,
    options: FailoverOptions,
): Promise<FailoverResult> {
    const { stack, seed, clientsPerCell, actsPerSecond, progress } = options;
    const ground = openLocalGround(deployment, stack, 1);
    const [first] = ground.places;
    if (first === undefined) {
        throw new Error(`The stack ${stack} has no cells.`);
    }
    const origins = originsOf(stack);
    const windows = options.losses.map((what) => windowOf(what, first, origins, options));
    const phases: Snapshot[] = [];
    const snapshot = async (): Promise<Snapshot> => ({
        at: Date.now(),
        requests: requestsIn(await deployment.chaos.counts()),
    });
    const onPhase = async (_phase: Phase): Promise<void> => {
        phases.push(await snapshot());
    };
    const isRecovered = async (window: PlannedWindow): Promise<boolean> => {
        const repaired = phases.at(-1);
        return (
            repaired !== undefined &&
            requestsBetween(repaired, await snapshot(), lostIn(window)) >= returnedRequests
        );
    };
    const drill = await holdDrill(ground, {
        seed,
        milliseconds: 0,
        clientsPerCell,
        actsPerSecond,
        browsing,
        windows,
        hurryAfterMilliseconds,
        convergenceLimitMilliseconds,
        isPatient: false,
        progress,
        onPhase,
        isRecovered,
    });
    const reports = windows.map((window, index) => {
        const [broken, repaired, over] = phases.slice(index * 3, index * 3 + 3);
        if (broken === undefined || repaired === undefined || over === undefined) {
            throw new Error(`The window "${window.name}" has not ended.`);
        }
        return reportOf(drill, window, origins, { broken, repaired, over });
    });
    return { drill, reports };
}

type Origins = readonly [RoutableOrigin, ...RoutableOrigin[]];

/** The APIs of a stack, as its configuration has them. */
function originsOf(stack: string): Origins {
    const origins = stackCells(stack).flatMap((cell) => {
        const { name, number, home, peer, peerServes } = cell;
        return [home, ...(peerServes === true ? [peer] : [])].map((region) => ({
            id: `${name}-${region}`,
            cell: String(name),
            number: Number(number),
            region: String(region),
        }));
    });
    return origins as unknown as Origins;
}

function windowOf(
    what: "region" | "cell",
    { name, home }: Place,
    origins: Origins,
    { lostMilliseconds, recoveryMilliseconds }: FailoverOptions,
): PlannedWindow {
    const regions = origins.filter(({ cell }) => cell === name).map(({ region }) => region);
    const fault: Fault =
        what === "region"
            ? { kind: "regionLost", region: home, cell: name }
            : { kind: "cellLost", regions, cell: name };
    return {
        name: what === "region" ? `${home} lost` : `cell ${name} lost`,
        faults: [fault],
        milliseconds: lostMilliseconds,
        quietMilliseconds,
        recoveryMilliseconds,
    };
}

interface Snapshot {
    readonly at: number;
    readonly requests: Record<string, number>;
}

function reportOf(
    drill: DrillResult,
    window: PlannedWindow,
    origins: Origins,
    { broken, repaired, over }: Record<"broken" | "repaired" | "over", Snapshot>,
): FailoverReport {
    const { name, faults } = window;
    const lost = lostIn(window);
    const left = origins.filter(({ region }) => !lost.includes(region));
    const cell = faults.flatMap((fault) => ("cell" in fault ? [fault.cell] : []))[0];
    const isServed = left.some((origin) => origin.cell === cell);
    const loss: Loss = {
        name,
        lostAtMilliseconds: broken.at,
        backAtMilliseconds: repaired.at,
        ...(isServed ? {} : { lostCell: cellNumber(cell ?? "", drill) }),
    };
    const arrived = difference(broken.requests, repaired.requests);
    const serverOf = (viewer: string): string => {
        const home = origins.find((origin) => origin.cell === viewer)?.region ?? "";
        const order = routes(origins)[home] ?? origins;
        return order.find(({ region }) => !lost.includes(region))?.region ?? "";
    };
    const sent = drill.operations.filter(
        ({ invokedAtMilliseconds }) =>
            invokedAtMilliseconds >= broken.at && invokedAtMilliseconds < repaired.at,
    ).length;
    return {
        loss,
        requestsPerSecond: (1_000 * sent) / (repaired.at - broken.at),
        fares: measureFares(drill.operations, loss),
        loads: measureLoad(drill.operations, loss, arrived, serverOf),
        returned: requestsBetween(repaired, over, lost),
        returnMilliseconds: over.at - repaired.at,
    };
}

/** The Regions that are lost in a window. */
function lostIn({ faults }: PlannedWindow): readonly string[] {
    return faults.flatMap((fault) => {
        switch (fault.kind) {
            case "cellLost":
                return fault.regions;
            case "regionLost":
                return [fault.region];
            default:
                return [];
        }
    });
}

/** How many requests reached some Regions meanwhile. */
function requestsBetween(before: Snapshot, after: Snapshot, regions: readonly string[]): number {
    const arrived = difference(before.requests, after.requests);
    return regions.reduce((sum, region) => sum + (arrived[region] ?? 0), 0);
}

function cellNumber(name: string, { places }: DrillResult): number {
    return places.find((place) => place.name === name)?.number ?? 0;
}

function requestsIn(counts: Readonly<Record<string, number>>): Record<string, number> {
    return Object.fromEntries(
        Object.entries(counts).flatMap(([name, count]) =>
            name.startsWith("requests.") ? [[name.slice("requests.".length), count]] : [],
        ),
    );
}

function difference(
    before: Readonly<Record<string, number>>,
    after: Readonly<Record<string, number>>,
): Record<string, number> {
    return Object.fromEntries(
        Object.entries(after).map(([region, count]) => [region, count - (before[region] ?? 0)]),
    );
}
