import type * as pulumi from "@pulumi/pulumi";
import type { AddressedApi } from "./cell-foundation";
import { FunctionRole } from "./function-role";
import {
    type ApiFunctionName,
    apiFunctions,
    type BackgroundFunctionDefinition,
    type BackgroundFunctionName,
    backgroundFunctions,
    type FunctionDefinition,
    type ShopFunctionName,
} from "./functions";
import { reachOf, type Surroundings } from "./reach";
import { servingRegions } from "./topology";

/** One of something for each API function. */
export type PerFunction<Part> = Readonly<Record<ApiFunctionName, Part>>;

/** Where a function is going to run, and as whom. */
export interface Placement<Definition extends FunctionDefinition = FunctionDefinition> {
    /** The logical name of everything that is made for the function. */
    readonly name: string;
    readonly region: string;
    readonly definition: Definition;
    readonly role: FunctionRole;
}

export interface Placements {
    readonly behindApis: readonly {
        readonly api: AddressedApi;
        readonly functions: PerFunction<Placement>;
    }[];
    readonly background: readonly Placement<BackgroundFunctionDefinition>[];
}

/**
 * Decides where the functions of a cell run and makes their roles: those behind the API in every
 * Region that serves, the others there or at home, and only where there are other cells.
 */
export function placeFunctions(
    surroundings: Surroundings,
    logRetentionDays: number,
    parent: pulumi.Resource,
): Placements {
    const { cell, database, apis } = surroundings.foundation;
    const place = <Definition extends FunctionDefinition>(
        functionName: ShopFunctionName,
        definition: Definition,
        region: string,
    ): Placement<Definition> => {
        const name = `${cell.name}-${functionName}-${region}`;
        const role = new FunctionRole(
            name,
            {
                region,
                logRetentionDays,
                database: { clusterArn: database.in(region).arn, action: "dsql:DbConnect" },
                reach: reachOf(functionName, definition, region, surroundings),
            },
            { parent },
        );
        return { name, region, definition, role };
    };
    const background = Object.keys(backgroundFunctions) as BackgroundFunctionName[];
    return {
        behindApis: apis.map((api) => ({
            api,
            functions: forEachApiFunction((name) => place(name, apiFunctions[name], api.region)),
        })),
        background: (surroundings.neighbours.length === 0 ? [] : background).flatMap((name) => {
            const definition: BackgroundFunctionDefinition = backgroundFunctions[name];
            const regions = definition.runsIn === "home" ? [cell.home] : servingRegions(cell);
            return regions.map((region) => place(name, definition, region));
        }),
    };
}

/** Makes one of something for each API function. */
export function forEachApiFunction<Part>(
    create: (name: ApiFunctionName) => Part,
): PerFunction<Part> {
    const names = Object.keys(apiFunctions) as ApiFunctionName[];
    return Object.fromEntries(names.map((name) => [name, create(name)])) as PerFunction<Part>;
}
