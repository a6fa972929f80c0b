import { type FindCredentials, verifyPresigned } from "../../presigned-request";
import { emptyPayloadHash, readQuery } from "../../signature-v4";

/** `DbConnectAdmin` is for the role `admin` alone, `DbConnect` for every other one. */
export type ConnectAction = "DbConnect" | "DbConnectAdmin";

export interface TokenExpectation {
    /** The cluster's endpoint, without a port. */
    readonly host: string;
    readonly region: string;
    readonly now: Date;
}

export type TokenVerdict =
    | {
          readonly kind: "accepted";
          readonly accessKeyId: string;
          readonly action: ConnectAction;
      }
    /** The reason is a sentence for whoever made the token. */
    | { readonly kind: "denied"; readonly reason: string };

const maxTokenLength = 8_192;

/**
 * Verifies the token that a client gives as its password: a presigned request,
 * `<endpoint>/?Action=DbConnect&X-Amz-Algorithm=…`, without its scheme.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/SECTION_authentication-token.html
 */
export function verifyToken(
    token: string,
    expected: TokenExpectation,
    findCredentials: FindCredentials,
): TokenVerdict {
    if (token.length > maxTokenLength) {
        return denied(`The token is longer than ${maxTokenLength} characters.`);
    }
    // Some SDKs leave out the slash of an empty path.
    const [, host = "", text = ""] = /^([^/?]*)\/?\?(.*)$/.exec(token) ?? [];
    const query = text === "" ? undefined : readQuery(text);
    if (query === undefined) {
        return denied("The token is not <endpoint>/?Action=…, a presigned request.");
    }
    if (host !== expected.host) {
        return denied(`The token is for "${host}", not for this cluster, "${expected.host}".`);
    }
    const [action, ...otherActions] = query.filter(([name]) => name === "Action");
    if (!isConnectAction(action?.[1]) || otherActions.length > 0) {
        return denied("The token's Action is neither DbConnect nor DbConnectAdmin.");
    }
    const verdict = verifyPresigned(
        {
            method: "GET",
            canonicalPath: "/",
            query,
            headers: { host },
            payloadHash: emptyPayloadHash,
        },
        { ...expected, service: "dsql" },
        findCredentials,
    );
    return verdict.kind === "valid"
        ? { kind: "accepted", accessKeyId: verdict.accessKeyId, action: action[1] }
        : denied(verdict.reason);
}

function isConnectAction(text: string | undefined): text is ConnectAction {
    return text === "DbConnect" || text === "DbConnectAdmin";
}

function denied(reason: string): TokenVerdict {
    return { kind: "denied", reason };
}
