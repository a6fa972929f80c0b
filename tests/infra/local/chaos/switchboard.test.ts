import assert from "node:assert/strict";
import { createAilments } from "../../../../infra/local/chaos/ailments";
import { createKills } from "../../../../infra/local/chaos/kills";
import { createOutages, type Outages } from "../../../../infra/local/chaos/outages";
import { createSwitchboard, type Switchboard } from "../../../../infra/local/chaos/switchboard";
import { createFaults, type FaultPlan } from "../../../../infra/local/dsql/faults";
import { createKeyValueStoreService } from "../../../../infra/local/key-value-stores/store-service";
import { createLinks, type LinkSwitches } from "../../../../infra/local/links";
import { createQueueFaults } from "../../../../infra/local/queues/queue-faults";

const cells = [
    { name: "us", regions: ["us-east-1", "us-east-2"] },
    { name: "eu", regions: ["eu-west-1"] },
];

describe("the switchboard", () => {
    let outages: Outages;
    let links: LinkSwitches;
    let chaos: Switchboard;
    let crashed: string[] = [];
    /** What each cluster does to its clients, by Region. */
    let plans: Record<string, FaultPlan> = {};

    beforeEach(() => {
        outages = createOutages();
        links = createLinks({ roundTripMilliseconds: () => 0 });
        crashed = [];
        plans = {};
        const queueFaults = createQueueFaults();
        chaos = createSwitchboard({
            cells,
            links,
            linkCounts: { cut: 2, slow: 1 },
            outages,
            ailments: createAilments(),
            kills: createKills(),
            keyValueStores: createKeyValueStoreService("unused"),
            functions: { crash: async (region) => void crashed.push(region) },
            queues: { setFaults: queueFaults.set, faultCounts: queueFaults.counts },
            clusters: () =>
                cells
                    .flatMap(({ regions }) => regions)
                    .map((region) => ({ identifier: `cluster-${region}`, region })),
            frontDoor: async () => ({
                async setFaults(identifier, plan) {
                    createFaults().plan(plan);
                    plans[identifier.replace("cluster-", "")] = plan;
                },
                statistics: async () => ({
                    sessions: 0,
                    databases: [],
                    heapBytes: 0,
                    faults: { one: { stall: 1 }, other: { stall: 2 } },
                }),
            }),
        });
    });
    const closed: FaultPlan = { rates: { refuseConnection: 1 } };

    it("takes a Region down: its functions, its links, its cluster, and leaves its peer", async () => {
        await chaos.takeRegionDown("us-east-1");
        assert.deepEqual(outages.list(), ["us-east-1"]);
        assert.deepEqual(crashed, ["us-east-1"]);
        assert.deepEqual(links.state().isolatedRegions, ["us-east-1"]);
        assert.deepEqual(plans, { "us-east-1": closed });
    });

    it("loses a Region, which then refuses nobody, and brings it back", async () => {
        await chaos.loseRegion("us-east-1");
        assert.deepEqual(chaos.state().regionsLost, ["us-east-1"]);
        assert.deepEqual(chaos.state().regionsDown, ["us-east-1"]);
        await chaos.bringRegionUp("us-east-1");
        assert.deepEqual(chaos.state().regionsLost, []);
    });

    it("makes a Region well again by bringing it up", async () => {
        chaos.ailRegion("eu-west-1", { kind: "unavailable" });
        assert.deepEqual(chaos.state().ailments, { "eu-west-1": { kind: "unavailable" } });
        await chaos.bringRegionUp("eu-west-1");
        assert.deepEqual(chaos.state().ailments, {});
    });

    it("heals what ails Regions, what is lost and what reaches no KeyValueStore", async () => {
        await chaos.loseRegion("us-east-1");
        chaos.ailRegion("eu-west-1", { kind: "flapping" });
        chaos.setStoreOutage("all");
        await chaos.heal();
        const { regionsLost, ailments, storeOutage } = chaos.state();
        assert.deepEqual([regionsLost, ailments, storeOutage], [[], {}, "none"]);
    });

    it("brings a Region up, and its database does what it was told to before", async () => {
        const plan: FaultPlan = { rates: { stall: 0.5 } };
        await chaos.setDatabaseFaults("us", plan);
        await chaos.takeRegionDown("us-east-1");
        assert.deepEqual(plans, { "us-east-1": closed, "us-east-2": plan });
        await chaos.bringRegionUp("us-east-1");
        assert.deepEqual(plans["us-east-1"], plan);
        assert.deepEqual([outages.list(), links.state().isolatedRegions], [[], []]);
    });

    it("takes a cell down with all its Regions, twice as well as once", async () => {
        await chaos.takeCellDown("us");
        await chaos.takeCellDown("us");
        assert.deepEqual(outages.list(), ["us-east-1", "us-east-2"]);
        assert.equal((await chaos.counts())["regions.down"], 2);
        await chaos.bringCellUp("us");
        assert.deepEqual(outages.list(), []);
    });

    it("cuts one direction between all Regions of two cells", () => {
        chaos.setLink("us", "eu", { kind: "cut" });
        assert.deepEqual(chaos.state().links, [
            { from: "us-east-1", to: "eu-west-1", kind: "cut" },
            { from: "us-east-2", to: "eu-west-1", kind: "cut" },
        ]);
    });

    it("undoes everything when it heals", async () => {
        const untouched = chaos.state();
        await chaos.takeCellDown("eu");
        await chaos.setDatabaseFaults("us", { next: { conflictAtCommit: 1 } });
        chaos.setLink("us-east-1", "eu", { kind: "slow", milliseconds: 100 });
        chaos.setQueueFaults({ seed: 1, lossRate: 0.5 });
        chaos.killFunction({ function: "orders", afterAwaits: 1 });
        assert.notDeepEqual(chaos.state(), untouched);
        await chaos.heal();
        await chaos.heal();
        assert.deepEqual(chaos.state(), untouched);
        assert.deepEqual(plans, { "us-east-1": {}, "us-east-2": {}, "eu-west-1": {} });
    });

    it("counts what has happened, whoever did it", async () => {
        const { "links.cut": cut, "databases.stall": stalls, ...others } = await chaos.counts();
        assert.deepEqual([cut, stalls, others["functions.killed"]], [2, 3, 0]);
    });

    it("keeps the former plan when a database refuses the next one", async () => {
        await chaos.setDatabaseFaults("eu", { rates: { stall: 1 } });
        await assert.rejects(chaos.setDatabaseFaults("eu", { rates: { stall: 2 } }), /from 0 to 1/);
        assert.deepEqual(chaos.state().databaseFaults, { eu: { rates: { stall: 1 } } });
    });

    const wrong: [what: string, move: () => unknown, message: RegExp][] = [
        [
            "an unknown Region",
            () => chaos.takeRegionDown("mars"),
            /There is no Region "mars"; allowed: us-east-1, us-east-2, eu-west-1\./,
        ],
        ["an unknown cell", () => chaos.takeCellDown("mars"), /no cell "mars"; allowed: us, eu\./],
        [
            "a link to nowhere",
            () => chaos.setLink("us", "mars", { kind: "cut" }),
            /"mars" is neither a cell nor a Region; allowed: us, eu, us-east-1/,
        ],
        [
            "a link to itself",
            () => chaos.setLink("us", "us-east-2", { kind: "cut" }),
            /share a Region/,
        ],
    ];
    for (const [what, move, message] of wrong) {
        it(`refuses ${what}`, async () => {
            await assert.rejects(async () => move(), message);
        });
    }
});

describe("an outage", () => {
    it("lets whoever waits go on when it is over", async () => {
        const outages = createOutages();
        outages.take("eu-west-1");
        let isUp = false;
        const waiting = outages.whenUp("eu-west-1").then(() => {
            isUp = true;
        });
        await outages.whenUp("us-east-1");
        assert.equal(isUp, false);
        outages.bringUp("eu-west-1");
        await waiting;
    });
});
