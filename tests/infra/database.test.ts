import assert from "node:assert/strict";
import { clusterEndpoint } from "../../infra/database";
import { type RegisteredProgram, registered } from "../support/registered-program";
import { alone, euCell } from "../support/stacks";

const clusterType = "aws:dsql/cluster:Cluster";
const peeringType = "aws:dsql/clusterPeering:ClusterPeering";

describe("Database", function () {
    this.timeout(30_000);
    let prod: RegisteredProgram;
    before(async () => {
        prod = await registered("prod", { cells: [{ ...euCell, peerServes: true }] });
    });

    it("creates each cluster of a pair with protection, witness and tags in one go", () => {
        assert.deepEqual(
            prod.ofType(clusterType).map(({ name, inputs }) => [name, inputs]),
            ["eu-west-1", "eu-west-2"].map((region) => [
                `eu-database-${region}`,
                {
                    region,
                    deletionProtectionEnabled: true,
                    forceDestroy: false,
                    multiRegionProperties: { witnessRegion: "eu-west-3" },
                    tags: { Name: "shop-eu" },
                },
            ]),
        );
    });

    it("peers each cluster with the other, both ways", () => {
        assert.deepEqual(
            prod.ofType(peeringType).map(({ inputs }) => inputs),
            [peering("eu-west-1", "eu-west-2"), peering("eu-west-2", "eu-west-1")],
        );
    });

    it("lets neither cluster nor peering wait for its twin", () => {
        for (const cluster of prod.ofType(clusterType)) {
            assert.deepEqual(cluster.dependencies, []);
        }
        for (const { dependencies } of prod.ofType(peeringType)) {
            assert.deepEqual([...dependencies].sort(), [
                "eu-database-eu-west-1",
                "eu-database-eu-west-2",
            ]);
        }
    });

    it("protects prod's clusters from Pulumi as well", () => {
        assert.deepEqual(
            prod.ofType(clusterType).map(({ isProtected }) => isProtected),
            [true, true],
        );
    });

    it("can be destroyed in dev", async () => {
        const dev = await registered("dev");
        for (const { inputs, isProtected } of dev.ofType(clusterType)) {
            assert.equal(inputs["deletionProtectionEnabled"], false);
            assert.equal(inputs["forceDestroy"], true);
            assert.equal(isProtected, false);
        }
    });

    it("is one cluster without a witness where the cell has no peer", async () => {
        const single = await registered("dev", { cells: [alone(euCell)] });
        const [cluster, ...others] = single.ofType(clusterType);
        assert.deepEqual(others, []);
        assert.equal(cluster?.inputs["multiRegionProperties"], undefined);
        assert.deepEqual(single.ofType(peeringType), []);
    });

    it("builds the endpoint from the identifier", () => {
        assert.equal(clusterEndpoint("abc", "eu-west-1"), "abc.dsql.eu-west-1.on.aws");
    });

    it("gives the endpoint to nobody before both peerings exist", () => {
        const invocation = prod.named("eu-schema-migrate");
        assert.ok(invocation.dependencies.includes("eu-database-eu-west-1-peering"));
        assert.ok(invocation.dependencies.includes("eu-database-eu-west-2-peering"));
    });
});

function peering(region: string, other: string) {
    return {
        region,
        identifier: `eu-database-${region}-identifier`,
        clusters: [`arn:aws:dsql:${other}:123456789012:eu-database-${other}`],
        witnessRegion: "eu-west-3",
    };
}
