import assert from "node:assert/strict";
import type { TestCluster, TestDoor } from "../../support/front-door";
import type { WireClient } from "../../support/wire-client";
import type { Outcome } from "../../support/wire-outcome";
import {
    catalogChanged,
    type Expected,
    type Probe,
    type Protocol,
    type SessionName,
} from "./probe";

/** Where probes are run. */
export interface ProbeGround {
    readonly door: TestDoor;
    readonly cluster: TestCluster;
    /** The administrator's sessions that earlier probes have left as new. */
    readonly idle: WireClient[];
}

const maxRepeats = 10;
let runs = 0;

/**
 * Runs a probe with objects of its own.
 * @throws AssertionError that names the step which was answered otherwise
 */
export async function runProbe(probe: Probe, protocol: Protocol, shared: ProbeGround) {
    if (probe.isAlone !== true) {
        await runSteps(probe, protocol, shared);
        return;
    }
    const cluster = await shared.door.cluster();
    try {
        await runSteps(probe, protocol, { door: shared.door, cluster, idle: [] });
    } finally {
        await shared.door.door.removeCluster(cluster.identifier);
    }
}

async function runSteps(probe: Probe, protocol: Protocol, ground: ProbeGround): Promise<void> {
    runs += 1;
    const suffix = `_${runs}`;
    const own = (text: string): string =>
        text
            .replace(/\blamp(_[a-z]+)*\b/g, `$&${suffix}`)
            .replaceAll("$principal", ground.door.principalArn);
    const sessions = new Map<SessionName, WireClient>();
    let job = "";
    try {
        await prepare(probe, own, ground);
        for (const name of new Set(probe.steps.map(([session]) => session))) {
            const user = probe.users?.[name];
            sessions.set(name, await openSession(probe, ground, user && own(user)));
        }
        for (const [index, [session, text, expected]] of probe.steps.entries()) {
            const client = sessions.get(session);
            assert.ok(client !== undefined);
            const outcome = await send(client, own(text).replace("$job", job), protocol, probe);
            job = jobIn(outcome) ?? job;
            const what = `step ${index + 1}, ${session}: ${text}`;
            assert.deepEqual(observed(outcome, expected, suffix), expected, what);
        }
        if (job !== "") {
            await endJob(sessions, job);
        }
        keep(probe, sessions, ground);
    } finally {
        await Promise.all([...sessions.values()].map((client) => client.close()));
    }
}

async function prepare(
    { setup = [] }: Probe,
    own: (text: string) => string,
    ground: ProbeGround,
): Promise<void> {
    if (setup.length === 0) {
        return;
    }
    const client = await leftOver(ground);
    for (const text of setup) {
        const { failure } = await repeatWhileStale(client, () => client.simple(own(text)));
        assert.equal(failure, undefined, text);
    }
    ground.idle.push(client);
}

/** Probes about the catalogue want connections that have been told nothing yet. */
async function openSession(
    { isAboutCatalog = false }: Probe,
    ground: ProbeGround,
    user: string | undefined,
): Promise<WireClient> {
    if (isAboutCatalog || user !== undefined) {
        const { door, cluster } = ground;
        return await door.connect({ cluster, ...(user === undefined ? {} : { user }) });
    }
    return await leftOver(ground);
}

/** An old session is told first what has changed since; a transaction of the probe must not be. */
async function leftOver({ door, cluster, idle }: ProbeGround): Promise<WireClient> {
    const client = idle.pop();
    if (client === undefined) {
        return await door.connect({ cluster });
    }
    await repeatWhileStale(client, () => client.simple("SELECT 1"));
    return client;
}

/** Keeps the sessions that are as good as new. */
function keep(probe: Probe, sessions: Map<SessionName, WireClient>, { idle }: ProbeGround): void {
    if (probe.steps.some(([, text]) => /\bSET\b|set_config/.test(text))) {
        return;
    }
    for (const [name, client] of sessions) {
        if (client.status() === "I" && probe.users?.[name] === undefined) {
            sessions.delete(name);
            idle.push(client);
        }
    }
}

/** A build that ends later would be told to the transactions of the next probe. */
async function endJob(sessions: Map<SessionName, WireClient>, job: string): Promise<void> {
    const [client] = sessions.values();
    assert.ok(client !== undefined);
    await repeatWhileStale(client, () => client.simple(`CALL sys.wait_for_job('${job}')`));
}

async function send(
    client: WireClient,
    text: string,
    protocol: Protocol,
    { isAboutCatalog = false }: Probe,
): Promise<Outcome> {
    const run = () => (protocol === "simple" ? client.simple(text) : client.extended(text));
    // Whether a job ends before it is waited for, nobody knows.
    const isStrict = isAboutCatalog && !text.startsWith("CALL sys.wait_for_job");
    return isStrict ? await run() : await repeatWhileStale(client, run);
}

/** Every connection is told once of what another one has defined. */
async function repeatWhileStale(client: WireClient, run: () => Promise<Outcome>): Promise<Outcome> {
    let outcome = await run();
    for (let repeats = 0; repeats < maxRepeats && isStale(outcome, client); repeats += 1) {
        outcome = await run();
    }
    return outcome;
}

function isStale({ failure }: Outcome, client: WireClient): boolean {
    return failure?.message === catalogChanged.slice(6) && client.status() === "I";
}

function jobIn({ results }: Outcome): string | undefined {
    const submitted = results.find(
        ({ columns }) => columns[0] === "job_id" && columns.length === 1,
    );
    return submitted?.rows[0]?.[0] ?? undefined;
}

function observed(outcome: Outcome, expected: Expected, suffix: string): Expected {
    const { failure, results } = outcome;
    const last = results.at(-1);
    if (failure !== undefined) {
        return `${failure.code} ${failure.message.replaceAll(suffix, "")}`;
    }
    if (typeof expected === "string") {
        return last?.tag ?? "nothing";
    }
    if ("columns" in expected) {
        return { columns: last?.columns ?? [] };
    }
    if ("tags" in expected) {
        return { tags: results.map(({ tag }) => tag) };
    }
    const line = (row: readonly (string | null)[]) => row.map((value) => value ?? "").join("|");
    return { rows: (last?.rows ?? []).map((row) => line(row).replaceAll(suffix, "")) };
}
