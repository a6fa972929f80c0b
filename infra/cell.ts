import * as pulumi from "@pulumi/pulumi";
import { BackgroundFunction } from "./background-function";
import type { Bundler } from "./bundle";
import type { AddressedApi, CellFoundation, Neighbour } from "./cell-foundation";
import type { OriginSecret } from "./edge/origin-secret";
import { ServiceFunction } from "./function";
import type { BackgroundFunctionDefinition } from "./functions";
import { forEachApiFunction, type PerFunction, type Placement, placeFunctions } from "./placement";
import { cellVariables, sourcesOf } from "./reach";
import { RegionalApi } from "./regional-api";
import { Schema } from "./schema";
import type { Settings } from "./settings";
import type { CellSettings } from "./topology";

export interface CellArgs {
    foundation: CellFoundation;
    /** The other cells. */
    neighbours: readonly Neighbour[];
    settings: Settings;
    bundler: Bundler;
    /** Must be in place before a stage can write access logs. */
    logging: pulumi.Resource;
    originSecret: OriginSecret;
}

/** A regional API as the edge sees it. */
export interface Origin {
    readonly id: string;
    readonly cell: string;
    readonly number: number;
    readonly region: string;
    readonly domainName: pulumi.Output<string>;
    readonly path: string;
}

/**
 * One cell at work, on its foundation: the schema of its database, the shop's functions and API in
 * every Region of the cell that serves, and at home the functions that keep it and the other cells
 * in agreement.
 */
export class Cell extends pulumi.ComponentResource {
    public readonly name: string;
    /** The APIs, that of the home Region first. */
    public readonly apis: readonly RegionalApi[];
    public readonly origins: readonly Origin[];
    public readonly functionNames: readonly pulumi.Output<string>[];

    constructor(name: string, args: CellArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:Cell", name, {}, opts);

        this.name = name;
        const { behindApis, background } = placeFunctions(
            args,
            args.settings.logRetentionDays,
            this,
        );
        const schema = this.createSchema(args, [
            ...behindApis.flatMap(({ functions }) => Object.values(functions)),
            ...background,
        ]);
        const services = behindApis.map(({ api, functions }) => ({
            api,
            functions: forEachApiFunction((functionName) =>
                this.createFunction(functions[functionName], args, schema),
            ),
        }));
        const runners = background.map((placement) =>
            this.createBackground(placement, args, schema),
        );
        this.apis = services.map(({ api, functions }) =>
            this.createApi(api, args, functions, schema),
        );
        this.origins = this.apis.map((api) => originOf(args.foundation.cell, api));
        this.functionNames = [
            ...services.flatMap(({ functions }) => Object.values(functions)),
            ...runners,
            schema,
        ].map((service) => service.functionName);

        this.registerOutputs({
            urls: this.apis.map((api) => api.url),
            functionNames: this.functionNames,
        });
    }

    private createSchema(
        { foundation, settings, bundler }: CellArgs,
        placements: readonly Placement[],
    ): Schema {
        const { cell, database } = foundation;
        return new Schema(
            `${this.name}-schema`,
            {
                cell,
                database: database.in(cell.home),
                grants: placements.map(({ definition, role }) => ({
                    databaseRole: definition.databaseRole,
                    iamRoleArn: role.arn,
                })),
                bundler,
                memoryMegabytes: settings.functionMemoryMegabytes,
                logRetentionDays: settings.logRetentionDays,
            },
            { parent: this },
        );
    }

    private createFunction(placement: Placement, args: CellArgs, schema: Schema): ServiceFunction {
        const { name, definition } = placement;
        return new ServiceFunction(
            name,
            {
                ...runtimeOf(placement, args, schema),
                inline: definition.inline,
                timeoutSeconds: definition.timeoutSeconds,
            },
            { parent: this },
        );
    }

    private createBackground(
        placement: Placement<BackgroundFunctionDefinition>,
        args: CellArgs,
        schema: Schema,
    ): BackgroundFunction {
        const { name, definition } = placement;
        return new BackgroundFunction(
            name,
            {
                ...runtimeOf(placement, args, schema),
                definition,
                sources: sourcesOf(definition, placement.region, args),
            },
            { parent: this },
        );
    }

    private createApi(
        api: AddressedApi,
        { settings, logging }: CellArgs,
        functions: PerFunction<ServiceFunction>,
        schema: Schema,
    ): RegionalApi {
        return new RegionalApi(
            `${this.name}-api-${api.region}`,
            {
                api,
                cell: this.name,
                stage: settings.apiStage,
                functions,
                throttling: settings.throttling,
                logRetentionDays: settings.logRetentionDays,
                opensAfter: [schema, logging],
            },
            { parent: this },
        );
    }
}

/** What every function of the cell is made with. */
function runtimeOf({ definition, region, role }: Placement, args: CellArgs, schema: Schema) {
    const { foundation, settings, bundler } = args;
    return {
        region,
        bundler,
        role,
        variables: {
            ...cellVariables(region, args),
            DATABASE_ENDPOINT: foundation.database.in(region).endpoint,
            DATABASE_ROLE: definition.databaseRole,
            ...(definition.answersViewers ? { ORIGIN_SECRETS: args.originSecret.accepted } : {}),
        },
        memoryMegabytes: settings.functionMemoryMegabytes,
        startsAfter: [schema],
    };
}

function originOf({ name, number }: CellSettings, api: RegionalApi): Origin {
    return {
        id: `${name}-${api.region}`,
        cell: name,
        number,
        region: api.region,
        domainName: api.domainName,
        path: api.path,
    };
}
