import type { RoutableOrigin } from "../../infra/edge/router";
import { apCell, euCell, usCell } from "./stacks";

type Origins = readonly [RoutableOrigin, ...RoutableOrigin[]];

/** The APIs of three cells that serve from their home Regions alone. */
export const homeOrigins = [usCell, euCell, apCell].map(({ name, home }) =>
    originOf(name, home),
) as unknown as Origins;

/** The APIs of three cells that serve from both of their Regions. */
export const sixOrigins = [usCell, euCell, apCell].flatMap(({ name, home, peer }) => [
    originOf(name, home),
    originOf(name, peer),
]) as unknown as Origins;

function originOf(cell: string, region: string): RoutableOrigin {
    return { id: `${cell}-${region}`, cell, region };
}
