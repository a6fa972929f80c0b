/** One of the places where the same thing can be had. */
export interface Place {
    readonly region: string;
}

/** Remembers which places have failed, so that a lost Region costs few requests their time. */
export interface Detours {
    /**
     * Those worth a try now, in their order: whoever has failed lately comes not at all, unless all
     * have; then those that have had a moment to recover.
     */
    among<P extends Place>(places: readonly P[]): readonly P[];
    failed(place: Place): void;
}

/** How long a place is left alone while there is another one. */
const longPauseMilliseconds = 30_000;
/** How long one is left alone in any case: a queue of waiting requests helps nobody. */
const shortPauseMilliseconds = 1_000;

/** @param clock milliseconds of a clock that never goes back */
export function createDetours(clock: () => number): Detours {
    const failedAt = new Map<string, number>();
    const hasRested = ({ region }: Place, milliseconds: number): boolean => {
        const at = failedAt.get(region);
        return at === undefined || clock() - at >= milliseconds;
    };
    return {
        among(places) {
            const well =
                places.length > 1
                    ? places.filter((place) => hasRested(place, longPauseMilliseconds))
                    : [];
            return well.length > 0
                ? well
                : places.filter((place) => hasRested(place, shortPauseMilliseconds));
        },
        failed: ({ region }) => void failedAt.set(region, clock()),
    };
}
