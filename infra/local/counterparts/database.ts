import { arnOf } from "../aws-names";
import { type Counterpart, objectInput, optionalText, textInput } from "./resource";

export const cluster: Counterpart = {
    does: "runs",
    required: [],
    async create(resource, { names, databases }) {
        const { region } = resource;
        const identifier = names.identifier(26, resource.type, resource.name, region);
        const arn = arnOf("dsql", region, `cluster/${identifier}`);
        const properties = objectInput(resource, "multiRegionProperties");
        const { witnessRegion } = properties as { witnessRegion?: string };
        await databases.createCluster({
            name: resource.name,
            identifier,
            arn,
            region,
            witnessRegion,
        });
        return { id: identifier, outputs: { identifier, arn, region } };
    },
};

export const clusterPeering: Counterpart = {
    does: "runs",
    required: ["identifier", "clusters", "witnessRegion"],
    async create(resource, { databases }) {
        const identifier = textInput(resource, "identifier");
        const clusterArns = Object.values(objectInput(resource, "clusters")).map(String);
        await databases.createPeering({
            name: resource.name,
            identifier,
            region: resource.region,
            witnessRegion: optionalText(resource, "witnessRegion") ?? "",
            clusterArns,
        });
        return { id: identifier, outputs: {} };
    },
};
