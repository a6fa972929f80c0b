import { sign } from "node:crypto";
import { deriveSigningKey } from "../../../app/aws/asymmetric-signature";
import { createCredentialStore, type LocalCredentials } from "../../../infra/local/credentials";
import { createIam } from "../../../infra/local/iam";
import { createStoreEndpoint } from "../../../infra/local/key-value-stores/store-endpoint";
import { createKeyValueStoreService } from "../../../infra/local/key-value-stores/store-service";
import { formatTimestamp, readQuery, sha256 } from "../../../infra/local/signature-v4";
import { asymmetricAlgorithm, asymmetricStringToSign } from "../../../infra/local/signature-v4a";
import { canonicalPath } from "../../../infra/local/signed-request";

/** A request of the data plane. */
export interface Call {
    readonly method: string;
    /** Below the store's own. */
    readonly path?: string;
    readonly body?: object;
    readonly ifMatch?: string;
    readonly role?: string;
    readonly change?: (headers: Record<string, string>) => void;
    readonly signal?: AbortSignal;
}

const role = "arn:aws:iam::000000000000:role/writer";
/** May read one key, and nothing else. */
export const reader = "arn:aws:iam::000000000000:role/reader";

/** A store whose data plane is called as the SDK calls it. */
export async function openStage(folder: string) {
    const iam = createIam();
    const credentials = createCredentialStore();
    const stores = createKeyValueStoreService(folder);
    const { arn } = stores.createStore("flags", "l123");
    for (const [roleArn, name, action] of [
        [role, "writer", "cloudfront-keyvaluestore:*"],
        [reader, "reader", "cloudfront-keyvaluestore:GetKey"],
    ] as const) {
        iam.createRole(roleArn, name, { Statement: [] });
        iam.addPolicy(name, {
            Statement: [{ Effect: "Allow", Action: [action], Resource: [arn] }],
        });
    }
    const endpoint = createStoreEndpoint({ stores, credentials, isAllowed: iam.isAllowed });
    const call = async (
        asked: Call,
    ): Promise<{ status: number; type: string; eTag: string; body: Record<string, unknown> }> => {
        const url = await endpoint.url();
        const { path: below = "", body, ifMatch, method, signal = null } = asked;
        const [where = "", query = ""] = below.split("?");
        const target = `/key-value-stores/${encodeURIComponent(arn)}${where}`;
        const text = body === undefined ? "" : JSON.stringify(body);
        const headers = signed(
            { method, target, query, text, host: new URL(url).host },
            credentials.issue(asked.role ?? role),
        );
        asked.change?.(headers);
        const response = await fetch(`${url}${target}${query && `?${query}`}`, {
            method,
            signal,
            headers: ifMatch === undefined ? headers : { ...headers, "if-match": ifMatch },
            ...(body === undefined ? {} : { body: text }),
        });
        return {
            status: response.status,
            type: response.headers.get("x-amzn-errortype") ?? "",
            eTag: response.headers.get("etag") ?? "",
            body: (await response.json()) as Record<string, unknown>,
        };
    };
    return { stores, arn, call, stop: () => endpoint.stop() };
}

function signed(
    request: { method: string; target: string; query: string; text: string; host: string },
    credentials: LocalCredentials,
): Record<string, string> {
    const timestamp = formatTimestamp(new Date());
    const date = timestamp.slice(0, 8);
    const headers: Record<string, string> = {
        host: request.host,
        "x-amz-date": timestamp,
        "x-amz-region-set": "*",
        "x-amz-security-token": credentials.sessionToken,
    };
    const signedHeaders = Object.keys(headers).sort();
    const service = "cloudfront-keyvaluestore";
    const stringToSign = asymmetricStringToSign(
        {
            method: request.method,
            canonicalPath: canonicalPath(request.target),
            query: readQuery(request.query) ?? [],
            headers,
            payloadHash: sha256(request.text),
        },
        { date, service, timestamp, signedHeaders },
    );
    const { accessKeyId, secretAccessKey } = credentials;
    const signature = sign(
        "sha256",
        Buffer.from(stringToSign),
        deriveSigningKey({ accessKeyId, secretAccessKey }),
    ).toString("hex");
    const scope = `${accessKeyId}/${date}/${service}/aws4_request`;
    return {
        ...headers,
        authorization: `${asymmetricAlgorithm} Credential=${scope}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`,
    };
}
