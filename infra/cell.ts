import * as pulumi from "@pulumi/pulumi";
import type { Bundler } from "./bundle";
import { Database } from "./database";
import { ServiceFunction } from "./function";
import { FunctionRole } from "./function-role";
import { type ApiFunctionName, apiFunctions, type FunctionDefinition } from "./functions";
import { RegionalApi } from "./regional-api";
import { Schema } from "./schema";
import type { Settings } from "./settings";
import { type CellSettings, servingRegions } from "./topology";

export interface CellArgs {
    cell: CellSettings;
    settings: Settings;
    bundler: Bundler;
    /** Must be in place before a stage can write access logs. */
    logging: pulumi.Resource;
}

/** A regional API as the edge sees it. */
export interface Origin {
    readonly id: string;
    readonly cell: string;
    readonly region: string;
    readonly domainName: pulumi.Output<string>;
    readonly path: string;
}

/** One of something for each API function. */
type PerFunction<Part> = Readonly<Record<ApiFunctionName, Part>>;

interface RegionalRoles {
    readonly region: string;
    readonly roles: PerFunction<FunctionRole>;
}

/**
 * One cell: a logical database, its schema, and the shop's functions and API in every Region of
 * the cell that serves. A cell knows nothing of the other cells.
 */
export class Cell extends pulumi.ComponentResource {
    public readonly name: string;
    /** The APIs, that of the home Region first. */
    public readonly apis: readonly RegionalApi[];
    public readonly origins: readonly Origin[];
    public readonly database: Database;
    public readonly functionNames: readonly pulumi.Output<string>[];

    constructor(name: string, args: CellArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:Cell", name, {}, opts);

        this.name = name;
        this.database = this.createDatabase(args);
        const regionalRoles = servingRegions(args.cell).map((region) => ({
            region,
            roles: forEachFunction((functionName) => this.createRole(functionName, region, args)),
        }));
        const schema = this.createSchema(args, regionalRoles);
        const services = regionalRoles.map((regional) => ({
            region: regional.region,
            functions: this.createFunctions(args, regional, schema),
        }));
        this.apis = services.map(({ region, functions }) =>
            this.createApi(region, args, functions, schema),
        );
        this.origins = this.apis.map((api) => originOf(name, api));
        this.functionNames = [
            ...services.flatMap(({ functions }) => Object.values(functions)),
            schema,
        ].map((service) => service.functionName);

        this.registerOutputs({
            urls: this.apis.map((api) => api.url),
            functionNames: this.functionNames,
        });
    }

    private createDatabase({ cell, settings }: CellArgs): Database {
        return new Database(
            `${this.name}-database`,
            {
                cell,
                clusterName: settings.clusterName,
                deletionProtection: settings.deletionProtection,
            },
            { parent: this },
        );
    }

    private createRole(
        functionName: ApiFunctionName,
        region: string,
        { settings }: CellArgs,
    ): FunctionRole {
        return new FunctionRole(
            `${this.name}-${functionName}-${region}`,
            {
                region,
                logRetentionDays: settings.logRetentionDays,
                clusterArn: this.database.in(region).arn,
                databaseAction: "dsql:DbConnect",
            },
            { parent: this },
        );
    }

    private createSchema(
        { cell, settings, bundler }: CellArgs,
        regionalRoles: readonly RegionalRoles[],
    ): Schema {
        const grants = regionalRoles.flatMap(({ roles }) =>
            Object.entries(roles).map(([functionName, role]) => ({
                databaseRole: apiFunctions[functionName as ApiFunctionName].databaseRole,
                iamRoleArn: role.arn,
            })),
        );
        return new Schema(
            `${this.name}-schema`,
            {
                cell,
                database: this.database.in(cell.home),
                grants,
                bundler,
                memoryMegabytes: settings.functionMemoryMegabytes,
                logRetentionDays: settings.logRetentionDays,
            },
            { parent: this },
        );
    }

    private createFunctions(
        { cell, settings, bundler }: CellArgs,
        { region, roles }: RegionalRoles,
        schema: Schema,
    ): PerFunction<ServiceFunction> {
        return forEachFunction((functionName) => {
            const definition: FunctionDefinition = apiFunctions[functionName];
            return new ServiceFunction(
                `${this.name}-${functionName}-${region}`,
                {
                    region,
                    inline: definition.inline,
                    bundler,
                    role: roles[functionName],
                    variables: {
                        CELL_NAME: cell.name,
                        CELL_NUMBER: String(cell.number),
                        DATABASE_ENDPOINT: this.database.in(region).endpoint,
                        DATABASE_ROLE: definition.databaseRole,
                    },
                    memoryMegabytes: settings.functionMemoryMegabytes,
                    timeoutSeconds: definition.timeoutSeconds,
                    startsAfter: [schema],
                },
                { parent: this },
            );
        });
    }

    private createApi(
        region: string,
        { cell, settings, logging }: CellArgs,
        functions: PerFunction<ServiceFunction>,
        schema: Schema,
    ): RegionalApi {
        return new RegionalApi(
            `${this.name}-api-${region}`,
            {
                region,
                cell: cell.name,
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

function forEachFunction<Part>(create: (name: ApiFunctionName) => Part): PerFunction<Part> {
    return {
        catalog: create("catalog"),
        customers: create("customers"),
        orders: create("orders"),
        status: create("status"),
    };
}

function originOf(cell: string, api: RegionalApi): Origin {
    return {
        id: `${cell}-${api.region}`,
        cell,
        region: api.region,
        domainName: api.domainName,
        path: api.path,
    };
}
