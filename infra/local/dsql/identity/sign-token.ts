import { DsqlSigner } from "@aws-sdk/dsql-signer";
import type { LocalCredentials } from "../../credentials";
import type { ConnectAction } from "./auth-token";

export interface TokenRequest {
    /** The cluster's endpoint, without a port. */
    readonly host: string;
    readonly region: string;
    readonly credentials: LocalCredentials;
    readonly action: ConnectAction;
    /** 1-604,800. */
    readonly expiresInSeconds: number;
}

/** Makes a token with AWS's own signer, for a connection string that is shown to a person. */
export function createToken(request: TokenRequest): Promise<string> {
    const { host, region, credentials, action, expiresInSeconds } = request;
    const signer = new DsqlSigner({
        hostname: host,
        region,
        credentials,
        expiresIn: expiresInSeconds,
    });
    return action === "DbConnectAdmin"
        ? signer.getDbConnectAdminAuthToken()
        : signer.getDbConnectAuthToken();
}
