/** The key that says which Regions are down. */
export const healthKey = "health";

/** When each monitor last said something, by the monitor's Region, in seconds since 1970. */
export type Votes = Readonly<Record<string, number>>;

/** What the key `health` says of a Region; the edge reads `down` and `at` only. */
export interface RegionHealth {
    readonly down: boolean;
    /** Of the last judgement, in seconds since 1970. */
    readonly at: number;
    /** The Region of the monitor that judged. */
    readonly by: string;
    readonly bad: Votes;
    readonly good: Votes;
}

export type Health = Readonly<Record<string, RegionHealth>>;

/** As long as the edge believes a `down`; a vote is believed no longer. */
export const staleSeconds = 180;

export function isFresh(at: number | undefined, nowSeconds: number, seconds: number): boolean {
    return at !== undefined && nowSeconds - at < seconds;
}

/** The key's text. A value of the store has 1 KB, so what counts no more is left out. */
export function writeHealth(health: Health, nowSeconds: number): string {
    const counting = Object.entries(health).filter(([, { at, bad, good }]) =>
        [at, ...Object.values(bad), ...Object.values(good)].some((time) =>
            isFresh(time, nowSeconds, staleSeconds),
        ),
    );
    return JSON.stringify(Object.fromEntries(counting));
}

/** Reads the key's text. What cannot be read counts for nothing, as it does at the edge. */
export function readHealth(text: string | undefined): Health {
    const entries = Object.entries(fieldsOf(parse(text ?? "{}")));
    return Object.fromEntries(
        entries.flatMap(([region, value]) => {
            const { down, at, by, bad, good } = fieldsOf(value);
            return typeof down === "boolean" && typeof at === "number" && typeof by === "string"
                ? [[region, { down, at, by, bad: votesOf(bad), good: votesOf(good) }]]
                : [];
        }),
    );
}

function votesOf(value: unknown): Votes {
    return Object.fromEntries(
        Object.entries(fieldsOf(value)).flatMap(([monitor, at]) =>
            typeof at === "number" ? [[monitor, at]] : [],
        ),
    );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
