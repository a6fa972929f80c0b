import { isFresh, type RegionHealth, staleSeconds } from "../../app/monitoring/health-record";

/** The key that says which Regions the operator has taken out; the monitors never touch it. */
export const drainedKey = "drained";

/** When each Region was drained, in seconds since 1970. */
export type Drained = Readonly<Record<string, number>>;

/** What the edge reads, and what of it counts now. */
export interface Flags {
    /** Every Region that has an API. */
    readonly regions: readonly string[];
    readonly drained: Drained;
    readonly health: Readonly<Record<string, RegionHealth>>;
    readonly nowSeconds: number;
}

/** Reads the key's text. What cannot be read counts for nothing, as it does at the edge. */
export function readDrained(text: string | undefined): Drained {
    try {
        const value: unknown = JSON.parse(text ?? "{}");
        return typeof value === "object" && value !== null
            ? Object.fromEntries(
                  Object.entries(value).filter(([, since]) => typeof since === "number"),
              )
            : {};
    } catch {
        return {};
    }
}

/** Whether a monitor's word takes the Region out now. */
export function isDown(region: string, { health, nowSeconds }: Flags): boolean {
    const entry = health[region];
    return entry?.down === true && isFresh(entry.at, nowSeconds, staleSeconds);
}

/** The Regions that neither the operator nor a monitor takes out. */
export function regionsLeft(flags: Flags): readonly string[] {
    const { regions, drained } = flags;
    return regions.filter((region) => drained[region] === undefined && !isDown(region, flags));
}

/**
 * What `drained` has to say once a Region is drained; the same object when it is already.
 * @param isForced whether even the last one may go
 * @throws Error for a Region that has no API, and for the last one that serves
 */
export function drain(region: string, flags: Flags, isForced: boolean): Drained {
    const { regions, drained, nowSeconds } = flags;
    if (!regions.includes(region)) {
        throw new Error(`"${region}" has no API; allowed: ${regions.join(", ")}.`);
    }
    if (drained[region] !== undefined) {
        return drained;
    }
    const next = { ...drained, [region]: nowSeconds };
    if (!isForced && regionsLeft({ ...flags, drained: next }).length === 0) {
        const others = regions.filter((other) => other !== region);
        const reasons = others.map((other) =>
            drained[other] === undefined ? `${other} is down` : `${other} is drained`,
        );
        throw new Error(
            `No Region would serve without ${region} (${reasons.join(", ") || "there is no other"}), ` +
                "and then the edge ignores every flag. Undrain another one, or add --force.",
        );
    }
    return next;
}

/**
 * What `drained` has to say once a Region is undrained; the same object when it was not drained.
 * @param region undefined: all of them
 * @throws Error for a Region that is neither drained nor has an API
 */
export function undrain(region: string | undefined, { regions, drained }: Flags): Drained {
    if (region === undefined) {
        return Object.keys(drained).length === 0 ? drained : {};
    }
    // One that is no longer part of the stack may still be named.
    const allowed = [...new Set([...regions, ...Object.keys(drained)])];
    if (!allowed.includes(region)) {
        throw new Error(`"${region}" has no API; allowed: ${allowed.join(", ")}.`);
    }
    if (drained[region] === undefined) {
        return drained;
    }
    const { [region]: _, ...rest } = drained;
    return rest;
}
