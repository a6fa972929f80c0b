import { type Health, isFresh, type RegionHealth, staleSeconds, type Votes } from "./health-record";
import type { Standing, Verdict } from "./judgement";

/** One monitor's view, and what it needs to know of the others. */
export interface View {
    /** The Region of the monitor. */
    readonly monitor: string;
    /** The Regions of all monitors, this one included. */
    readonly monitors: readonly string[];
    readonly verdicts: ReadonlyMap<string, Verdict>;
    readonly nowSeconds: number;
}

/** How often a judgement is renewed, for the edge to go on believing it. */
export const refreshSeconds = 30;
/** How often a monitor repeats what it has said already. */
const repetitionSeconds = 120;
/** How often a monitor asks what the others say while it sees nothing wrong itself. */
export const idleSeconds = 60;
/** A monitor that has not answered an accusation by then has had the time to read it. */
export const silenceSeconds = 76;
/** A contradiction that is still meant has been repeated by then, even over a pause. */
const contradictionSeconds = 135;

/**
 * What the key `health` has to say now; the same object when there is nothing to write.
 *
 * A Region is down when each monitor outside of it says bad, or has said nothing that still counts.
 * A monitor's word on its own Region is not asked for, because it would be lost with the Region; nor
 * is that of a monitor in a Region which this one finds bad itself. So two monitors that disagree
 * leave a Region up for good. Health never takes the last Region.
 */
export function agree(health: Health, view: View): Health {
    const next: Record<string, RegionHealth> = { ...health };
    for (const [region, verdict] of view.verdicts) {
        const entry = judge(region, verdict, next, view);
        if (entry !== undefined) {
            next[region] = entry;
        }
    }
    const changed = Object.keys(next).some((region) => next[region] !== health[region]);
    return changed ? next : health;
}

function judge(
    region: string,
    verdict: Verdict,
    health: Health,
    view: View,
): RegionHealth | undefined {
    const { monitor, nowSeconds } = view;
    const known = health[region];
    if (known === undefined && verdict === "good") {
        return undefined;
    }
    const { bad, good } = castVote(known, verdict, view);
    const wasDown = isStillDown(known, nowSeconds);
    const isDown =
        isAgreedBad(region, { bad, good, wasDown }, view) &&
        (wasDown || leavesOneUp(region, health, view));
    const isNews = known?.down !== isDown || !isFresh(known.at, nowSeconds, refreshSeconds);
    const isNewVote = bad !== known?.bad || good !== known.good;
    if (!isNewVote && !(isNews && (isDown || known?.down === true))) {
        return undefined;
    }
    const judgement = isNews ? { at: nowSeconds, by: monitor } : { at: known.at, by: known.by };
    return { down: isDown, ...judgement, bad, good };
}

/** The votes with this monitor's; the same objects when its vote stands and is young enough. */
function castVote(
    known: RegionHealth | undefined,
    verdict: Verdict,
    { monitor, nowSeconds }: View,
): { readonly bad: Votes; readonly good: Votes } {
    const { bad = {}, good = {} } = known ?? {};
    const [own, other] = verdict === "bad" ? [bad, good] : [good, bad];
    const isNeeded = verdict === "bad" || known?.down === true || hasFresh(bad, nowSeconds);
    const stands =
        other[monitor] === undefined && isFresh(own[monitor], nowSeconds, repetitionSeconds);
    if (stands || !isNeeded) {
        return { bad, good };
    }
    const cast = { ...own, [monitor]: nowSeconds };
    const { [monitor]: _, ...withdrawn } = other;
    return verdict === "bad" ? { bad: cast, good: withdrawn } : { bad: withdrawn, good: cast };
}

/** What a monitor thinks when it starts: what it said when it last ran, if that still counts. */
export function standingsFrom(
    health: Health,
    monitor: string,
    nowSeconds: number,
): ReadonlyMap<string, Standing> {
    const accused = Object.entries(health).filter(([, { bad }]) =>
        isFresh(bad[monitor], nowSeconds, staleSeconds),
    );
    return new Map(accused.map(([region]) => [region, { verdict: "bad", against: 0 }]));
}

interface Votings {
    readonly bad: Votes;
    readonly good: Votes;
    readonly wasDown: boolean;
}

function isAgreedBad(region: string, { bad, good, wasDown }: Votings, view: View): boolean {
    const { monitor: self, monitors, verdicts, nowSeconds } = view;
    const outside = monitors.filter(
        (monitor) => monitor !== region && (monitor === self || verdicts.get(monitor) !== "bad"),
    );
    const asked = outside.length > 0 ? outside : monitors;
    const saysBad = (monitor: string) => isFresh(bad[monitor], nowSeconds, staleSeconds);
    return (
        asked.some(saysBad) &&
        !asked.some((monitor) => isFresh(good[monitor], nowSeconds, contradictionSeconds)) &&
        // Who was silent once does not have to be waited for again whenever a vote is repeated.
        asked.every((monitor) => saysBad(monitor) || wasDown || isSilent(monitor, bad, view))
    );
}

/** Whether a monitor has had the time to contradict the oldest accusation, and has not. */
function isSilent(monitor: string, bad: Votes, { nowSeconds }: View): boolean {
    const accusations = Object.entries(bad).filter(
        ([accuser, at]) => accuser !== monitor && isFresh(at, nowSeconds, staleSeconds),
    );
    return accusations.some(([, at]) => nowSeconds - at >= silenceSeconds);
}

function leavesOneUp(region: string, health: Health, { verdicts, nowSeconds }: View): boolean {
    return [...verdicts.keys()].some(
        (other) => other !== region && !isStillDown(health[other], nowSeconds),
    );
}

function isStillDown(entry: RegionHealth | undefined, nowSeconds: number): boolean {
    return entry?.down === true && isFresh(entry.at, nowSeconds, staleSeconds);
}

function hasFresh(votes: Votes, nowSeconds: number): boolean {
    return Object.values(votes).some((at) => isFresh(at, nowSeconds, staleSeconds));
}

/** Whether anything of the record still counts, so that somebody may be waiting for a word on it. */
export function isAlive(health: Health, nowSeconds: number): boolean {
    return Object.values(health).some(({ at, bad, good }) =>
        [at, ...Object.values(bad), ...Object.values(good)].some((time) =>
            isFresh(time, nowSeconds, staleSeconds),
        ),
    );
}
