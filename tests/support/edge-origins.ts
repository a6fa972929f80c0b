import type { RoutableOrigin } from "../../infra/edge/router";
import { apCell, euCell, usCell } from "./stacks";

type Origins = readonly [RoutableOrigin, ...RoutableOrigin[]];

/** The APIs of three cells that serve from their home Regions alone. */
export const homeOrigins = [usCell, euCell, apCell].map((cell) =>
    originOf(cell, cell.home),
) as unknown as Origins;

/** The APIs of three cells that serve from both of their Regions. */
export const sixOrigins = [usCell, euCell, apCell].flatMap((cell) => [
    originOf(cell, cell.home),
    originOf(cell, cell.peer),
]) as unknown as Origins;

function originOf(
    { name, number }: { readonly name: string; readonly number: number },
    region: string,
): RoutableOrigin {
    return { id: `${name}-${region}`, cell: name, number, region };
}
