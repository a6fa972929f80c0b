import { arnOf } from "../aws-names";
import type { PolicyText } from "../iam";
import { type Counterpart, physicalName, textInput } from "./resource";

export const role: Counterpart = {
    does: "runs",
    required: ["assumeRolePolicy"],
    create(resource, services) {
        const name = physicalName(resource, services);
        const arn = arnOf("iam", "", `role/${name}`);
        services.iam.createRole(arn, name, resource.inputs["assumeRolePolicy"] as PolicyText);
        return { id: name, outputs: { name, arn } };
    },
};

export const rolePolicy: Counterpart = {
    does: "runs",
    required: ["role", "policy"],
    create(resource, services) {
        const name = physicalName(resource, services);
        const roleName = textInput(resource, "role");
        services.iam.addPolicy(roleName, resource.inputs["policy"] as PolicyText);
        return { id: `${roleName}:${name}`, outputs: { name } };
    },
};

/** Managed policies are not evaluated here: a function's role has an inline policy of its own. */
export const rolePolicyAttachment: Counterpart = {
    does: "recorded",
    required: ["role", "policyArn"],
    create(resource) {
        const id = `${textInput(resource, "role")}-${textInput(resource, "policyArn")}`;
        return { id, outputs: {} };
    },
};

export const logGroup: Counterpart = {
    does: "runs",
    required: [],
    create(resource, services) {
        const name = physicalName(resource, services);
        const arn = arnOf("logs", resource.region, `log-group:${name}`);
        services.logGroups.set(arn, name);
        return { id: name, outputs: { name, arn } };
    },
};
