import assert from "node:assert/strict";
import { createKeyValueStoreClient } from "../../app/aws/key-value-store";
import { type DrainCommand, readDrainRequest } from "../../infra/drain/command-line";
import { carryOut } from "../../infra/drain/operator";
import { type LocalShop, localShop } from "../support/local-shop";

describe("a Region that the operator drains", () => {
    let shop: LocalShop;
    before(async () => {
        shop = await localShop();
    });
    afterEach(() => run("undrain"));

    const run = async (line: string): Promise<readonly string[]> => {
        const { outputs, storeAccess } = shop.deployment;
        const { credentials, endpointUrl: endpoint } = storeAccess;
        const arn = String(outputs["keyValueStoreArn"]);
        const store = createKeyValueStoreClient({ arn, credentials, endpoint });
        const regions = outputs["servingRegions"] as string[];
        const nowSeconds = () => Math.floor(Date.now() / 1_000);
        const command = readDrainRequest(line.split(" ")).command as DrainCommand;
        const { flags } = await carryOut(command, { store, regions, nowSeconds });
        return Object.keys(flags.drained);
    };
    const answeringCell = async (path: string) =>
        (await shop.call("eu", { path })).headers["x-cell"];

    it("answers no further request, and the next one once it is undrained", async () => {
        const before = await answeringCell("/health");
        assert.deepEqual(await run("eu-west-1"), ["eu-west-1"]);
        const during = await answeringCell("/health");
        assert.deepEqual(await run("undrain eu-west-1"), []);
        assert.equal(before, "eu");
        assert.notEqual(during, "eu");
        assert.equal(await answeringCell("/health"), "eu");
    });

    it("is not the last one without force", async () => {
        const regions = shop.deployment.outputs["servingRegions"] as string[];
        const [last = "", ...others] = regions;
        for (const region of others) {
            await run(region);
        }
        await assert.rejects(run(last), /No Region would serve without/);
        assert.equal((await run(`${last} --force`)).length, regions.length);
        assert.equal(await answeringCell("/health"), "eu");
    });
});
