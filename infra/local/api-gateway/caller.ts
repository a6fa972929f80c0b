import { createHash } from "node:crypto";
import type { CredentialStore } from "../credentials";
import { type SignedRequest, verifySignedRequest } from "../signed-request";
import type { Refusal } from "./gateway-response";
import type { GatewayRequest, StageIdentity } from "./proxy-event";

/** Who signed a request, as `requestContext.identity` tells the function. */
export interface Caller {
    readonly accessKeyId: string;
    readonly accountId: string;
    readonly userArn: string;
    /** An id that IAM gives to a principal, and the name of its session. */
    readonly userId: string;
}

/** Decides whether the signer of a request may call a method; it names the method by its ARN. */
export type AuthorizeCaller = (
    request: SignedRequest,
    region: string,
    methodArn: string,
) => Caller | Refusal;

export interface CallersOptions {
    readonly credentials: CredentialStore;
    /** Whether a principal's policies allow an action on a resource. */
    readonly isAllowed: (principalArn: string, action: string, resource: string) => boolean;
    /** Default: the time of this computer. */
    readonly now?: () => Date;
}

/** What every request to a method that asks for a signature gets where nobody could have signed. */
export const nobody: Refusal = {
    type: "MISSING_AUTHENTICATION_TOKEN",
    message: "Missing Authentication Token",
};

/**
 * IAM permissions as API Gateway checks them: a signature for `execute-api`, then
 * `execute-api:Invoke` in the policies of whoever signed.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
 */
export function createCallers(options: CallersOptions): AuthorizeCaller {
    const { credentials, isAllowed, now = () => new Date() } = options;
    return (request, region, methodArn) => {
        const verified = verifySignedRequest(request, {
            service: "execute-api",
            region,
            credentials,
            now: now(),
        });
        if ("refusal" in verified) {
            const { code, refusal: message } = verified;
            return code === "MissingAuthenticationTokenException"
                ? nobody
                : { type: "INVALID_SIGNATURE", errorType: code, message };
        }
        const { principalArn } = verified;
        const caller = callerOf(principalArn, credentials.issue(principalArn).accessKeyId);
        return isAllowed(principalArn, "execute-api:Invoke", methodArn)
            ? caller
            : {
                  type: "ACCESS_DENIED",
                  message:
                      `User: ${caller.userArn} is not authorized to perform: ` +
                      `execute-api:Invoke on resource: ${withoutAccount(methodArn)}`,
              };
    };
}

/** Takes a request to a method that asks for a signature to whoever decides about it. */
export function authorizeRequest(
    request: GatewayRequest,
    stage: StageIdentity,
    authorizeCaller: AuthorizeCaller,
): Caller | Refusal {
    const { apiId, region, accountId, stageName } = stage;
    const signed: SignedRequest = {
        method: request.httpMethod,
        path: `/${stageName}${request.path}`,
        query: request.queryString,
        headers: Object.fromEntries(
            request.headers.map(([name, value]) => [name.toLowerCase(), value]),
        ),
        body: request.body,
    };
    // Of a path parameter the value counts, not its name.
    // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
    const method = `${stageName}/${request.httpMethod}${request.path}`;
    const methodArn = `arn:aws:execute-api:${region}:${accountId}:${apiId}/${method}`;
    return authorizeCaller(signed, region, methodArn);
}

/** A role acts through a session; AWS names a function's after the function. */
function callerOf(principalArn: string, accessKeyId: string): Caller {
    const [, , , , accountId = "", resource = ""] = principalArn.split(":");
    const [kind = "", ...names] = resource.split("/");
    const name = names.at(-1) ?? "";
    const digits = createHash("sha256").update(principalArn).digest("hex").slice(0, 16);
    if (kind !== "role") {
        const userId = `AIDA${digits.toUpperCase()}`;
        return { accessKeyId, accountId, userArn: principalArn, userId };
    }
    return {
        accessKeyId,
        accountId,
        userArn: `arn:aws:sts::${accountId}:assumed-role/${name}/local`,
        userId: `AROA${digits.toUpperCase()}:local`,
    };
}

/** API Gateway shows only the last digits of the account. */
function withoutAccount(methodArn: string): string {
    return methodArn.replace(/:\d{8}(\d{4}):/, ":********$1:");
}
