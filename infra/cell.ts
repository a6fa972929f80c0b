import * as pulumi from "@pulumi/pulumi";
import type { Bundler } from "./bundle";
import { Database } from "./database";
import { ServiceFunction } from "./function";
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

type ApiFunctions = Readonly<Record<ApiFunctionName, ServiceFunction>>;

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
        const functions = servingRegions(args.cell).map((region) => ({
            region,
            functions: this.createFunctions(region, args),
        }));
        const schema = this.createSchema(args, functions);
        this.apis = functions.map((regional) =>
            this.createApi(regional.region, args, regional.functions, schema),
        );
        this.origins = this.apis.map((api) => originOf(name, api));
        this.functionNames = [
            ...functions.flatMap((regional) => Object.values(regional.functions)),
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

    private createFunctions(region: string, args: CellArgs): ApiFunctions {
        const create = (name: ApiFunctionName) => this.createFunction(name, region, args);
        return {
            catalog: create("catalog"),
            customers: create("customers"),
            orders: create("orders"),
            status: create("status"),
        };
    }

    private createFunction(
        functionName: ApiFunctionName,
        region: string,
        { cell, settings, bundler }: CellArgs,
    ): ServiceFunction {
        const definition: FunctionDefinition = apiFunctions[functionName];
        const database = this.database.in(region);
        return new ServiceFunction(
            `${this.name}-${functionName}-${region}`,
            {
                region,
                inline: definition.inline,
                bundler,
                variables: {
                    CELL_NAME: cell.name,
                    CELL_NUMBER: String(cell.number),
                    DATABASE_ENDPOINT: database.endpoint,
                    DATABASE_ROLE: definition.databaseRole,
                },
                memoryMegabytes: settings.functionMemoryMegabytes,
                timeoutSeconds: definition.timeoutSeconds,
                logRetentionDays: settings.logRetentionDays,
                clusterArn: database.arn,
                databaseAction: "dsql:DbConnect",
            },
            { parent: this },
        );
    }

    private createSchema(
        { cell, settings, bundler }: CellArgs,
        functions: readonly { readonly functions: ApiFunctions }[],
    ): Schema {
        const grants = functions.flatMap((regional) =>
            Object.entries(regional.functions).map(([functionName, service]) => ({
                databaseRole: apiFunctions[functionName as ApiFunctionName].databaseRole,
                iamRoleArn: service.roleArn,
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

    private createApi(
        region: string,
        { cell, settings, logging }: CellArgs,
        functions: ApiFunctions,
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

function originOf(cell: string, api: RegionalApi): Origin {
    return {
        id: `${cell}-${api.region}`,
        cell,
        region: api.region,
        domainName: api.domainName,
        path: api.path,
    };
}
