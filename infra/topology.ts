import regionTable from "./regions.json";

/** One cell: one logical database, and the Regions it lives in. */
export interface CellSettings {
    /** Short name, also the name of the viewer's continent: 2-12 lower-case letters. */
    readonly name: string;
    /** 1-255, unique, never reused: the last byte of every id that the cell makes. */
    readonly number: number;
    /** The Region where the cell's API always runs. */
    readonly home: string;
    /** The other active Region of the pair; without it the cluster is a single-Region one. */
    readonly peer?: string;
    /** The Region that only votes. Named exactly when `peer` is. */
    readonly witness?: string;
    /** Whether the API also runs in the peer. */
    readonly peerServes: boolean;
    /** 0-1000: the cell's share of new stock, relative to the weights of the others. */
    readonly weight: number;
}

/** One thing that is wrong with the configuration. */
export interface SettingFault {
    readonly option: string;
    readonly value: unknown;
    readonly allowed: string;
}

interface Place {
    readonly latitude: number;
    readonly longitude: number;
}

const regions: Readonly<Record<string, Place & { readonly regionSet: string | null }>> =
    regionTable.regions;
const places: Readonly<Record<string, Place>> = { ...regions, ...regionTable.edgeOnlyRegions };

/** The Region from which CloudFront, its certificates and its web ACLs are managed. */
export const cloudFrontControlRegion = regionTable.cloudFrontControlRegion;

/** The Regions with a CloudFront regional edge cache: what `cf.edgeLocation.region` can say. */
export const regionalEdgeCaches: readonly string[] = regionTable.regionalEdgeCaches;

/** The Regions that hold a cluster of the cell: its home and, where it has one, its peer. */
export function clusterRegions(cell: CellSettings): readonly string[] {
    return cell.peer === undefined ? [cell.home] : [cell.home, cell.peer];
}

/** The Regions where the cell's API runs, the home first. */
export function servingRegions(cell: CellSettings): readonly [string, ...string[]] {
    return cell.peer !== undefined && cell.peerServes ? [cell.home, cell.peer] : [cell.home];
}

/**
 * Where the monitors run, so that one is left whichever Region is lost: at home in the first two
 * cells, or in both Regions of the only one. A lone origin needs none, there is nowhere else to go.
 */
export function monitorRegions(cells: readonly CellSettings[]): readonly string[] {
    const homes = cells.map(({ home }) => home);
    const regions = homes.length > 1 ? homes : cells.flatMap(servingRegions);
    return regions.length > 1 ? regions.slice(0, 2) : [];
}

/**
 * The items by the distance of their Regions to the given one, by great circle; equals stay as
 * they are. From a Region that the table does not know the distances are those from the first
 * item's.
 */
export function byDistance<T extends { readonly region: string }>(
    region: string,
    items: readonly [T, ...T[]],
): readonly [T, ...T[]] {
    const from = places[region] ?? places[items[0].region];
    const distance = (item: T): number => {
        const to = places[item.region];
        return from === undefined || to === undefined
            ? Number.POSITIVE_INFINITY
            : distanceKilometres(from, to);
    };
    // A minus B is not a number where both are infinite.
    const compare = (left: T, right: T): number =>
        distance(left) === distance(right) ? 0 : distance(left) - distance(right);
    const [first = items[0], ...others] = [...items].sort(compare);
    return [first, ...others];
}

/** The item whose Region is nearest to the given one; of an unknown Region the first item. */
export function nearest<T extends { readonly region: string }>(
    region: string,
    items: readonly [T, ...T[]],
): T {
    return places[region] === undefined ? items[0] : byDistance(region, items)[0];
}

/**
 * Everything that is wrong with a list of cells. DSQL peers exactly two Regions of one Region set,
 * with a witness in a third Region of the same set.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/configuring-multi-region-clusters.html
 */
export function topologyFaults(cells: readonly CellSettings[]): SettingFault[] {
    if (cells.length === 0) {
        return [{ option: "cells", value: "[]", allowed: "at least one cell" }];
    }
    return [
        ...cells.flatMap((cell, index) => cellFaults(cell, `cells[${index}]`)),
        ...duplicateFaults(cells, "name", (cell) => [cell.name]),
        ...duplicateFaults(cells, "number", (cell) => [cell.number]),
        ...duplicateFaults(cells, "Region", clusterRegions),
        ...weightFaults(cells),
    ];
}

/** New stock has to go somewhere. */
function weightFaults(cells: readonly CellSettings[]): SettingFault[] {
    const weights = cells.map(({ weight }) => weight);
    return weights.every((weight) => weight === 0)
        ? [{ option: "cells", value: weights, allowed: "at least one weight above 0" }]
        : [];
}

function cellFaults(cell: CellSettings, option: string): SettingFault[] {
    const faults: SettingFault[] = [];
    const refuse = (key: string, value: unknown, allowed: string) =>
        faults.push({ option: `${option}.${key}`, value, allowed });

    if (!/^[a-z]{2,12}$/.test(cell.name)) {
        refuse("name", cell.name, "2-12 lower-case letters");
    }
    if (!Number.isInteger(cell.number) || cell.number < 1 || cell.number > 255) {
        refuse("number", cell.number, "an integer from 1 to 255");
    }
    if (!(cell.weight >= 0 && cell.weight <= 1000)) {
        refuse("weight", cell.weight, "a number from 0 to 1000");
    }
    for (const key of ["home", "peer", "witness"] as const) {
        const region = cell[key];
        if (region !== undefined && regions[region] === undefined) {
            refuse(key, region, `one of ${Object.keys(regions).join(", ")}`);
        }
    }
    if (cell.peer === undefined && cell.witness !== undefined) {
        refuse("peer", cell.peer, "a Region, because a witness is named; or name neither");
    }
    if (cell.peer !== undefined && cell.witness === undefined) {
        refuse("witness", cell.witness, "a Region, because a peer is named; or name neither");
    }
    if (cell.peer === undefined && cell.peerServes) {
        refuse("peerServes", true, "false, because the cell has no peer");
    }
    return [...faults, ...pairFaults(cell, option)];
}

function pairFaults(cell: CellSettings, option: string): SettingFault[] {
    const faults: SettingFault[] = [];
    const regionSet = regions[cell.home]?.regionSet;
    if (cell.peer !== undefined && cell.peer === cell.home) {
        faults.push({
            option: `${option}.peer`,
            value: cell.peer,
            allowed: "a Region other than home",
        });
    }
    if (cell.witness !== undefined && clusterRegions(cell).includes(cell.witness)) {
        faults.push({
            option: `${option}.witness`,
            value: cell.witness,
            allowed: "a Region other than home and peer",
        });
    }
    for (const key of ["peer", "witness"] as const) {
        const region = cell[key];
        if (region === undefined || regionSet === undefined || regions[region] === undefined) {
            continue;
        }
        if (regionSet === null || regions[region]?.regionSet !== regionSet) {
            faults.push({
                option: `${option}.${key}`,
                value: region,
                allowed: allowedPartners(cell.home, regionSet),
            });
        }
    }
    return faults;
}

function allowedPartners(home: string, regionSet: string | null): string {
    if (regionSet === null) {
        return `nothing, because ${home} offers single-Region clusters only`;
    }
    const partners = Object.keys(regions).filter(
        (region) => region !== home && regions[region]?.regionSet === regionSet,
    );
    return `a Region of the same Region set as ${home} (${regionSet}): ${partners.join(", ")}`;
}

function duplicateFaults(
    cells: readonly CellSettings[],
    what: string,
    valuesOf: (cell: CellSettings) => readonly (string | number)[],
): SettingFault[] {
    const values = cells.flatMap((cell) => [...new Set(valuesOf(cell))]);
    const repeated = new Set(values.filter((value, index) => values.indexOf(value) !== index));
    return [...repeated].map((value) => ({
        option: "cells",
        value,
        allowed: `each ${what} at most once`,
    }));
}

/** Haversine on a sphere of 6,371 km: good to half a percent, far finer than the choice needs. */
function distanceKilometres(from: Place, to: Place): number {
    const radians = (degrees: number) => (degrees * Math.PI) / 180;
    const halfChord =
        Math.sin(radians(to.latitude - from.latitude) / 2) ** 2 +
        Math.cos(radians(from.latitude)) *
            Math.cos(radians(to.latitude)) *
            Math.sin(radians(to.longitude - from.longitude) / 2) ** 2;
    return 2 * 6371 * Math.asin(Math.sqrt(halfChord));
}
