/** Which Regions are down. */
export interface Outages {
    isDown(region: string): boolean;
    take(region: string): void;
    bringUp(region: string): void;
    /** Resolves as soon as the Region is not down. */
    whenUp(region: string): Promise<void>;
    /** In alphabetical order. */
    list(): readonly string[];
}

/** Makes outages of which there is none yet. */
export function createOutages(): Outages {
    const down = new Set<string>();
    const waiting = new Map<string, Array<() => void>>();
    return {
        isDown: (region) => down.has(region),
        take: (region) => void down.add(region),
        bringUp(region) {
            down.delete(region);
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
