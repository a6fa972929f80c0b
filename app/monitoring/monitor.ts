import type { KeyValueStoreClient } from "../aws/key-value-store";
import type { Log } from "../log";
import { agree, idleSeconds, isAlive, standingsFrom, type View } from "./agreement";
import { type Health, healthKey, readHealth, writeHealth } from "./health-record";
import { isBlind, type Standings, type Verdict, weighRound } from "./judgement";

/** What a monitor sees, and where it says so. */
export interface MonitorPorts {
    /** The monitor's own Region. */
    readonly monitor: string;
    /** The Regions of all monitors, this one included. */
    readonly monitors: readonly string[];
    /** The Regions that are watched. */
    readonly regions: readonly string[];
    /** Never rejects: whatever goes wrong is a bad sample. */
    readonly probe: (region: string) => Promise<Verdict>;
    readonly store: KeyValueStoreClient;
    readonly nowSeconds: () => number;
    readonly log: Log;
}

/** So often a change is written anew over the other monitor's; the next round comes anyway. */
const maxAttempts = 3;

/** What a monitor remembers from one round to the next. */
export interface Memory {
    readonly standings: Standings;
    /** What the key said when it was last read. */
    readonly known: Health;
    /** Since 1970. */
    readonly readAtSeconds: number;
}

/**
 * Looks at every Region once, and says at the edge what has changed. The store bills every call, so
 * it is asked only once a minute as long as nobody has anything to say.
 * @param memory of the last round; none: what this monitor last said counts, if it still does
 */
export async function watchOnce(memory: Memory | undefined, ports: MonitorPorts): Promise<Memory> {
    const { regions, probe, monitor, nowSeconds } = ports;
    const samples = new Map(
        await Promise.all(regions.map(async (region) => [region, await probe(region)] as const)),
    );
    const remembered = memory ?? (await readFirst(ports));
    const before = memory?.standings ?? standingsFrom(remembered.known, monitor, nowSeconds());
    const standings = weighRound(before, samples);
    const read = hasReason(standings, remembered, nowSeconds())
        ? await readKnown(remembered, ports)
        : remembered;
    if (!isBlind(samples) && agree(read.known, viewOf(standings, ports)) !== read.known) {
        await publish(standings, ports);
    }
    return { ...read, standings };
}

function readFirst(ports: MonitorPorts): Promise<Memory> {
    const nothing = { standings: new Map(), known: {}, readAtSeconds: 0 };
    return readKnown(nothing, ports);
}

/** An unreadable store is no reason to forget what was seen. */
async function readKnown(
    memory: Memory,
    { store, nowSeconds, log }: MonitorPorts,
): Promise<Memory> {
    try {
        const known = readHealth(await store.get(healthKey));
        return { ...memory, known, readAtSeconds: nowSeconds() };
    } catch (error) {
        log("warn", "The monitor cannot read what the edge reads.", { error });
        return memory;
    }
}

function hasReason(
    standings: Standings,
    { known, readAtSeconds }: Memory,
    nowSeconds: number,
): boolean {
    return (
        [...standings.values()].some(({ verdict }) => verdict === "bad") ||
        isAlive(known, nowSeconds) ||
        nowSeconds - readAtSeconds >= idleSeconds
    );
}

/** Writes only over what it has read: another monitor's word is never lost. */
async function publish(standings: Standings, ports: MonitorPorts): Promise<void> {
    const { store, log } = ports;
    try {
        for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
            const eTag = await store.describe();
            const known = readHealth(await store.get(healthKey));
            const next = agree(known, viewOf(standings, ports));
            if (next === known) {
                return;
            }
            if (await store.update({ [healthKey]: writeHealth(next, ports.nowSeconds()) }, eTag)) {
                tell(known, next, log);
                return;
            }
        }
        log("warn", "Others kept changing the flags; they are written with the next round.");
    } catch (error) {
        log("warn", "The flags were not written; they are with the next round.", { error });
    }
}

function viewOf(standings: Standings, { monitor, monitors, nowSeconds }: MonitorPorts): View {
    const verdicts = new Map([...standings].map(([region, { verdict }]) => [region, verdict]));
    return { monitor, monitors, verdicts, nowSeconds: nowSeconds() };
}

/** Somebody may want to know why requests went elsewhere. */
function tell(before: Health, after: Health, log: Log): void {
    for (const [region, { down }] of Object.entries(after)) {
        if (down !== (before[region]?.down ?? false)) {
            log(down ? "error" : "warn", down ? "A Region is down." : "A Region is up again.", {
                region,
            });
        }
    }
}
