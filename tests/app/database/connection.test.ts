import assert from "node:assert/strict";
import { connectionSettings } from "../../../app/database/connection";
import { chooseLifetimeSeconds, poolSettings } from "../../../app/database/dsql";
import type { DatabaseEnvironment } from "../../../app/environment";

const environment: DatabaseEnvironment = {
    cellName: "eu",
    cellNumber: 2,
    region: "eu-west-1",
    databaseEndpoint: "abcdefghijklmnopqrstuvwxyz.dsql.eu-west-1.on.aws",
    databaseRole: "shop_orders",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
};
const signToken = async () => "token";

describe("connectionSettings", () => {
    it("reaches the cluster with verified TLS and a token for each connection", () => {
        assert.deepEqual(connectionSettings(environment, signToken), {
            host: environment.databaseEndpoint,
            port: 5432,
            database: "postgres",
            user: "shop_orders",
            password: signToken,
            ssl: { rejectUnauthorized: true, servername: environment.databaseEndpoint },
            sslnegotiation: "direct",
        });
    });
});

describe("the pool", () => {
    it("leaves every connection 5 to 15 minutes before DSQL ends it", () => {
        assert.equal(
            chooseLifetimeSeconds(() => 0),
            45 * 60,
        );
        assert.ok(chooseLifetimeSeconds(() => 0.999_999) <= 55 * 60);
    });

    it("pipelines, bounds every wait and holds at most two connections", () => {
        const settings = poolSettings(environment);
        assert.equal(settings.pipeline, true);
        assert.equal(settings.max, 2);
        for (const limit of [
            settings.connectionTimeoutMillis,
            settings.query_timeout,
            settings.idleTimeoutMillis,
            settings.maxLifetimeSeconds,
        ]) {
            assert.ok(limit !== undefined && limit !== null && limit > 0);
        }
    });

    it("signs a token for the role: DbConnect, and DbConnectAdmin for admin only", async () => {
        const signed = (databaseRole: string) => tokenOf({ ...environment, databaseRole });
        assert.match(
            await signed("shop_orders"),
            /^abcdefghijklmnopqrstuvwxyz\.dsql\.eu-west-1\.on\.aws\/\?Action=DbConnect&.*AKIDEXAMPLE/,
        );
        assert.match(await signed("admin"), /\?Action=DbConnectAdmin&/);
    });

    it("signs with the session token of a function's role", async () => {
        const credentials = {
            accessKeyId: "AKIDEXAMPLE",
            secretAccessKey: "secret",
            sessionToken: "session/token",
        };
        const token = await tokenOf({ ...environment, credentials });
        assert.match(token, /&X-Amz-Security-Token=session%2Ftoken&/);
    });
});

async function tokenOf(from: DatabaseEnvironment): Promise<string> {
    const { password } = poolSettings(from);
    return typeof password === "function" ? String(await password()) : "none";
}
