import * as fs from "node:fs";
import * as path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bundler } from "./bundle";
import type { DatabaseEndpoint } from "./database";
import { ServiceFunction } from "./function";
import { FunctionRole } from "./function-role";
import { migrateFunction } from "./functions";
import { noReach } from "./permissions";
import type { CellSettings } from "./topology";

export interface SchemaArgs {
    cell: CellSettings;
    /** The cluster of the home Region; its peer shares the catalog. */
    database: DatabaseEndpoint;
    /** Which IAM role may connect as which database role. */
    grants: readonly DatabaseGrant[];
    bundler: Bundler;
    memoryMegabytes: number;
    logRetentionDays: number;
}

/** Lets an IAM role open sessions as a database role. */
export interface DatabaseGrant {
    readonly databaseRole: string;
    readonly iamRoleArn: pulumi.Input<string>;
}

/** One migration: a file with one statement. */
export interface Migration {
    /** The file's name without its ending, for example `0001-create-schema-shop`. */
    readonly id: string;
    readonly sql: string;
}

const migrationsFolder = path.resolve(__dirname, "../app/database/migrations");

/**
 * Runs pending migrations once per cell. The functions behind the API depend on this component,
 * so their code never runs before the tables that it needs, in an update neither. The migrations
 * are the invocation's input, so a preview shows the SQL that is about to run, and a
 * new file is what causes the next run.
 */
export class Schema extends pulumi.ComponentResource {
    public readonly functionName: pulumi.Output<string>;
    /** What the migrator reported, as JSON: the migrations applied and those already there. */
    public readonly report: pulumi.Output<string>;

    constructor(name: string, args: SchemaArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:Schema", name, {}, opts);

        const migrator = this.createMigrator(name, args);
        const invocation = this.invoke(name, args, migrator);

        this.functionName = migrator.functionName;
        this.report = invocation.result;
        this.registerOutputs({ report: this.report });
    }

    private createMigrator(name: string, args: SchemaArgs): ServiceFunction {
        const role = new FunctionRole(
            `${name}-migrate`,
            {
                region: args.cell.home,
                logRetentionDays: args.logRetentionDays,
                database: { clusterArn: args.database.arn, action: "dsql:DbConnectAdmin" },
                reach: noReach,
            },
            { parent: this },
        );
        return new ServiceFunction(
            `${name}-migrate`,
            {
                region: args.cell.home,
                inline: migrateFunction.inline,
                bundler: args.bundler,
                role,
                variables: {
                    CELL_NAME: args.cell.name,
                    CELL_NUMBER: String(args.cell.number),
                    DATABASE_ENDPOINT: args.database.endpoint,
                    DATABASE_ROLE: migrateFunction.databaseRole,
                },
                memoryMegabytes: args.memoryMegabytes,
                timeoutSeconds: migrateFunction.timeoutSeconds,
                startsAfter: [],
            },
            { parent: this },
        );
    }

    private invoke(
        name: string,
        args: SchemaArgs,
        migrator: ServiceFunction,
    ): aws.lambda.Invocation {
        const input = pulumi.jsonStringify({
            migrations: readMigrations(),
            grants: args.grants,
        });
        return new aws.lambda.Invocation(
            `${name}-migration`,
            { region: args.cell.home, functionName: migrator.functionName, input },
            { parent: this },
        );
    }
}

/**
 * The migrations in the order in which they apply.
 * @throws Error when a file's name is not four digits, a hyphen and words.
 */
export function readMigrations(folder: string = migrationsFolder): Migration[] {
    const names = fs
        .readdirSync(folder)
        .filter((name) => name.endsWith(".sql"))
        .sort();
    return names.map((name) => {
        if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name)) {
            throw new Error(
                `Migration ${name} must be named like 0042-add-a-column.sql; rename it.`,
            );
        }
        const sql = fs.readFileSync(path.join(folder, name), "utf8");
        return { id: name.slice(0, -".sql".length), sql };
    });
}
