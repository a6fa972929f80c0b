import type * as pulumi from "@pulumi/pulumi";
import { counterpartOf, isRegional } from "./counterparts/registry";
import type { Resource, Services } from "./counterparts/resource";
import { withoutSecretMarks } from "./secret-marks";

/** A resource as `npm start -- --resources` lists it. */
export interface ListedResource {
    readonly type: string;
    readonly name: string;
    readonly region: string;
    /** What stands for it on this computer. */
    readonly counterpart: "runs" | "recorded" | "component" | "provider";
}

/** Makes the counterpart of each resource that is registered. */
export interface Registrar {
    /** Everything registered so far. */
    readonly listed: readonly ListedResource[];
    /** @throws Error for a resource that AWS would refuse or that the local cloud does not know. */
    register(args: pulumi.runtime.MockResourceArgs): Promise<pulumi.runtime.MockResourceResult>;
}

/** Makes a registrar for the services of one cloud. */
export function createRegistrar(services: Services): Registrar {
    const listed: ListedResource[] = [];
    const providerRegions = new Map<string, string>();
    return {
        listed,
        async register(args) {
            const { type, name, inputs } = args;
            if (type === "pulumi:providers:aws") {
                const id = `provider-${name}`;
                const region = String(inputs.region ?? "");
                providerRegions.set(id, region);
                listed.push({ type, name, region, counterpart: "provider" });
                return { id, state: inputs };
            }
            if (args.custom === false && !type.startsWith("awsx:")) {
                listed.push({ type, name, region: "", counterpart: "component" });
                return { id: undefined, state: inputs };
            }
            const counterpart = counterpartOf(type);
            const region = regionOf(args, providerRegions);
            const seen = withoutSecretMarks(inputs) as Resource["inputs"];
            const resource: Resource = { type, name, inputs: seen, region };
            const missing = counterpart.required.find((key) => isMissing(seen[key]));
            if (missing !== undefined) {
                throw new Error(`the input "${missing}" is missing, which AWS requires`);
            }
            listed.push({ type, name, region, counterpart: counterpart.does });
            const { id, outputs } = await counterpart.create(resource, services);
            return { id, state: { ...inputs, ...outputs } };
        },
    };
}

/** The resource's own Region, or that of its provider, which every AWS resource has to name. */
function regionOf(
    args: pulumi.runtime.MockResourceArgs,
    providerRegions: ReadonlyMap<string, string>,
): string {
    if (!args.type.startsWith("aws:")) {
        return "";
    }
    const provider = args.provider?.split("::").at(-1) ?? "";
    if (!providerRegions.has(provider)) {
        throw new Error("it uses the default provider; give it, or its parent, a provider");
    }
    if (!isRegional(args.type)) {
        return "";
    }
    const region = args.inputs.region ?? providerRegions.get(provider);
    if (typeof region !== "string" || region === "") {
        throw new Error('neither it nor its provider has a "region"');
    }
    return region;
}

function isMissing(value: unknown): boolean {
    return value === undefined || value === null || value === "";
}
