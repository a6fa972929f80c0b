/** What a monitor thinks of a Region. */
export type Verdict = "good" | "bad";

/** A monitor's verdict on a Region, and how many samples in a row have spoken against it. */
export interface Standing {
    readonly verdict: Verdict;
    readonly against: number;
}

export type Standings = ReadonlyMap<string, Standing>;

/** So many samples in a row overturn a verdict. */
export const samplesToTurn = 3;

/** Nobody is accused before there is evidence. */
export const freshStanding: Standing = { verdict: "good", against: 0 };

/** Takes one sample in: a sample that agrees with the verdict forgets those that did not. */
export function weigh({ verdict, against }: Standing, sample: Verdict): Standing {
    if (sample === verdict) {
        return { verdict, against: 0 };
    }
    return against + 1 < samplesToTurn
        ? { verdict, against: against + 1 }
        : { verdict: sample, against: 0 };
}

/**
 * Takes one round of samples in, one of each Region. A round in which nobody answers says more
 * about the monitor's own network than about the Regions, so it changes nothing.
 */
export function weighRound(
    standings: Standings,
    samples: ReadonlyMap<string, Verdict>,
): Map<string, Standing> {
    const seesNothing = isBlind(samples);
    return new Map(
        [...samples].map(([region, sample]) => {
            const standing = standings.get(region) ?? freshStanding;
            return [region, seesNothing ? standing : weigh(standing, sample)];
        }),
    );
}

/** Whether a round of samples says more about who took them than about the Regions. */
export function isBlind(samples: ReadonlyMap<string, Verdict>): boolean {
    return [...samples.values()].every((sample) => sample === "bad");
}
