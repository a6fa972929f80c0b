import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bundler } from "./bundle";
import { ServiceFunction } from "./function";
import { FunctionRole } from "./function-role";
import { monitorFunction } from "./functions";
import { noReach } from "./permissions";
import type { RegionalApi } from "./regional-api";
import { Schedule } from "./schedule";
import type { Settings } from "./settings";

export interface MonitorArgs {
    /** The one it runs in. */
    region: string;
    /** Where all monitors run. */
    monitorRegions: readonly string[];
    /** What it watches. */
    apis: readonly RegionalApi[];
    /** Where it says what it has seen. */
    keyValueStore: aws.cloudfront.KeyValueStore;
    settings: Settings;
    bundler: Bundler;
}

// It runs all the time and mostly waits.
const memoryMegabytes = 256;

/**
 * The function that asks every regional API for its health every two seconds, and tells the edge
 * which Regions are down. It may change the edge's KeyValueStore and nothing else.
 */
export class Monitor extends pulumi.ComponentResource {
    public readonly functionName: pulumi.Output<string>;

    constructor(name: string, args: MonitorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:Monitor", name, {}, opts);

        const service = this.createFunction(name, args, this.createRole(name, args));
        new Schedule(
            `${name}-schedule`,
            { region: args.region, service, definition: monitorFunction.schedule },
            { parent: this },
        );

        this.functionName = service.functionName;
        this.registerOutputs({ functionName: this.functionName });
    }

    private createRole(name: string, args: MonitorArgs): FunctionRole {
        return new FunctionRole(
            name,
            {
                region: args.region,
                logRetentionDays: args.settings.logRetentionDays,
                reach: args.keyValueStore.arn.apply((arn) => ({ ...noReach, maintains: [arn] })),
            },
            { parent: this },
        );
    }

    private createFunction(name: string, args: MonitorArgs, role: FunctionRole): ServiceFunction {
        return new ServiceFunction(
            name,
            {
                region: args.region,
                inline: monitorFunction.inline,
                bundler: args.bundler,
                role,
                variables: {
                    MONITORED_ORIGINS: pulumi.jsonStringify(
                        args.apis.map(({ region, url }) => ({ region, url })),
                    ),
                    MONITOR_REGIONS: args.monitorRegions.join(),
                    KEY_VALUE_STORE_ARN: args.keyValueStore.arn,
                },
                memoryMegabytes,
                timeoutSeconds: monitorFunction.timeoutSeconds,
                // Two of them would count each sample twice.
                reservedConcurrency: 1,
                startsAfter: [],
            },
            { parent: this },
        );
    }
}
