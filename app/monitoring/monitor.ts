import type { KeyValueStoreClient } from "../aws/key-value-store";
import type { Log } from "../log";
import { agree, standingsFrom, type View } from "./agreement";
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

/**
 * Looks at every Region once, and says at the edge what has changed.
 * @param standings those after the last round; none: what this monitor last said, if it still counts
 * @returns the standings after this round
 */
export async function watchOnce(
    standings: Standings | undefined,
    ports: MonitorPorts,
): Promise<Standings> {
    const { regions, probe, store, monitor, nowSeconds } = ports;
    const [samples, text] = await Promise.all([
        Promise.all(regions.map(async (region) => [region, await probe(region)] as const)),
        // An unreadable store is no reason to forget what was seen.
        store.get(healthKey).catch((error: unknown) => {
            ports.log("warn", "The monitor cannot read what the edge reads.", { error });
            return undefined;
        }),
    ]);
    const seen = new Map(samples);
    const known = readHealth(text);
    const before = standings ?? standingsFrom(known, monitor, nowSeconds());
    const after = weighRound(before, seen);
    if (!isBlind(seen) && agree(known, viewOf(after, ports)) !== known) {
        await publish(after, ports);
    }
    return after;
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
