import { type Flags, isDown, regionsLeft } from "./flags";

/** What is known of one Region, for machines. */
export interface RegionStatus {
    readonly region: string;
    readonly serves: boolean;
    /** ISO 8601; null when it is not drained. */
    readonly drainedSince: string | null;
    readonly isDown: boolean;
    /** When the monitors last said something that they had to say; null when they never did. */
    readonly judgedAt: string | null;
    /** The Region of the monitor that said it. */
    readonly judgedBy: string | null;
}

export interface DrainStatus {
    readonly regions: readonly RegionStatus[];
    /** Whether no Region would be left, so that all serve. */
    readonly areFlagsIgnored: boolean;
}

/** What the flags amount to. */
export function statusOf(flags: Flags): DrainStatus {
    const { regions, drained, health } = flags;
    const left = regionsLeft(flags);
    const areFlagsIgnored = left.length === 0;
    return {
        areFlagsIgnored,
        regions: regions.map((region) => ({
            region,
            serves: areFlagsIgnored || left.includes(region),
            drainedSince: timeOf(drained[region]),
            isDown: isDown(region, flags),
            judgedAt: timeOf(health[region]?.at),
            judgedBy: health[region]?.by ?? null,
        })),
    };
}

/** Tells a person, as a table. */
export function tellStatus({ regions, areFlagsIgnored }: DrainStatus): string {
    const rows = regions.map((status) => [
        status.region,
        status.serves ? "yes" : "no",
        status.drainedSince === null ? "no" : `since ${status.drainedSince}`,
        status.isDown ? `down, said ${status.judgedBy} at ${status.judgedAt}` : "up",
    ]);
    const table = [["REGION", "SERVES", "DRAINED", "HEALTH"], ...rows];
    const widths = [0, 1, 2].map((column) =>
        Math.max(...table.map((row) => row[column]?.length ?? 0)),
    );
    const lines = table.map((row) =>
        row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "),
    );
    const note = "No Region would be left, so the edge ignores the flags.";
    return [...lines, ...(areFlagsIgnored ? [note] : []), ""].join("\n");
}

function timeOf(seconds: number | undefined): string | null {
    const date = new Date((seconds ?? Number.NaN) * 1_000);
    return Number.isNaN(date.getTime()) ? null : date.toISOString().replace(".000Z", "Z");
}
