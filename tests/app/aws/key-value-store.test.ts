import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { deriveSigningKey } from "../../../app/aws/asymmetric-signature";
import { createKeyValueStoreClient } from "../../../app/aws/key-value-store";
import { createCredentialStore } from "../../../infra/local/credentials";
import { createStoreEndpoint } from "../../../infra/local/key-value-stores/store-endpoint";
import { createKeyValueStoreService } from "../../../infra/local/key-value-stores/store-service";

const writer = "arn:aws:iam::000000000000:role/writer";

describe("deriveSigningKey", () => {
    // The example of AWS's own test suite for SigV4A, awslabs/aws-c-auth.
    it("derives the pair that AWS derives", () => {
        const secretAccessKey = ["wJalrXUtnFEMI", "K7MDENG+bPxRfiCYEXAMPLEKEY"].join("/");
        const key = deriveSigningKey({ accessKeyId: "AKIDEXAMPLE", secretAccessKey });
        const { x = "" } = createPublicKey(key).export({ format: "jwk" });
        assert.equal(
            Buffer.from(x, "base64url").toString("hex"),
            "b6618f6a65740a99e650b33b6b4b5bd0d43b176d721a3edfea7e7d2d56d936b1",
        );
    });
});

describe("a client of KeyValueStores, at one that verifies signatures", () => {
    let folder: string;
    let endpoint: ReturnType<typeof createStoreEndpoint>;
    let client: ReturnType<typeof createKeyValueStoreClient>;
    let isAllowed = true;

    beforeEach(async () => {
        isAllowed = true;
        folder = await mkdtemp(path.join(tmpdir(), "client-"));
        const credentials = createCredentialStore();
        const stores = createKeyValueStoreService(folder);
        const { arn } = stores.createStore("flags", "l123");
        endpoint = createStoreEndpoint({ stores, credentials, isAllowed: () => isAllowed });
        client = createKeyValueStoreClient({
            arn,
            credentials: credentials.issue(writer),
            endpoint: await endpoint.url(),
        });
    });
    afterEach(async () => {
        await endpoint.stop();
        await rm(folder, { recursive: true });
    });

    it("gives back what was put", async () => {
        assert.equal(await client.update({ health: "{}" }, await client.describe()), true);
        assert.equal(await client.get("health"), "{}");
    });

    it("finds no key that was never put", async () => {
        assert.equal(await client.get("health"), undefined);
    });

    it("puts nothing for an ETag that is not the newest", async () => {
        const eTag = await client.describe();
        await client.update({ health: "first" }, eTag);
        assert.equal(await client.update({ health: "second" }, eTag), false);
        assert.equal(await client.get("health"), "first");
    });

    it("names the operation and the reason of a refusal", async () => {
        isAllowed = false;
        await assert.rejects(client.get("health"), /GetKey with 403 \(AccessDeniedException\)/);
    });
});

it("an ARN of something else is refused by name", () => {
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    assert.throws(() => createKeyValueStoreClient({ arn: "nope", credentials }), /"nope" is no/);
});
