import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { controlFile } from "../../../infra/local/chaos/control-server";
import { createCredentialStore } from "../../../infra/local/credentials";
import { createStoreEndpoint } from "../../../infra/local/key-value-stores/store-endpoint";
import { createKeyValueStoreService } from "../../../infra/local/key-value-stores/store-service";

const run = promisify(execFile);
const operator = "arn:aws:iam::000000000000:role/operator";

describe("npm run drain", function () {
    this.timeout(20_000);
    let folder: string;
    let endpoint: ReturnType<typeof createStoreEndpoint>;

    before(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "drain-"));
        await mkdir(path.join(folder, "dev"));
        const stores = createKeyValueStoreService(folder);
        const { arn } = stores.createStore("flags", "l123");
        const credentials = createCredentialStore();
        endpoint = createStoreEndpoint({ stores, credentials, isAllowed: () => true });
        const outputs = { keyValueStoreArn: arn, servingRegions: ["us-east-1", "eu-west-1"] };
        const control = { keyValueStores: await endpoint.accessOf(operator), outputs };
        await writeFile(controlFile(path.join(folder, "dev")), JSON.stringify(control));
    });
    after(async () => {
        await endpoint.stop();
        await rm(folder, { recursive: true });
    });

    const drain = (...line: string[]) =>
        run(process.execPath, [
            ...["--require", "tsx/cjs", "infra/drain/main.ts"],
            ...[...line, "--folder", folder],
        ]);

    it("tells programs what has come of it, as one object of JSON", async () => {
        const { stdout } = await drain("eu-west-1", "--json");
        const { regions, ...rest } = JSON.parse(stdout);
        assert.deepEqual(rest, {
            stack: "dev",
            where: "this computer",
            hasChanged: true,
            areFlagsIgnored: false,
        });
        const { drainedSince, ...others } = regions[1];
        assert.match(drainedSince, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        const never = { isDown: false, judgedAt: null, judgedBy: null };
        assert.deepEqual(others, { region: "eu-west-1", serves: false, ...never });
    });

    it("tells people", async () => {
        const { stdout } = await drain("undrain");
        assert.match(
            stdout,
            /^Stack dev on this computer: every Region is let in again\.\nREGION /,
        );
    });

    it("ends with 1 and the reason, where it refuses", async () => {
        await assert.rejects(drain("eu-west-9"), (failure: { code: number; stderr: string }) => {
            assert.equal(failure.code, 1);
            assert.match(failure.stderr, /"eu-west-9" has no API; allowed: us-east-1, eu-west-1\./);
            return true;
        });
    });
});
