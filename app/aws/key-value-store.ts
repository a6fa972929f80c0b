import type { Credentials } from "../environment";
import { signAsymmetrically } from "./asymmetric-signature";

/** One KeyValueStore of CloudFront, as those see it who write to it. */
export interface KeyValueStoreClient {
    /** The ETag of the store as it is now. */
    describe(): Promise<string>;
    /** Undefined when there is no such key. */
    get(key: string): Promise<string | undefined>;
    /**
     * Puts texts, unless the store has changed since it had this ETag.
     * @returns whether they were put
     */
    update(puts: Readonly<Record<string, string>>, eTag: string): Promise<boolean>;
}

export interface KeyValueStoreOptions {
    readonly arn: string;
    readonly credentials: Credentials;
    /** Where the data plane answers, if not at its public address. */
    readonly endpoint?: string | undefined;
    /** Of one call; 3,000 by default. */
    readonly timeoutMilliseconds?: number;
    readonly send?: typeof fetch;
    readonly now?: () => Date;
}

/**
 * A client of the data plane of CloudFront's KeyValueStores, without AWS's own and its signer.
 * Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html
 */
export function createKeyValueStoreClient({
    arn,
    credentials,
    endpoint = publicEndpoint(arn),
    timeoutMilliseconds = 3_000,
    send = fetch,
    now = () => new Date(),
}: KeyValueStoreOptions): KeyValueStoreClient {
    const root = `${endpoint.replace(/\/$/, "")}/key-value-stores/${encodeURIComponent(arn)}`;
    const call = (
        method: string,
        url: string,
        body = "",
        headers: Readonly<Record<string, string>> = {},
    ): Promise<Response> => {
        const request = { service: "cloudfront-keyvaluestore", method, url, body };
        return send(url, {
            method,
            headers: { ...headers, ...signAsymmetrically(request, credentials, now()) },
            ...(body === "" ? {} : { body }),
            redirect: "error",
            signal: AbortSignal.timeout(timeoutMilliseconds),
        });
    };
    return {
        async describe() {
            const answer = await call("GET", root);
            const eTag = answer.headers.get("etag");
            if (answer.status !== 200 || eTag === null) {
                throw refusal("DescribeKeyValueStore", answer);
            }
            await answer.body?.cancel();
            return eTag;
        },
        async get(key) {
            const answer = await call("GET", `${root}/keys/${encodeURIComponent(key)}`);
            const { Value, Message } = (await answer.json()) as Record<string, unknown>;
            // The store itself may be what is missing, which has to be told apart.
            if (answer.status === 404 && /^Key\b/i.test(String(Message))) {
                return undefined;
            }
            if (answer.status !== 200 || typeof Value !== "string") {
                throw refusal("GetKey", answer);
            }
            return Value;
        },
        async update(puts, eTag) {
            const Puts = Object.entries(puts).map(([Key, Value]) => ({ Key, Value }));
            const answer = await call("POST", `${root}/keys`, JSON.stringify({ Puts }), {
                "content-type": "application/json",
                "if-match": eTag,
            });
            await answer.body?.cancel();
            if (answer.status !== 200 && answer.status !== 409) {
                throw refusal("UpdateKeys", answer);
            }
            return answer.status === 200;
        },
    };
}

function refusal(operation: string, { status, headers }: Response): Error {
    const reason = headers.get("x-amzn-errortype")?.split(":")[0] ?? "no reason";
    return new Error(`The KeyValueStore refused ${operation} with ${status} (${reason}).`);
}

/** `https://<account>.cloudfront-kvs.global.api.aws`, as the SDK's endpoint rules have it. */
function publicEndpoint(arn: string): string {
    const account = /^arn:aws:cloudfront::(\d{12}):key-value-store\/[\w-]+$/.exec(arn)?.[1];
    if (account === undefined) {
        throw new Error(
            `"${arn}" is no KeyValueStore; allowed: arn:aws:cloudfront::<account>:key-value-store/<id>.`,
        );
    }
    return `https://${account}.cloudfront-kvs.global.api.aws`;
}
