import type { AwsNames } from "../aws-names";
import type { DistributionService } from "../distributions";
import type { DatabaseService } from "../dsql/control-plane";
import type { Iam } from "../iam";
import type { KeyValueStoreService } from "../key-value-stores/store-service";
import type { FunctionService } from "../lambda";
import type { EventSourceService } from "../queues/event-source-service";
import type { QueueService } from "../queues/queue-service";
import type { RestApiService } from "../rest-apis";
import type { ScheduleService } from "../schedules";

export type Values = Readonly<Record<string, unknown>>;

/** A resource as the program registered it. */
export interface Resource {
    readonly type: string;
    /** The logical name. */
    readonly name: string;
    readonly inputs: Values;
    /** Its own, or its provider's. */
    readonly region: string;
}

/** The services that resources are made in. */
export interface Services {
    readonly names: AwsNames;
    readonly iam: Iam;
    readonly databases: DatabaseService;
    readonly functions: FunctionService;
    readonly queues: QueueService;
    readonly eventSources: EventSourceService;
    readonly schedules: ScheduleService;
    readonly restApis: RestApiService;
    readonly distributions: DistributionService;
    readonly keyValueStores: KeyValueStoreService;
    /** CloudWatch's log groups by ARN. */
    readonly logGroups: Map<string, string>;
}

/** What stands for one type of resource on this computer. */
export interface Counterpart {
    /** What it does there, for the list of resources. */
    readonly does: "runs" | "recorded";
    /** Inputs without which AWS would refuse the resource. */
    readonly required: readonly string[];
    /** Makes it and returns its id and the outputs that AWS would add to the inputs. */
    create(resource: Resource, services: Services): Promise<Created> | Created;
}

export interface Created {
    readonly id: string;
    readonly outputs: Values;
}

/** A text input. */
export function textInput(resource: Resource, key: string): string {
    const value = resource.inputs[key];
    if (typeof value !== "string") {
        throw wrongInput(resource, key, "a text");
    }
    return value;
}

/** A text input that may be absent. */
export function optionalText(resource: Resource, key: string): string | undefined {
    return resource.inputs[key] === undefined ? undefined : textInput(resource, key);
}

/** A numeric input, or what AWS takes in its absence. */
export function numberInput<T>(resource: Resource, key: string, fallback: T): number | T {
    const value = resource.inputs[key];
    if (value === undefined) {
        return fallback;
    }
    if (typeof value !== "number") {
        throw wrongInput(resource, key, "a number");
    }
    return value;
}

/** An input that is an object; empty in its absence. */
export function objectInput(resource: Resource, key: string): Values {
    const value = resource.inputs[key] ?? {};
    if (typeof value !== "object") {
        throw wrongInput(resource, key, "an object");
    }
    return value as Values;
}

/** The name that the resource was given, or Pulumi's automatic one. */
export function physicalName(resource: Resource, { names }: Services): string {
    return (
        optionalText(resource, "name") ??
        names.physicalName(`${resource.type}/${resource.region}`, resource.name)
    );
}

function wrongInput(resource: Resource, key: string, allowed: string): Error {
    const value = JSON.stringify(resource.inputs[key]);
    return new Error(
        `${resource.name} (${resource.type}): ${key} is ${value}; allowed: ${allowed}.`,
    );
}
