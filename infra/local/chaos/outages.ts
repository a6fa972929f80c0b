/** Which Regions are down. */
export interface Outages {
    isDown(region: string): boolean;
    /** Whether the Region is down without refusing anything: a black hole. */
    isSilent(region: string): boolean;
    take(region: string, isSilent?: boolean): void;
    bringUp(region: string): void;
    /** Resolves as soon as the Region is not down. */
    whenUp(region: string): Promise<void>;
    /** In alphabetical order. */
    list(): readonly string[];
}

/** Makes outages of which there is none yet. */
export function createOutages(): Outages {
    const down = new Set<string>();
    const silent = new Set<string>();
    const waiting = new Map<string, Array<() => void>>();
    return {
        isDown: (region) => down.has(region),
        isSilent: (region) => silent.has(region),
        take(region, isSilent = false) {
            down.add(region);
            if (isSilent) {
                silent.add(region);
            } else {
                silent.delete(region);
            }
        },
        bringUp(region) {
            down.delete(region);
            silent.delete(region);
            const resolves = waiting.get(region) ?? [];
            waiting.delete(region);
            for (const resolve of resolves) {
                resolve();
            }
        },
        async whenUp(region) {
            while (down.has(region)) {
                await new Promise<void>((resolve) => {
                    waiting.set(region, [...(waiting.get(region) ?? []), resolve]);
                });
            }
        },
        list: () => [...down].sort(),
    };
}
