import { verifyAsymmetricRequest } from "../asymmetric-request";
import type { CredentialStore } from "../credentials";
import { type KeyValueStore, type StoreUpdate, storeError } from "../edge/key-value-store";
import type { SignedRequest } from "../signed-request";
import type { KeyValueStoreService } from "./store-service";

export interface StoreRequestOptions {
    readonly stores: KeyValueStoreService;
    /** Whether a principal may do something with a store. */
    readonly isAllowed: (principalArn: string, action: string, resource: string) => boolean;
    readonly credentials: CredentialStore;
}

export interface StoreAnswer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** An operation of the data plane, read from its method and path. */
interface Call {
    readonly name: string;
    readonly arn: string;
    readonly key: string;
}

const statuses: Readonly<Record<string, number>> = {
    AccessDeniedException: 403,
    ConflictException: 409,
    InternalServerException: 500,
    ResourceNotFoundException: 404,
    ServiceQuotaExceededException: 402,
    UnknownOperationException: 404,
    ValidationException: 400,
};

const signingName = "cloudfront-keyvaluestore";
const pageMaxItems = 50;

/**
 * Answers a request of the KeyValueStores' data plane (REST-JSON).
 * Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html
 */
export function answerStoreRequest(
    request: SignedRequest,
    { stores, isAllowed, credentials }: StoreRequestOptions,
): StoreAnswer {
    const verification = verifyAsymmetricRequest(request, { service: signingName, credentials });
    if ("refusal" in verification) {
        return failure(verification.code, verification.refusal, 403);
    }
    const call = readCall(request);
    if (call === undefined) {
        const asked = `${request.method} ${request.path.slice(0, 100)}`;
        return failure("UnknownOperationException", `The local data plane has no ${asked}.`);
    }
    const action = `${signingName}:${call.name}`;
    const { principalArn } = verification;
    if (!isAllowed(principalArn, action, call.arn)) {
        const message = `User: ${principalArn} is not authorized to perform: ${action} on resource: ${call.arn}`;
        return failure("AccessDeniedException", message);
    }
    const store = stores.find(call.arn);
    if (store === undefined) {
        return failure("ResourceNotFoundException", `There is no KeyValueStore ${call.arn}.`);
    }
    try {
        return run(call, store, request);
    } catch (error) {
        const { name, message } = error as Error;
        return failure(Object.hasOwn(statuses, name) ? name : "InternalServerException", message);
    }
}

function readCall({ method, path }: SignedRequest): Call | undefined {
    const [root, store = "", keys, key, ...rest] = path.split("/").slice(1);
    if (root !== "key-value-stores" || rest.length > 0 || (keys ?? "keys") !== "keys") {
        return undefined;
    }
    const names: Readonly<Record<string, string>> =
        key !== undefined
            ? { GET: "GetKey", PUT: "PutKey", DELETE: "DeleteKey" }
            : keys !== undefined
              ? { GET: "ListKeys", POST: "UpdateKeys" }
              : { GET: "DescribeKeyValueStore" };
    const name = Object.hasOwn(names, method) ? names[method] : undefined;
    try {
        return name === undefined
            ? undefined
            : { name, arn: decodeURIComponent(store), key: decodeURIComponent(key ?? "") };
    } catch {
        // A percent sign that encodes nothing.
        return undefined;
    }
}

function run({ name, key }: Call, store: KeyValueStore, request: SignedRequest): StoreAnswer {
    const change = (update: StoreUpdate): StoreAnswer => {
        const ifMatch = request.headers["if-match"];
        if (ifMatch === undefined) {
            throw storeError("ValidationException", "The header If-Match is missing.");
        }
        const { itemCount, totalBytes, eTag } = store.update(update, ifMatch);
        return success({ ItemCount: itemCount, TotalSizeInBytes: totalBytes }, { etag: eTag });
    };
    switch (name) {
        case "DescribeKeyValueStore":
            return description(store);
        case "GetKey":
            return oneKey(store, key);
        case "ListKeys":
            return keyPage(store, new URLSearchParams(request.query));
        case "PutKey":
            return change({
                puts: [{ key, value: text(bodyOf(request), "Value") }],
                deletes: [],
            });
        case "DeleteKey":
            return store.get(key) === undefined ? noKey(key) : change({ puts: [], deletes: [key] });
        default:
            return change(readUpdate(bodyOf(request)));
    }
}

function description(store: KeyValueStore): StoreAnswer {
    const { arn, itemCount, totalBytes, eTag, ...times } = store.describe();
    return success(
        {
            ItemCount: itemCount,
            TotalSizeInBytes: totalBytes,
            KvsARN: arn,
            Created: times.createdMilliseconds / 1_000,
            LastModified: times.modifiedMilliseconds / 1_000,
            Status: "READY",
        },
        { etag: eTag },
    );
}

function oneKey(store: KeyValueStore, key: string): StoreAnswer {
    const value = store.get(key);
    const { itemCount, totalBytes } = store.describe();
    return value === undefined
        ? noKey(key)
        : success({ Key: key, Value: value, ItemCount: itemCount, TotalSizeInBytes: totalBytes });
}

/** The token says after which key a page begins. */
function keyPage(store: KeyValueStore, query: URLSearchParams): StoreAnswer {
    const after = Buffer.from(query.get("NextToken") ?? "", "base64url").toString();
    const size = Number(query.get("MaxResults") ?? 10);
    if (!Number.isInteger(size) || size < 1 || size > pageMaxItems) {
        throw storeError("ValidationException", `MaxResults is ${size}; allowed: 1 to 50.`);
    }
    const left = store.entries().filter(([key]) => key > after);
    const page = left.slice(0, size);
    const last = page.at(-1)?.[0] ?? "";
    return success({
        Items: page.map(([key, value]) => ({ Key: key, Value: value })),
        ...(left.length > size ? { NextToken: Buffer.from(last).toString("base64url") } : {}),
    });
}

function readUpdate(body: Fields): StoreUpdate {
    return {
        puts: list(body, "Puts").map((item) => ({
            key: text(item, "Key"),
            value: text(item, "Value"),
        })),
        deletes: list(body, "Deletes").map((item) => text(item, "Key")),
    };
}

function bodyOf({ body }: SignedRequest): Fields {
    try {
        const value: unknown = JSON.parse(body.toString());
        if (isFields(value)) {
            return value;
        }
    } catch {
        // Told below.
    }
    throw storeError("ValidationException", "The request's body is not a JSON object.");
}

function list(fields: Fields, name: string): readonly Fields[] {
    const value = fields[name] ?? [];
    if (!Array.isArray(value) || !value.every(isFields)) {
        throw storeError("ValidationException", `${name} is not a list of objects.`);
    }
    return value;
}

function text(fields: Fields, name: string): string {
    const value = fields[name];
    if (typeof value !== "string") {
        throw storeError("ValidationException", `${name} is not a text.`);
    }
    return value;
}

function isFields(value: unknown): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function noKey(key: string): StoreAnswer {
    return failure("ResourceNotFoundException", `Key ${key} was not found.`);
}

function success(body: object, headers: Readonly<Record<string, string>> = {}): StoreAnswer {
    return { status: 200, headers, body: JSON.stringify(body) };
}

function failure(type: string, message: string, status = statuses[type] ?? 500): StoreAnswer {
    return {
        status,
        headers: { "x-amzn-errortype": type },
        body: JSON.stringify({ Message: message }),
    };
}
