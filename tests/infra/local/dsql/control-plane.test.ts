import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import {
    createDatabaseService,
    type DatabaseService,
} from "../../../../infra/local/dsql/control-plane";
import type { ClusterAddress, FrontDoor } from "../../../../infra/local/dsql/front-door";

const witnessRegion = "eu-west-3";
const home = clusterIn("eu-west-1", "a");
const peer = clusterIn("eu-west-2", "b");

function clusterIn(region: string, letter: string) {
    const identifier = letter.repeat(26);
    const arn = `arn:aws:dsql:${region}:000000000000:cluster/${identifier}`;
    return { name: `eu-${region}`, identifier, arn, region, witnessRegion };
}

function peeringOf(cluster: typeof home, other: typeof home, witness = witnessRegion) {
    const { identifier, region } = cluster;
    const name = `${cluster.name}-peering`;
    return { name, identifier, region, witnessRegion: witness, clusterArns: [other.arn] };
}

describe("the clusters of the local DSQL", () => {
    let folder = "";
    let databases: DatabaseService;
    const added: ClusterAddress[] = [];
    const frontDoor = async () =>
        ({
            addCluster: async (cluster: ClusterAddress) => void added.push(cluster),
            setLatency: async () => undefined,
        }) as unknown as FrontDoor;
    beforeEach(() => {
        added.length = 0;
        folder = mkdtempSync(path.join(tmpdir(), "dsql-"));
        databases = createDatabaseService({
            folder: path.join(folder, "databases"),
            durable: false,
            handshakeTimeoutMilliseconds: 30,
            frontDoor,
            log: () => undefined,
            onReady: () => undefined,
        });
    });
    afterEach(async () => {
        await databases.stop();
        rmSync(folder, { recursive: true, force: true });
    });

    it("activates a pair when both halves exist, and gives both one database", async () => {
        await databases.createCluster(home);
        await databases.createCluster(peer);
        assert.equal(databases.endpointIn(home.region), undefined);
        await Promise.all([
            databases.createPeering(peeringOf(home, peer)),
            databases.createPeering(peeringOf(peer, home)),
        ]);
        assert.deepEqual(added.map(({ identifier }) => identifier).sort(), [
            home.identifier,
            peer.identifier,
        ]);
        assert.deepEqual(added[0]?.upstream, added[1]?.upstream);
        assert.deepEqual(databases.endpointIn(peer.region), {
            hostName: `${peer.identifier}.dsql.${peer.region}.on.aws`,
            identifier: peer.identifier,
            region: peer.region,
            clusterArn: peer.arn,
        });
    });

    it("knows a cluster only under its own Region", async () => {
        await databases.createCluster({ ...home, witnessRegion: undefined } as never);
        assert.notEqual(databases.endpointIn(home.region), undefined);
        assert.equal(databases.endpointIn("eu-west-2"), undefined);
    });

    it("fails a half whose other half never comes, naming both", async () => {
        await databases.createCluster(home);
        await databases.createCluster(peer);
        await assert.rejects(
            databases.createPeering(peeringOf(home, peer)),
            /eu-eu-west-1-peering waits.*no ClusterPeering of eu-eu-west-2/,
        );
    });

    const refused: [string, Parameters<typeof peeringOf>, RegExp][] = [
        ["another witness", [home, peer, "eu-central-1"], /names the witness eu-central-1/],
        ["itself", [home, home], /names 0 other clusters/],
        ["a cluster that does not exist", [home, clusterIn("eu-west-2", "z")], /does not exist/],
        ["no cluster", [clusterIn("eu-west-2", "z"), home], /ResourceNotFound/],
    ];
    for (const [what, peering, expected] of refused) {
        it(`refuses a peering that names ${what}`, async () => {
            await databases.createCluster(home);
            await databases.createCluster(peer);
            await assert.rejects(databases.createPeering(peeringOf(...peering)), expected);
        });
    }
});
