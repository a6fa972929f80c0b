import assert from "node:assert/strict";
import { startTestDoor } from "../../support/front-door";
import type { Probe, Protocol } from "./probe";
import { type ProbeGround, runProbe } from "./probe-run";
import { subjects } from "./probes";

describe("Aurora DSQL's behaviour, through the front door", function () {
    this.timeout(20_000);

    let ground: ProbeGround;
    before(async () => {
        const door = await startTestDoor();
        // Named as a cluster's one database is.
        const cluster = await door.cluster({ existing: "postgres" });
        ground = { door, cluster, idle: [] };
    });
    after(() => ground.door.door.removeCluster(ground.cluster.identifier));

    for (const [subject, probes] of Object.entries(subjects)) {
        describe(subject, () => {
            for (const probe of probes) {
                for (const protocol of protocolsOf(probe)) {
                    it(`${probe.name.slice(0, 120)} (${probe.source}; ${protocol})`, () =>
                        runProbe(probe, protocol, ground));
                }
            }
        });
    }

    it("is reproduced by at least 350 probes, each with its source", () => {
        const all = Object.values(subjects).flat();
        assert.ok(all.length >= 350, `${all.length} probes`);
        assert.deepEqual(
            all.filter(({ source }) => source === ""),
            [],
        );
    });
});

/** Several statements in one text are a matter of the simple protocol. */
function protocolsOf(probe: Probe): readonly Protocol[] {
    const hasMany = probe.steps.some(([, text]) => /;\s*\S/.test(text));
    // What one statement is answered hangs on its text alone, whichever way it comes.
    const isOne = probe.steps.length === 1;
    return probe.protocols ?? (hasMany || isOne ? ["simple"] : ["simple", "extended"]);
}
