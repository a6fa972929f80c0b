import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { monitorHandler } from "../../../app/handlers/monitor";
import { readHealth } from "../../../app/monitoring/health-record";
import { createCredentialStore } from "../../../infra/local/credentials";
import { createStoreEndpoint } from "../../../infra/local/key-value-stores/store-endpoint";
import { createKeyValueStoreService } from "../../../infra/local/key-value-stores/store-service";

const role = "arn:aws:iam::000000000000:role/monitor";
const plenty = { getRemainingTimeInMillis: () => 60_000 };
const several = { loopSeconds: 0.3, everySeconds: 0.01 };

describe("the function monitor", () => {
    let folder: string;
    let origins: Server[];
    let europe: number;
    let stores: ReturnType<typeof createKeyValueStoreService>;
    let endpoint: ReturnType<typeof createStoreEndpoint>;
    let run: ReturnType<typeof monitorHandler>;
    let arn: string;

    const serve = async (status: () => number): Promise<string> => {
        const server = createServer(({ url }, response) => {
            response.writeHead(url === "/live/health" ? status() : 404).end("{}");
        });
        origins.push(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
    };

    beforeEach(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "monitor-"));
        origins = [];
        europe = 200;
        stores = createKeyValueStoreService(folder);
        arn = stores.createStore("flags", "l123").arn;
        const credentials = createCredentialStore();
        endpoint = createStoreEndpoint({ stores, credentials, isAllowed: () => true });
        const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(role);
        run = monitorHandler({
            AWS_REGION: "us-east-1",
            AWS_ACCESS_KEY_ID: accessKeyId,
            AWS_SECRET_ACCESS_KEY: secretAccessKey,
            AWS_SESSION_TOKEN: sessionToken,
            MONITOR_REGIONS: "us-east-1,eu-west-1",
            MONITORED_ORIGINS: JSON.stringify([
                { region: "us-east-1", url: await serve(() => 200) },
                { region: "eu-west-1", url: await serve(() => europe) },
            ]),
            KEY_VALUE_STORE_ARN: arn,
            AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: await endpoint.url(),
        });
    });
    afterEach(async () => {
        await endpoint.stop();
        for (const server of origins) {
            server.close();
            server.closeAllConnections();
        }
        await rm(folder, { recursive: true });
    });

    const flags = () => readHealth(stores.find(arn)?.get("health"));

    const runThrice = async (): Promise<void> => {
        for (const _ of [1, 2, 3]) {
            assert.deepEqual(await run({}, plenty), { rounds: 1 });
        }
    };

    it("goes round after round in one run, and says nothing while every Region answers 200", async () => {
        assert.ok((await run(several, plenty)).rounds > 1);
        assert.deepEqual(flags(), {});
    });

    for (const status of [503, 403, 302]) {
        it(`tells the edge of a Region that answers ${status}, and of its recovery`, async () => {
            europe = status;
            await runThrice();
            assert.equal(flags()["eu-west-1"]?.down, true);
            europe = 200;
            await runThrice();
            assert.equal(flags()["eu-west-1"]?.down, false);
        });
    }

    it("begins no round that Lambda would end", async () => {
        const little = { getRemainingTimeInMillis: () => 6_000 };
        assert.deepEqual(await run(several, little), { rounds: 1 });
    });
});
