/** A cell and its Regions, its home first. */
export interface PlacedCell {
    readonly name: string;
    readonly regions: readonly string[];
}

/** Reads names of cells and Regions. Each throws an Error that says which there are. */
export interface Places {
    region(name: string): string;
    regionsOf(cell: string): readonly string[];
    /** Calls for each Region at one end and each at the other; an end is a Region or a cell. */
    between(from: string, to: string, call: (from: string, to: string) => void): void;
}

/** The places of one stack. */
export function createPlaces(cells: readonly PlacedCell[]): Places {
    const allRegions = cells.flatMap(({ regions }) => regions);
    const names = cells.map(({ name }) => name);
    const regionsOf = (cell: string): readonly string[] => {
        const found = cells.find(({ name }) => name === cell);
        if (found === undefined) {
            throw new Error(`There is no cell "${cell}"; allowed: ${names.join(", ")}.`);
        }
        return found.regions;
    };
    const end = (name: string): readonly string[] => {
        if (!allRegions.includes(name) && !names.includes(name)) {
            throw new Error(
                `"${name}" is neither a cell nor a Region; allowed: ` +
                    `${[...names, ...allRegions].join(", ")}.`,
            );
        }
        return names.includes(name) ? regionsOf(name) : [name];
    };
    return {
        region(name) {
            if (!allRegions.includes(name)) {
                throw new Error(`There is no Region "${name}"; allowed: ${allRegions.join(", ")}.`);
            }
            return name;
        },
        regionsOf,
        between(from, to, call) {
            const [starts, ends] = [end(from), end(to)];
            if (starts.some((start) => ends.includes(start))) {
                throw new Error(
                    `A link leads from one place to another; "${from}" and "${to}" share a Region.`,
                );
            }
            for (const start of starts) {
                for (const finish of ends) {
                    call(start, finish);
                }
            }
        },
    };
}
