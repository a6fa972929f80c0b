import { arnOf } from "../aws-names";
import type { DistributionInputs } from "../edge/distribution";
import type { CachePolicyInputs, OriginRequestPolicyInputs } from "../edge/policies";
import type { ResponseHeadersPolicyInputs } from "../edge/response-headers-policy";
import {
    type Counterpart,
    type Created,
    physicalName,
    type Resource,
    type Services,
    textInput,
} from "./resource";

export const distribution: Counterpart = {
    does: "runs",
    required: ["origins", "defaultCacheBehavior", "restrictions", "viewerCertificate", "enabled"],
    create(resource, { distributions, names }) {
        const inputs = resource.inputs as unknown as DistributionInputs;
        distributions.createDistribution(resource.name, inputs);
        const id = `E${names.identifier(13, resource.type, resource.name).toUpperCase()}`;
        const domainName = `d${id.slice(1).toLowerCase()}.cloudfront.net`;
        const arn = arnOf("cloudfront", "", `distribution/${id}`);
        return { id, outputs: { arn, domainName, status: "Deployed" } };
    },
};

export const viewerFunction: Counterpart = {
    does: "runs",
    required: ["code", "runtime"],
    create(resource, services) {
        const runtime = textInput(resource, "runtime");
        if (runtime !== "cloudfront-js-2.0") {
            throw new Error(
                `${resource.name}: runtime is "${runtime}"; the local CloudFront runs ` +
                    "cloudfront-js-2.0.",
            );
        }
        const name = physicalName(resource, services);
        const arn = arnOf("cloudfront", "", `function/${name}`);
        const stores = (resource.inputs["keyValueStoreAssociations"] ?? []) as readonly string[];
        const [storeArn] = stores;
        if (stores.length > 1) {
            throw new Error(
                `TooManyKeyValueStoreAssociations: ${name} has ${stores.length}; allowed: 1.`,
            );
        }
        if (storeArn !== undefined && services.keyValueStores.find(storeArn) === undefined) {
            throw new Error(`EntityNotFound: ${name} names the KeyValueStore ${storeArn}.`);
        }
        services.distributions.createFunction(arn, textInput(resource, "code"), storeArn);
        return { id: name, outputs: { name, arn, status: "UNASSOCIATED" } };
    },
};

/** Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateKeyValueStore.html */
export const keyValueStore: Counterpart = {
    does: "runs",
    required: [],
    create(resource, services) {
        const name = physicalName(resource, services);
        if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
            throw new Error(
                `InvalidArgument: the KeyValueStore's name is "${name}"; allowed: 1 to 64 ` +
                    "letters, digits, hyphens and underscores.",
            );
        }
        const hash = services.names.identifier(32, resource.type, resource.name);
        const { arn } = services.keyValueStores.createStore(name, hash);
        return { id: name, outputs: { name, arn, etag: `E${hash.slice(0, 13).toUpperCase()}` } };
    },
};

export const cachePolicy: Counterpart = {
    does: "runs",
    required: ["parametersInCacheKeyAndForwardedToOrigin"],
    create: (resource, services) =>
        createPolicy(resource, services, (id) =>
            services.distributions.createCachePolicy(
                id,
                resource.inputs as unknown as CachePolicyInputs,
            ),
        ),
};

export const originRequestPolicy: Counterpart = {
    does: "runs",
    required: ["cookiesConfig", "headersConfig", "queryStringsConfig"],
    create: (resource, services) =>
        createPolicy(resource, services, (id) =>
            services.distributions.createOriginRequestPolicy(
                id,
                resource.inputs as unknown as OriginRequestPolicyInputs,
            ),
        ),
};

export const responseHeadersPolicy: Counterpart = {
    does: "runs",
    required: [],
    create: (resource, services) =>
        createPolicy(resource, services, (id) =>
            services.distributions.createResponseHeadersPolicy(
                id,
                resource.inputs as unknown as ResponseHeadersPolicyInputs,
            ),
        ),
};

function createPolicy(resource: Resource, services: Services, add: (id: string) => void): Created {
    const id = services.names.identifier(36, resource.type, resource.name);
    add(id);
    return { id, outputs: { name: physicalName(resource, services) } };
}
