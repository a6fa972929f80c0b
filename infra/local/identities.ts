import { arnOf } from "./aws-names";
import type { CredentialStore } from "./credentials";
import type { ConnectionRequest, Permission } from "./dsql/front-door";
import type { Iam } from "./iam";

/** Whoever sits before this computer: may do everything, as the owner of an account. */
export const operatorArn = arnOf("iam", "", "user/operator");

export interface IdentitiesOptions {
    readonly iam: Iam;
    readonly credentials: CredentialStore;
    /** Told of each refusal that a policy could have prevented. */
    readonly warn: (message: string) => void;
}

/**
 * Decides whether a principal's policies allow an action on a resource, and says so, once, where
 * they do not.
 */
export function authorizeActions({
    iam,
    warn,
}: Pick<IdentitiesOptions, "iam" | "warn">): (
    principalArn: string,
    action: string,
    resource: string,
) => boolean {
    const warned = new Set<string>();
    return (principalArn, action, resource) => {
        const isAllowed =
            principalArn === operatorArn || iam.isAllowed(principalArn, action, resource);
        const message =
            `AccessDenied: ${principalArn} does not allow ${action} on ${resource}; ` +
            "add it to the role's policy";
        if (!isAllowed && !warned.has(message)) {
            warned.add(message);
            warn(message);
        }
        return isAllowed;
    };
}

/** Decides who may connect to which cluster. */
export function authorizeConnections({
    iam,
    credentials,
    warn,
}: IdentitiesOptions): (request: ConnectionRequest) => Promise<Permission | undefined> {
    const isAllowed = authorizeActions({ iam, warn });
    return async ({ accessKeyId, action, clusterArn }) => {
        const found = credentials.find(accessKeyId);
        if (found === undefined) {
            return undefined;
        }
        const { principalArn } = found;
        return {
            ...found.credentials,
            principalArn,
            isAllowed: isAllowed(principalArn, action, clusterArn),
        };
    };
}
