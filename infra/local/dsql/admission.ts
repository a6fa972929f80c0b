import type { Cluster } from "./clusters";
import type { Failure } from "./failure";
import type { FrontDoorOptions, Limits } from "./front-door";
import { verifyToken } from "./identity/auth-token";
import {
    accessDenied,
    roleNotGranted,
    tokenDenied,
    tooManyConnections,
    tooManyNewConnections,
    unknownDatabase,
    wrongAction,
} from "./identity/connection-failures";

/** Whether the cluster takes one more connection now. */
export function crowded(cluster: Cluster, limits: Limits): Failure | undefined {
    if (!cluster.rate.admit()) {
        return tooManyNewConnections;
    }
    return cluster.connections >= limits.connectionsPerCluster ? tooManyConnections : undefined;
}

/**
 * Whether the token lets its bearer in as the user, and the cluster's grants do.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/authentication-authorization.html
 */
export async function judge(
    token: string,
    cluster: Cluster,
    parameters: Readonly<Record<string, string>>,
    authorize: FrontDoorOptions["authorize"],
): Promise<Failure | undefined> {
    if ((parameters["database"] ?? parameters["user"]) !== "postgres") {
        return unknownDatabase(parameters["database"] ?? parameters["user"] ?? "");
    }
    const user = parameters["user"] ?? "";
    const action = user === "admin" ? "dsql:DbConnectAdmin" : "dsql:DbConnect";
    const accessKeyId = /[?&]X-Amz-Credential=([^%/&]+)/.exec(token)?.[1] ?? "";
    const permission = await authorize({
        accessKeyId,
        action,
        clusterArn: cluster.arn,
    });
    const verdict = verifyToken(
        token,
        { host: cluster.hostName, region: cluster.region, now: new Date() },
        () => (permission === undefined ? undefined : { accessKeyId, ...permission }),
    );
    if (verdict.kind === "denied") {
        return tokenDenied(verdict.reason);
    }
    if (`dsql:${verdict.action}` !== action) {
        return wrongAction(user, verdict.action);
    }
    if (permission?.isAllowed !== true) {
        return accessDenied;
    }
    const isGranted =
        user === "admin" || (await cluster.database.isGranted(user, permission.principalArn));
    return isGranted ? undefined : roleNotGranted;
}
