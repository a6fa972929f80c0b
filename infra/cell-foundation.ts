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
    /** Where its internal routes answer: the API of its home Region, the stage included. */
    readonly url: pulumi.Output<string>;
    /** The ARN of that stage, to which a method and a path are added. */
    readonly stageArn: pulumi.Output<string>;
    /** The queue there that takes messages from the one cell. */
    readonly queue: MessageQueue;
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
    /** Tells the relay that there is something to send; a cell alone has nobody to send it to. */
    public readonly wakeUpQueue: MessageQueue | undefined;
    /** The queues for what arrives, by the name of the cell that it comes from. */
    public readonly inboundQueues: Readonly<Record<string, MessageQueue>>;

    constructor(name: string, args: CellFoundationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:CellFoundation", name, {}, opts);

        const { cell, settings } = args;
        const others = settings.cells.filter((other) => other.name !== cell.name);
        this.cell = cell;
        this.database = this.createDatabase(args);
        const [home, ...peers] = servingRegions(cell);
        this.apis = [this.createApi(home), ...peers.map((region) => this.createApi(region))];
        this.wakeUpQueue = others.length === 0 ? undefined : this.createQueue("wake-up", "relay");
        this.inboundQueues = Object.fromEntries(
            others.map((other) => [other.name, this.createQueue(`from-${other.name}`, "apply")]),
        );
        this.registerOutputs({});
    }

    /** Every queue of the cell. */
    public get queues(): readonly MessageQueue[] {
        const inbound = Object.values(this.inboundQueues);
        return this.wakeUpQueue === undefined ? inbound : [this.wakeUpQueue, ...inbound];
    }

    /** This cell as another one sees it. */
    public asNeighbourOf(other: CellSettings, stage: string): Neighbour {
        const queue = this.inboundQueues[other.name];
        if (queue === undefined) {
            throw new Error(`Cell ${this.cell.name} takes no messages from ${other.name}.`);
        }
        const [{ region, restApi }] = this.apis;
        return {
            cell: this.cell,
            url: pulumi.interpolate`https://${restApi.id}.execute-api.${region}.amazonaws.com/${stage}`,
            stageArn: pulumi.interpolate`${restApi.executionArn}/${stage}`,
            queue,
        };
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

    private createQueue(name: string, consumer: "relay" | "apply"): MessageQueue {
        return new MessageQueue(
            `${this.cell.name}-${name}`,
            {
                region: this.cell.home,
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
