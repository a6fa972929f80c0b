/** What a measure is held to: its value itself, or its ratio to the baseline of the same run. */
export interface Budget {
    readonly of: "value" | "ratio";
    readonly comparison: "at most" | "at least";
    readonly limit: number;
}

/** One line of the report. */
export interface Result {
    readonly measure: string;
    /** Of `value`, `baseline` and a budget on the value, for example `KB`; empty for counts. */
    readonly unit: string;
    readonly value: number;
    /** What the value is compared with, measured in the same run; undefined when there is none. */
    readonly baseline?: number;
    /** The ratio's lower and upper quartile over the rounds. */
    readonly spread?: readonly [number, number];
    /** The median ratio of the rounds; where it is undefined, it is `value / baseline`. */
    readonly medianRatio?: number;
    readonly budget: Budget;
}

/** What a measure is given. */
export interface Bench {
    /** Tells the user what goes on; for whatever takes longer than 2 seconds. */
    progress(text: string): void;
    /** Has something undone when the measure is over, however it ends; the last one comes first. */
    later(undo: () => Promise<void>): void;
}

/** Measures something and compares it with its baseline. */
export type Measure = (bench: Bench) => Promise<readonly Result[]>;

/** The value divided by the baseline; undefined without one. */
export function ratioOf({ medianRatio, value, baseline }: Result): number | undefined {
    return medianRatio ?? (baseline === undefined ? undefined : value / baseline);
}

/** Whether the budget is exceeded. */
export function isOver(result: Result): boolean {
    const { of, comparison, limit } = result.budget;
    const measured = of === "value" ? result.value : ratioOf(result);
    if (measured === undefined) {
        throw new Error(`${result.measure} has a budget on its ratio but no baseline.`);
    }
    return comparison === "at most" ? measured > limit : measured < limit;
}

/** The value below which the share of the numbers lies; 0.5 is the median. */
export function quantile(numbers: readonly number[], share: number): number {
    const sorted = [...numbers].sort((a, b) => a - b);
    const place = (sorted.length - 1) * share;
    const below = sorted[Math.floor(place)] ?? Number.NaN;
    const above = sorted[Math.ceil(place)] ?? Number.NaN;
    return below + (above - below) * (place - Math.floor(place));
}

/** The number in the middle. */
export function median(numbers: readonly number[]): number {
    return quantile(numbers, 0.5);
}
