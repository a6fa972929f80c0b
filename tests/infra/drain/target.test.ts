import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { readDrainRequest } from "../../../infra/drain/command-line";
import { findTarget } from "../../../infra/drain/target";
import { controlFile } from "../../../infra/local/chaos/control-server";

const outputs = {
    keyValueStoreArn: "arn:aws:cloudfront::123456789012:key-value-store/abc",
    servingRegions: ["us-east-1", "eu-west-1"],
};
const keys = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
const onAws = async () => JSON.stringify(outputs);

describe("the stack that is drained", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "drain-"));
        await mkdir(path.join(folder, "dev"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const request = (...more: string[]) =>
        readDrainRequest(["status", "--folder", folder, ...more]);
    const runHere = (told: object) =>
        writeFile(controlFile(path.join(folder, "dev")), JSON.stringify(told));
    const credentials = { accessKeyId: "local", secretAccessKey: "s", sessionToken: "t" };
    const access = { endpointUrl: "http://127.0.0.1:1", storeArns: [], credentials };

    it("is the one that runs on this computer", async () => {
        await runHere({ port: 1, token: "t", keyValueStores: access, outputs });
        assert.deepEqual(await findTarget(request(), keys, () => assert.fail()), {
            where: "this computer",
            regions: outputs.servingRegions,
            store: { arn: outputs.keyValueStoreArn, credentials, endpoint: "http://127.0.0.1:1" },
        });
    });

    it("is the one on AWS where none runs here", async () => {
        const { where, regions, store } = await findTarget(request(), keys, onAws);
        assert.deepEqual([where, regions], ["AWS", outputs.servingRegions]);
        assert.deepEqual(store.credentials, {
            accessKeyId: "AKIDEXAMPLE",
            secretAccessKey: "secret",
        });
    });

    it("is the one on AWS where that is asked for, or where another one runs here", async () => {
        await runHere({ port: 1, token: "t", keyValueStores: access, outputs });
        for (const more of [["--deployed"], ["--stack", "prod"]]) {
            assert.equal((await findTarget(request(...more), keys, onAws)).where, "AWS");
        }
    });

    it("is not found without credentials, and what prints them is named", async () => {
        await assert.rejects(
            findTarget(request(), { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE" }, onAws),
            /AWS_SECRET_ACCESS_KEY are not set.*; aws configure export-credentials/,
        );
    });

    it("has to say which Regions it has", async () => {
        await assert.rejects(
            findTarget(request(), keys, async () => "{}"),
            /The stack dev has no outputs keyValueStoreArn and servingRegions/,
        );
    });
});
