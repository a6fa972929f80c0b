import assert from "node:assert/strict";
import * as net from "node:net";
import { finishWithin } from "../../../app/database/deadline";
import { openSession } from "../../../app/database/dsql";
import { isFault } from "../../../app/fault";
import { redirectHosts } from "../../../infra/local/host-redirection";

describe("finishWithin", () => {
    it("gives the result of work that ends in time", async () => {
        assert.equal(await finishWithin(Promise.resolve(7), 1_000), 7);
        assert.equal(await finishWithin(Promise.resolve(7), Number.POSITIVE_INFINITY), 7);
    });

    it("rejects as a lost connection when the time is over", async () => {
        const never = new Promise(() => undefined);
        await assert.rejects(finishWithin(never, 5), { code: "ETIMEDOUT" });
        await assert.rejects(finishWithin(never, -5), { code: "ETIMEDOUT" });
    });
});

describe("a session, for one request", () => {
    const statement = { name: "one", text: "SELECT 1", values: [] };

    it("gives up in time on a database that accepts connections and says nothing", async () => {
        const silent = net.createServer();
        await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
        const { port } = silent.address() as net.AddressInfo;
        const databaseEndpoint = "silent.dsql.eu-west-1.on.aws";
        const restore = redirectHosts({
            hostSuffix: databaseEndpoint,
            port: 5432,
            toPort: port,
            authorityPem: "",
        });
        const session = openSession({
            cellName: "eu",
            cellNumber: 2,
            region: "eu-west-1",
            databaseEndpoint,
            databaseRole: "shop_status",
            credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
        });
        try {
            const started = performance.now();
            for (const call of [
                () => session.within(100).query(statement),
                () => session.within(100).transact([statement]),
                () => session.within(0).query(statement),
            ]) {
                await assert.rejects(
                    call,
                    (error) => isFault(error) && error.code === "database_unavailable",
                );
            }
            // Far below the three seconds after which the connection itself would be given up.
            assert.ok(performance.now() - started < 2_500);
        } finally {
            restore();
            silent.close();
        }
    });
});
