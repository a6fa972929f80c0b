import assert from "node:assert/strict";
import { startTestDoor, type TestCluster, type TestDoor } from "../../support/front-door";
import type { WireClient } from "../../support/wire-client";
import type { Outcome } from "../../support/wire-outcome";
import { catalogChanged, type Expected, type Probe, type Protocol } from "./probe";
import { subjects } from "./probes";

let runs = 0;

describe("Aurora DSQL's behaviour, through the front door", function () {
    this.timeout(20_000);

    let door: TestDoor;
    let cluster: TestCluster;
    before(async () => {
        door = await startTestDoor();
        // Named as a cluster's one database is.
        cluster = await door.cluster({ existing: "postgres" });
    });
    after(() => door.door.removeCluster(cluster.identifier));

    for (const [subject, probes] of Object.entries(subjects)) {
        describe(subject, () => {
            for (const probe of probes) {
                for (const protocol of protocolsOf(probe)) {
                    it(`${probe.name} (${probe.source}; ${protocol})`, () =>
                        run(probe, protocol, door, cluster));
                }
            }
        });
    }

    it("is reproduced by at least 150 probes, each with its source", () => {
        const all = Object.values(subjects).flat();
        assert.ok(all.length >= 150, `${all.length} probes`);
        assert.deepEqual(
            all.filter(({ source }) => source === ""),
            [],
        );
    });
});

/** Several statements in one text are a matter of the simple protocol. */
function protocolsOf(probe: Probe): readonly Protocol[] {
    const hasMany = probe.steps.some(([, text]) => /;\s*\S/.test(text));
    return probe.protocols ?? (hasMany ? ["simple"] : ["simple", "extended"]);
}

async function run(
    probe: Probe,
    protocol: Protocol,
    door: TestDoor,
    cluster: TestCluster,
): Promise<void> {
    runs += 1;
    const suffix = `_${runs}`;
    const own = (text: string): string => text.replace(/\blamp(_[a-z]+)*\b/g, `$&${suffix}`);
    const clients = new Map<string, WireClient>();
    let job = "";
    try {
        await prepare(probe, own, door, cluster);
        for (const name of new Set(probe.steps.map(([session]) => session))) {
            clients.set(name, await door.connect({ cluster }));
        }
        for (const [index, [session, text, expected]] of probe.steps.entries()) {
            const client = clients.get(session);
            assert.ok(client !== undefined);
            const outcome = await send(client, own(text).replace("$job", job), protocol, probe);
            job = jobIn(outcome) ?? job;
            const what = `step ${index + 1}, ${session}: ${text}`;
            assert.deepEqual(observed(outcome, expected, suffix), expected, what);
        }
    } finally {
        await Promise.all([...clients.values()].map((client) => client.close()));
    }
}

async function prepare(
    { setup = [] }: Probe,
    own: (text: string) => string,
    door: TestDoor,
    cluster: TestCluster,
): Promise<void> {
    if (setup.length === 0) {
        return;
    }
    const client = await door.connect({ cluster });
    for (const text of setup) {
        const { failure } = await client.simple(own(text));
        assert.equal(failure, undefined, text);
    }
    await client.close();
}

/** Index builds of other probes end at any time, and every connection is told of each. */
async function send(
    client: WireClient,
    text: string,
    protocol: Protocol,
    { isAboutCatalog = false }: Probe,
): Promise<Outcome> {
    for (;;) {
        const outcome = await (protocol === "simple" ? client.simple(text) : client.extended(text));
        const isStale = outcome.failure?.message === catalogChanged.slice(6);
        if (!isStale || isAboutCatalog || client.status() !== "I") {
            return outcome;
        }
    }
}

function jobIn({ results }: Outcome): string | undefined {
    const last = results.at(-1);
    return last?.columns[0] === "job_id" ? (last.rows[0]?.[0] ?? undefined) : undefined;
}

function observed(outcome: Outcome, expected: Expected, suffix: string): Expected {
    const { failure } = outcome;
    const last = outcome.results.at(-1);
    if (failure !== undefined) {
        return `${failure.code} ${failure.message.replaceAll(suffix, "")}`;
    }
    if (typeof expected === "object") {
        return { rows: (last?.rows ?? []).map((row) => row.map((value) => value ?? "").join("|")) };
    }
    return last?.tag ?? "nothing";
}
