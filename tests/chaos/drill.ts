import { setTimeout as wait } from "node:timers/promises";
import type { Client as Database } from "pg";
import { findViolations } from "./checkers/all";
import { type Convergence, waitForConvergence } from "./convergence";
import type { Fault, Place, Switches } from "./faults";
import { gatherInPeace, summariesOf } from "./gathering";
import { createHistory, type Operation } from "./history";
import type { FaultWindow } from "./measures";
import { type PlannedWindow, planWindows } from "./plan";
import { countReached, type Reached, type WindowNotes } from "./reached";
import type { Violation } from "./state";
import type { Summary } from "./summary";
import { createClient } from "./workload/client";
import { type Crowd, createCrowd } from "./workload/crowd";

/** The shop that a drill is held in. */
export interface DrillGround {
    readonly places: readonly Place[];
    readonly urlOf: (cell: string) => string;
    readonly switches: Switches;
    /** A new connection of the operator to a cell's database. */
    readonly connect: (cell: string) => Promise<Database>;
    /** Runs at once what would run by schedule. */
    readonly hurry: () => Promise<void>;
    /** How often orders asked other cells for something so far. */
    readonly countBorrowings: () => Promise<number>;
    /** Whether clients reach the cells through an edge. */
    readonly hasEdge?: boolean;
}

export interface DrillOptions {
    readonly seed: string;
    readonly milliseconds: number;
    readonly clientsPerCell: number;
    readonly actsPerSecond: number;
    /** After how long a wait for convergence is helped; the last one never is, if `isPatient`. */
    readonly hurryAfterMilliseconds: number;
    readonly convergenceLimitMilliseconds: number;
    /** Whether the cells have to converge without any help in the end. */
    readonly isPatient: boolean;
    readonly progress: (text: string) => void;
    /** What is broken when; by default what the seed has planned. */
    readonly windows?: readonly PlannedWindow[];
    /** The share of acts that only look at a product, 0 to 1; default 0. */
    readonly browsing?: number;
    /** Told when a window's faults are set, repaired, and when its clients pause. */
    readonly onPhase?: (phase: Phase, window: PlannedWindow) => Promise<void>;
    /** Asked after a repair: whether clients need not go on for all of the recovery's time. */
    readonly isRecovered?: (window: PlannedWindow) => Promise<boolean>;
}

export type Phase = "broken" | "repaired" | "over";

/** What a drill found. */
export interface DrillResult {
    readonly seed: string;
    readonly places: readonly Place[];
    readonly milliseconds: number;
    readonly operations: readonly Operation[];
    /** One JSON document a line. */
    readonly historyLines: () => readonly string[];
    readonly notes: readonly WindowNotes[];
    readonly convergences: readonly Convergence[];
    readonly violations: readonly Violation[];
    readonly reached: readonly Reached[];
    /** How often each kind of fault was set, and what it did. */
    readonly faults: Readonly<Record<string, number>>;
    readonly borrowings: number;
}

const requestTimeoutMilliseconds = 5_000;
const recoveryCheckMilliseconds = 250;

/** Lets clients shop while things break, heals, waits for convergence, and checks everything. */
export async function holdDrill(ground: DrillGround, options: DrillOptions): Promise<DrillResult> {
    const { places, switches } = ground;
    const { seed, clientsPerCell, actsPerSecond, progress } = options;
    const history = createHistory();
    const timeoutMilliseconds = requestTimeoutMilliseconds;
    const client = createClient({ history, urlOf: ground.urlOf, timeoutMilliseconds });
    const { browsing = 0, milliseconds } = options;
    const crowdSize = { clientsPerCell, actsPerSecond };
    const crowd = createCrowd({ seed, cells: places, client, ...crowdSize, browsing });
    const windows =
        options.windows ??
        planWindows({ seed, places, milliseconds, hasEdge: ground.hasEdge ?? false });
    const started = performance.now();
    try {
        progress(`${windows.length} windows of faults, seed ${seed}`);
        await crowd.start();
        const notes: WindowNotes[] = [];
        const convergences: Convergence[] = [];
        for (const [index, planned] of windows.entries()) {
            const isLast = index === windows.length - 1;
            progress(`${index + 1}/${windows.length} ${planned.name}`);
            const { note, convergence } = await holdWindow(ground, options, crowd, planned, isLast);
            notes.push(note);
            convergences.push(convergence);
            if (!isLast) {
                crowd.resume();
            }
            progress(`  ${tellConvergence(convergence)}`);
        }
        await crowd.stop();
        progress("checking");
        const { evidence, convergence } = await gatherInPeace(
            ground,
            options,
            history.operations(),
        );
        convergences.push(convergence);
        const counts = await switches.counts();
        return {
            seed,
            places,
            milliseconds: performance.now() - started,
            operations: history.operations(),
            historyLines: () => history.lines(),
            notes,
            convergences,
            violations: [...findViolations(evidence), ...convergences.flatMap(findUnconverged)],
            reached: countReached(evidence, notes, await switches.rareCounts()),
            faults: { ...countFaults(windows), ...counts },
            borrowings: await ground.countBorrowings(),
        };
    } finally {
        await switches.heal();
        await crowd.stop();
        client.close();
    }
}

/** Breaks things while everybody shops, heals, and waits until all cells hold the same. */
async function holdWindow(
    ground: DrillGround,
    options: DrillOptions,
    crowd: Crowd,
    planned: PlannedWindow,
    isLast: boolean,
): Promise<{ readonly note: WindowNotes; readonly convergence: Convergence }> {
    const { switches, places } = ground;
    const { name, faults, milliseconds, quietMilliseconds, recoveryMilliseconds = 0 } = planned;
    const { onPhase = async () => undefined, isRecovered = async () => false } = options;
    const readSummaries = () => summariesOf(ground);
    await sleep(crowd, quietMilliseconds);
    const before = await readSummaries();
    const fromMilliseconds = Date.now();
    for (const fault of faults) {
        await switches.set(fault);
    }
    await onPhase("broken", planned);
    await sleep(crowd, milliseconds);
    const toMilliseconds = Date.now();
    await switches.heal();
    await onPhase("repaired", planned);
    const recoveryEndsAt = Date.now() + recoveryMilliseconds;
    while (Date.now() < recoveryEndsAt && !(await isRecovered(planned))) {
        await sleep(crowd, recoveryCheckMilliseconds);
    }
    await crowd.pause();
    await onPhase("over", planned);
    // A shop is never quite still: something is written in each cell after every fault.
    await crowd.nudge();
    const convergence = await waitForConvergence({
        readSummaries,
        hurry: ground.hurry,
        limitMilliseconds: options.convergenceLimitMilliseconds,
        hurryAfterMilliseconds:
            isLast && options.isPatient ? Number.POSITIVE_INFINITY : options.hurryAfterMilliseconds,
    });
    const after = await readSummaries().catch(() => before);
    const cellsDown = cellsDownOf(faults);
    const window: FaultWindow = { name, cellsDown, fromMilliseconds, toMilliseconds };
    const isPartition = cellsDown.length > 0 || faults.some(({ kind }) => kind === "cut");
    return {
        note: {
            window,
            isPartition: isPartition && places.length > 1,
            unitsMoved: unitsGiven(after) - unitsGiven(before),
            backlog: convergence.backlog,
        },
        convergence,
    };
}

/** Sleeps, unless a client cannot go on. */
async function sleep(crowd: Crowd, milliseconds: number): Promise<void> {
    await Promise.race([wait(milliseconds), crowd.failed]);
}

function cellsDownOf(faults: readonly Fault[]): readonly string[] {
    return faults.flatMap((fault) =>
        "cell" in fault && fault.kind !== "database" ? [fault.cell] : [],
    );
}

function unitsGiven(summaries: readonly Summary[]): number {
    return summaries.reduce(
        (total, { tallies }) =>
            total +
            Object.entries(tallies).reduce(
                (sum, [name, tally]) => sum + (name.startsWith("given ") ? tally.sum : 0),
                0,
            ),
        0,
    );
}

function tellConvergence({ milliseconds, differences, wasHurried }: Convergence): string {
    const seconds = (milliseconds / 1_000).toFixed(1);
    return differences.length === 0
        ? `converged in ${seconds} s${wasHurried ? ", hurried" : ""}`
        : `not converged in ${seconds} s: ${differences.slice(0, 3).join("; ")}`;
}

function findUnconverged({ differences, milliseconds }: Convergence): readonly Violation[] {
    return differences.map((difference) => ({
        rule: "diverged",
        detail: `${Math.round(milliseconds / 1_000)} s after everything was healed: ${difference}.`,
    }));
}

function countFaults(windows: readonly PlannedWindow[]): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { kind } of windows.flatMap(({ faults }) => faults)) {
        counts[`set: ${kind}`] = (counts[`set: ${kind}`] ?? 0) + 1;
    }
    return counts;
}
