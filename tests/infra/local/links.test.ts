import assert from "node:assert/strict";
import { mock } from "node:test";
import { createLinks, type LinkState, type LinkSwitches } from "../../../infra/local/links";

const here = "eu-west-1";
const there = "us-east-1";
const elsewhere = "ap-northeast-1";

describe("links between Regions", () => {
    /** Names of what has arrived, each with its time. */
    let arrivals: string[] = [];
    let startedAt = 0;
    let disturbances: string[] = [];

    beforeEach(() => {
        mock.timers.enable({ apis: ["setTimeout", "Date"] });
        startedAt = Date.now();
        arrivals = [];
        disturbances = [];
    });
    afterEach(() => mock.timers.reset());

    const createLinksOf = (roundTripMilliseconds: number): LinkSwitches =>
        createLinks({
            roundTripMilliseconds: () => roundTripMilliseconds,
            onDisturbed: (kind) => void disturbances.push(kind),
            wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
        });
    function send(links: LinkSwitches, name: string, from: string, to: string): void {
        void links.cross(from, to).then(() => arrivals.push(`${name} ${Date.now() - startedAt}`));
    }
    async function advance(milliseconds: number): Promise<void> {
        await settle();
        mock.timers.tick(milliseconds);
        await settle();
    }
    const settle = async (): Promise<void> => {
        for (let turn = 0; turn < 20; turn += 1) {
            await Promise.resolve();
        }
    };

    it("are crossed at once without latency", async () => {
        send(createLinksOf(0), "a", here, there);
        await advance(0);
        assert.deepEqual(arrivals, ["a 0"]);
    });

    it("take half a round trip", async () => {
        send(createLinksOf(80), "a", here, there);
        await advance(39);
        assert.deepEqual(arrivals, []);
        await advance(1);
        assert.deepEqual(arrivals, ["a 40"]);
    });

    it("take no time within a Region, even an isolated one", async () => {
        const links = createLinksOf(80);
        links.isolateRegion(here);
        send(links, "a", here, here);
        await advance(0);
        assert.deepEqual(arrivals, ["a 0"]);
    });

    it("hold what leaves while its direction is cut, and no other", async () => {
        const links = createLinksOf(10);
        links.setLink(here, there, { kind: "cut" });
        send(links, "held", here, there);
        send(links, "back", there, here);
        send(links, "aside", here, elsewhere);
        await advance(5);
        await advance(600_000);
        assert.deepEqual(arrivals, ["back 5", "aside 5"]);
        assert.deepEqual(disturbances, ["cut"]);
        links.setLink(here, there, { kind: "open" });
        await advance(5);
        assert.deepEqual(arrivals.slice(2), ["held 600010"]);
    });

    it("hold what is on its way when they are cut", async () => {
        const links = createLinksOf(80);
        send(links, "a", here, there);
        await advance(20);
        links.setLink(here, there, { kind: "cut" });
        await advance(1_000);
        assert.deepEqual(arrivals, []);
        links.heal();
        await advance(0);
        assert.deepEqual(arrivals, ["a 1020"]);
    });

    it("add what makes them slow", async () => {
        const links = createLinksOf(80);
        links.setLink(here, there, { kind: "slow", milliseconds: 300 });
        send(links, "a", here, there);
        await advance(339);
        assert.deepEqual(arrivals, []);
        await advance(1);
        assert.deepEqual(arrivals, ["a 340"]);
        assert.deepEqual(disturbances, ["slow"]);
    });

    it("reject a crossing that is given up while it is held", async () => {
        const links = createLinksOf(80);
        links.setLink(here, there, { kind: "cut" });
        const giveUp = new AbortController();
        const held = links.cross(here, there, giveUp.signal);
        giveUp.abort(new Error("given up"));
        await assert.rejects(held, /given up/);
        await assert.rejects(links.cross(here, elsewhere, giveUp.signal), /given up/);
        assert.equal(links.state().pending, 0);
    });

    it("deliver what is on its way although it is given up, unless they are cut", async () => {
        const links = createLinksOf(80);
        const giveUp = new AbortController();
        const lost = links.cross(there, here, giveUp.signal).catch((error: Error) => error.message);
        void links.cross(here, there, giveUp.signal).then(() => arrivals.push("arrived"));
        await advance(20);
        giveUp.abort(new Error("given up"));
        links.setLink(there, here, { kind: "cut" });
        await advance(20);
        assert.deepEqual(arrivals, ["arrived"]);
        assert.equal(await lost, "given up");
    });

    it("cut every direction of an isolated Region, and then are as they were set", async () => {
        const links = createLinksOf(0);
        links.setLink(here, there, { kind: "cut" });
        links.isolateRegion(there);
        links.isolateRegion(there);
        send(links, "in", elsewhere, there);
        send(links, "out", there, elsewhere);
        send(links, "aside", here, elsewhere);
        await advance(0);
        assert.deepEqual(arrivals, ["aside 0"]);
        links.bringBack(there);
        send(links, "held", here, there);
        await advance(0);
        assert.deepEqual(arrivals, ["aside 0", "in 0", "out 0"]);
        assert.deepEqual(links.state(), {
            links: [{ from: here, to: there, kind: "cut" }],
            isolatedRegions: [],
            pending: 1,
        });
    });

    it("are all open once healed", () => {
        const links = createLinksOf(0);
        links.setLink(here, there, { kind: "cut" });
        links.setLink(there, elsewhere, { kind: "slow", milliseconds: 5 });
        links.isolateRegion(here);
        links.heal();
        links.heal();
        assert.deepEqual(links.state(), { links: [], isolatedRegions: [], pending: 0 });
    });

    it("take no more than 10,000 messages at once", async () => {
        const links = createLinksOf(0);
        links.setLink(here, there, { kind: "cut" });
        for (let count = 0; count < 10_000; count += 1) {
            void links.cross(here, there);
        }
        await assert.rejects(links.cross(here, there), /10000 messages are between Regions/);
    });

    const wrong: readonly [what: string, to: string, state: LinkState, message: RegExp][] = [
        ["of one Region", here, { kind: "cut" }, /from one Region to another; both are/],
        ["of an unknown kind", there, { kind: "gone" as "cut" }, /allowed: open, cut, slow/],
        ["slow by nothing", there, { kind: "slow", milliseconds: 0 }, /allowed: more than 0/],
        ["slow for ever", there, { kind: "slow", milliseconds: 600_001 }, /at most 600000/],
    ];
    for (const [what, to, state, message] of wrong) {
        it(`refuse to be ${what}`, () => {
            assert.throws(() => createLinksOf(0).setLink(here, to, state), message);
        });
    }
});
