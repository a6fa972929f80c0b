import table from "./inter-region-latency.json";

/** Between Availability Zones; AWS promises less than ten. */
const sameRegionMilliseconds = 1;

const measured = new Map<string, number>(
    table.regions.flatMap((from, row) =>
        table.regions
            .slice(0, row)
            .map((to, column): [string, number] => [
                nameOf(from, to),
                table.roundTripMilliseconds[row]?.[column] ?? 0,
            ]),
    ),
);

/**
 * How long something takes from one Region to another and back, in milliseconds. For Regions that
 * were not measured: as long as it usually takes between their continents, or between any two
 * Regions.
 */
export function roundTripMilliseconds(from: string, to: string): number {
    if (from === to) {
        return sameRegionMilliseconds;
    }
    return measured.get(nameOf(from, to)) ?? estimate(from, to);
}

/** The same in both directions. */
function nameOf(a: string, b: string): string {
    return [a, b].sort().join(" ");
}

function estimate(from: string, to: string): number {
    const route = nameOf(continentOf(from), continentOf(to));
    const alike = [...measured].flatMap(([name, milliseconds]) => {
        const [a = "", b = ""] = name.split(" ");
        return nameOf(continentOf(a), continentOf(b)) === route ? [milliseconds] : [];
    });
    return median(alike.length > 0 ? alike : [...measured.values()]);
}

const continents: Readonly<Record<string, string>> = {
    us: "America",
    ca: "America",
    mx: "America",
    sa: "America",
    eu: "Europe",
    ap: "Asia Pacific",
};

function continentOf(region: string): string {
    const [prefix = ""] = region.split("-");
    return continents[prefix] ?? prefix;
}

function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
