import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Database } from "./database";
import { backgroundFunctions } from "./functions";
import { MessageQueue } from "./message-queue";
import { createRestApi } from "./rest-api";
import type { Settings } from "./settings";
import { type CellSettings, servingRegions } from "./topology";

export interface CellFoundationArgs {
    cell: CellSettings;
    settings: Settings;
}

/** An API that has an address already. */
export interface AddressedApi {
    readonly region: string;
    readonly restApi: aws.apigateway.RestApi;
}

/** Another cell, as the functions of one cell see it. */
export interface Neighbour {
    readonly cell: CellSettings;
    /** The one that is meant: its home, or the other one. */
    readonly region: string;
    /** Where its internal routes answer there, the stage included. */
    readonly url: pulumi.Output<string>;
    /** The ARN of that stage, to which a method and a path are added. */
    readonly stageArn: pulumi.Output<string>;
    /** The queue there that takes messages from the one cell. */
    readonly queue: MessageQueue;
    /** The same in the other Region of its database, where that serves, too. */
    readonly peer?: Neighbour;
}

/** The queues of a cell in one of its Regions. */
export interface RegionalQueues {
    /** Tells the relay that there is something to send. */
    readonly wakeUp: MessageQueue;
    /** For what arrives, by the name of the cell that it comes from. */
    readonly inbound: Readonly<Record<string, MessageQueue>>;
}

/**
 * What a cell is to the others: where its API will answer and where to leave messages for it. It
 * is made first in every cell, because each cell's functions are told all this of all others. The
 * cell's database is part of it, because it takes the longest to make.
 */
export class CellFoundation extends pulumi.ComponentResource {
    public readonly cell: CellSettings;
    public readonly database: Database;
    /** One for each serving Region, that of the home Region first. */
    public readonly apis: readonly [AddressedApi, ...AddressedApi[]];
    /** The queues of each serving Region; none in a cell alone, which has nobody to talk to. */
    private readonly queuesByRegion: Readonly<Record<string, RegionalQueues>>;

    constructor(name: string, args: CellFoundationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:CellFoundation", name, {}, opts);

        const { cell, settings } = args;
        const others = settings.cells.filter((other) => other.name !== cell.name);
        this.cell = cell;
        this.database = this.createDatabase(args);
        const [home, ...peers] = servingRegions(cell);
        this.apis = [this.createApi(home), ...peers.map((region) => this.createApi(region))];
        this.queuesByRegion = Object.fromEntries(
            others.length === 0
                ? []
                : [home, ...peers].map((region) => [region, this.createQueues(region, others)]),
        );
        this.registerOutputs({});
    }

    /** Every queue of the cell. */
    public get queues(): readonly MessageQueue[] {
        return Object.values(this.queuesByRegion).flatMap(({ wakeUp, inbound }) => [
            wakeUp,
            ...Object.values(inbound),
        ]);
    }

    /** The queues of one of the cell's Regions; undefined in a cell alone. */
    public queuesIn(region: string): RegionalQueues | undefined {
        return this.queuesByRegion[region];
    }

    /** This cell as another one sees it. */
    public asNeighbourOf(other: CellSettings, stage: string): Neighbour {
        const [home, ...peers] = this.apis.map(({ region, restApi }) => {
            const queue = this.queuesIn(region)?.inbound[other.name];
            if (queue === undefined) {
                throw new Error(`Cell ${this.cell.name} takes no messages from ${other.name}.`);
            }
            return {
                cell: this.cell,
                region,
                url: pulumi.interpolate`https://${restApi.id}.execute-api.${region}.amazonaws.com/${stage}`,
                stageArn: pulumi.interpolate`${restApi.executionArn}/${stage}`,
                queue,
            };
        });
        if (home === undefined) {
            throw new Error(`Cell ${this.cell.name} serves nowhere.`);
        }
        const [peer] = peers;
        return peer === undefined ? home : { ...home, peer };
    }

    private createDatabase({ cell, settings }: CellFoundationArgs): Database {
        return new Database(
            `${cell.name}-database`,
            {
                cell,
                clusterName: settings.clusterName,
                deletionProtection: settings.deletionProtection,
            },
            { parent: this },
        );
    }

    private createApi(region: string): AddressedApi {
        const name = `${this.cell.name}-api-${region}`;
        return { region, restApi: createRestApi(name, region, { parent: this }) };
    }

    private createQueues(region: string, others: readonly CellSettings[]): RegionalQueues {
        const inbound = others.map(
            ({ name }) => [name, this.createQueue(`from-${name}`, region, "apply")] as const,
        );
        return {
            wakeUp: this.createQueue("wake-up", region, "relay"),
            inbound: Object.fromEntries(inbound),
        };
    }

    private createQueue(name: string, region: string, consumer: "relay" | "apply"): MessageQueue {
        // A queue that there was before its cell served from both Regions keeps its name.
        const suffix = region === this.cell.home ? "" : `-${region}`;
        return new MessageQueue(
            `${this.cell.name}-${name}${suffix}`,
            {
                region,
                consumerTimeoutSeconds: backgroundFunctions[consumer].timeoutSeconds,
            },
            { parent: this },
        );
    }
}

/** The other cells as one of them sees them. */
export function neighboursOf(
    one: CellFoundation,
    all: readonly CellFoundation[],
    stage: string,
): readonly Neighbour[] {
    return all
        .filter((other) => other !== one)
        .map((other) => other.asNeighbourOf(one.cell, stage));
}
