import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { derivePublicKey } from "../../../infra/local/signature-v4a";
import { type Call, openStage, reader } from "./store-stage";

describe("derivePublicKey", () => {
    // The example of AWS's own test suite for SigV4A, awslabs/aws-c-auth.
    it("derives the pair that AWS derives", () => {
        const secret = ["wJalrXUtnFEMI", "K7MDENG+bPxRfiCYEXAMPLEKEY"].join("/");
        const { x = "", y = "" } = derivePublicKey("AKIDEXAMPLE", secret).export({
            format: "jwk",
        });
        assert.deepEqual(
            [x, y].map((part) => Buffer.from(part, "base64url").toString("hex")),
            [
                "b6618f6a65740a99e650b33b6b4b5bd0d43b176d721a3edfea7e7d2d56d936b1",
                "865ed22a7eadc9c5cb9d2cbaca1b3699139fedc5043dc6661864218330c8e518",
            ],
        );
    });
});

describe("the KeyValueStores' data plane", () => {
    let folder: string;
    let stage: Awaited<ReturnType<typeof openStage>>;

    beforeEach(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "stores-"));
        stage = await openStage(folder);
    });
    afterEach(async () => {
        await stage.stop();
        await rm(folder, { recursive: true });
    });

    const put = async (key: string, value: string): Promise<string> => {
        const { eTag } = await stage.call({ method: "GET" });
        const body = { Puts: [{ Key: key, Value: value }] };
        const answer = await stage.call({ method: "POST", path: "/keys", body, ifMatch: eTag });
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        return answer.eTag;
    };

    it("describes the store with its ETag", async () => {
        const eTag = await put("drained", "{}");
        const { status, body, eTag: told } = await stage.call({ method: "GET" });
        assert.deepEqual([status, told], [200, eTag]);
        assert.equal(body["KvsARN"], stage.arn);
        assert.deepEqual([body["ItemCount"], body["TotalSizeInBytes"]], [1, 9]);
    });

    it("gives back what an update has put, to the data plane and to the edge", async () => {
        await put("drained", "{}");
        const { body } = await stage.call({ method: "GET", path: "/keys/drained" });
        assert.deepEqual([body["Key"], body["Value"]], ["drained", "{}"]);
        assert.equal(stage.stores.reader(stage.arn).get("drained"), "{}");
    });

    it("puts and deletes one key", async () => {
        const eTag = await put("first", "1");
        const written = await stage.call({
            method: "PUT",
            path: "/keys/second",
            body: { Value: "2" },
            ifMatch: eTag,
        });
        const path = "/keys/first";
        await stage.call({ method: "DELETE", path, ifMatch: written.eTag });
        const { body } = await stage.call({ method: "GET", path: "/keys" });
        assert.deepEqual(body, { Items: [{ Key: "second", Value: "2" }] });
    });

    it("lists keys page by page", async () => {
        await put("a", "1");
        await put("b", "2");
        const first = await stage.call({ method: "GET", path: "/keys?MaxResults=1" });
        const token = encodeURIComponent(String(first.body["NextToken"]));
        const path = `/keys?MaxResults=1&NextToken=${token}`;
        const second = await stage.call({ method: "GET", path });
        assert.deepEqual(second.body, { Items: [{ Key: "b", Value: "2" }] });
    });

    it("keeps what it holds when the process ends", async () => {
        const eTag = await put("drained", "{}");
        const again = await openStage(folder);
        const { body, eTag: told } = await again.call({ method: "GET" });
        await again.stop();
        assert.deepEqual([body["ItemCount"], told], [1, eTag]);
    });

    it("changes nothing for an ETag that is not the newest", async () => {
        const { eTag } = await stage.call({ method: "GET" });
        await put("health", "new");
        const body = { Puts: [{ Key: "health", Value: "stale" }] };
        const answer = await stage.call({ method: "POST", path: "/keys", body, ifMatch: eTag });
        assert.deepEqual([answer.status, answer.type], [409, "ConflictException"]);
        assert.equal(stage.stores.reader(stage.arn).get("health"), "new");
    });

    const refused: [what: string, call: Call, status: number, type: string][] = [
        [
            "a request without a signature",
            { method: "GET", change: (headers) => delete headers["authorization"] },
            403,
            "MissingAuthenticationTokenException",
        ],
        [
            "a signature that is another request's",
            {
                method: "GET",
                change(headers) {
                    headers["authorization"] = (headers["authorization"] ?? "").replace(
                        /.$/,
                        (digit) => (digit === "0" ? "1" : "0"),
                    );
                },
            },
            403,
            "InvalidSignatureException",
        ],
        [
            "another set of Regions than the signed one",
            {
                method: "GET",
                change(headers) {
                    headers["x-amz-region-set"] = "eu-west-1";
                },
            },
            403,
            "InvalidSignatureException",
        ],
        [
            "somebody else's session token",
            {
                method: "GET",
                change(headers) {
                    headers["x-amz-security-token"] = randomUUID();
                },
            },
            403,
            "UnrecognizedClientException",
        ],
        ["what no policy allows", { method: "GET", role: reader }, 403, "AccessDeniedException"],
        [
            "a key that is not there",
            { method: "GET", path: "/keys/absent" },
            404,
            "ResourceNotFoundException",
        ],
        [
            "an update without If-Match",
            { method: "POST", path: "/keys", body: { Puts: [{ Key: "a", Value: "1" }] } },
            400,
            "ValidationException",
        ],
    ];
    for (const [what, call, status, type] of refused) {
        it(`refuses ${what}`, async () => {
            const answer = await stage.call(call);
            assert.deepEqual([answer.status, answer.type], [status, type]);
        });
    }

    const tooMuch: [what: string, puts: [key: string, value: string][]][] = [
        ["a value above 1 KB", [["a", "x".repeat(1_025)]]],
        ["a key above 512 bytes", [["k".repeat(513), "1"]]],
        ["more than 50 keys", Array.from({ length: 51 }, (_, index) => [`k${index}`, "1"])],
    ];
    for (const [what, puts] of tooMuch) {
        it(`refuses ${what}`, async () => {
            const { eTag } = await stage.call({ method: "GET" });
            const body = { Puts: puts.map(([Key, Value]) => ({ Key, Value })) };
            const answer = await stage.call({ method: "POST", path: "/keys", body, ifMatch: eTag });
            assert.equal(answer.type, "ServiceQuotaExceededException");
        });
    }

    it("answers nobody while writers cannot reach it, and everybody afterwards", async () => {
        stage.stores.setOutage("writers");
        const gone = AbortSignal.timeout(50);
        await assert.rejects(stage.call({ method: "GET", signal: gone }), /aborted|timeout/i);
        const waiting = stage.call({ method: "GET" });
        stage.stores.setOutage("none");
        assert.equal((await waiting).status, 200);
    });

    it("lets functions at the edge read nothing while readers cannot reach it", () => {
        stage.stores.setOutage("readers");
        assert.throws(() => stage.stores.reader(stage.arn).get("health"), /cannot be reached/);
        assert.deepEqual(stage.stores.counts, { readers: 1, writers: 0 });
    });
});
