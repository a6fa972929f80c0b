import assert from "node:assert/strict";
import { startTestDoor, type TestCluster, type TestDoor } from "../../../../support/front-door";
import type { WireClient } from "../../../../support/wire-client";
import type { Outcome } from "../../../../support/wire-outcome";

const sessions = 8;
const counters = 5;
const transactionsEach = Number(process.env["STRESS_TRANSACTIONS"] ?? 25);

interface Tally {
    commits: number;
    increments: number;
    conflicts: number;
    longest: number;
    readonly others: string[];
}

describe("sessions that increment the same counters at once", function () {
    this.timeout(20_000 + transactionsEach * 200);

    let door: TestDoor;
    let cluster: TestCluster;
    let clients: readonly WireClient[] = [];
    let table = "";
    let tables = 0;

    before(async () => {
        door = await startTestDoor();
        cluster = await door.cluster();
    });
    beforeEach(async () => {
        tables += 1;
        table = `hot_${tables}`;
        const admin = await door.connect({ cluster });
        await admin.simple(`CREATE TABLE ${table} (id int PRIMARY KEY, n int)`);
        await admin.simple(`INSERT INTO ${table} SELECT i, 0 FROM generate_series(1, 5) AS i`);
        await admin.close();
        clients = await Promise.all(
            Array.from({ length: sessions }, () => door.connect({ cluster })),
        );
    });
    afterEach(async () => {
        await Promise.all(clients.map((client) => client.close()));
    });

    /** Chooses by the numbers that it is given, 0 to 1. */
    type Work = (client: WireClient, draw: () => number) => Promise<Outcome[]>;

    const pick = (draw: () => number): number => 1 + Math.floor(draw() * counters);
    const increment = (id: number): string => `UPDATE ${table} SET n = n + 1 WHERE id = ${id}`;

    const autocommit: Work = async (client, draw) => [await client.simple(increment(pick(draw)))];
    const whole: Work = async (client, draw) => {
        const [one, other] = [pick(draw), pick(draw)];
        const text = `BEGIN; ${increment(one)}; ${increment(other)}; COMMIT`;
        const outcome = await client.simple(text);
        if (outcome.failure !== undefined && client.status() !== "I") {
            await client.simple("ROLLBACK");
        }
        return [outcome];
    };
    const stepwise: Work = async (client, draw) => {
        const outcomes = [await client.simple("BEGIN")];
        for (const id of [pick(draw), pick(draw)]) {
            const outcome =
                draw() < 0.5
                    ? await client.simple(increment(id))
                    : await client.extended(increment(id));
            outcomes.push(outcome);
            if (outcome.failure !== undefined) {
                await client.simple("ROLLBACK");
                return outcomes;
            }
        }
        return [...outcomes, await client.simple("COMMIT")];
    };

    const runSession = async (
        client: WireClient,
        works: readonly Work[],
        draw: () => number,
        tally: Tally,
    ): Promise<void> => {
        for (let done = 0; done < transactionsEach; ) {
            const work = works[Math.floor(draw() * works.length)] ?? autocommit;
            const startedAt = performance.now();
            const outcomes = await work(client, draw);
            tally.longest = Math.max(tally.longest, performance.now() - startedAt);
            const failure = outcomes.find((one) => one.failure !== undefined)?.failure;
            if (failure === undefined) {
                done += 1;
                tally.commits += 1;
                tally.increments += outcomes
                    .flatMap(({ results }) => results)
                    .filter(({ tag }) => tag === "UPDATE 1").length;
            } else if (failure.code === "40001" && failure.message.includes("OC000")) {
                tally.conflicts += 1;
                assert.ok(tally.conflicts < 200 * sessions * transactionsEach, "no progress");
            } else {
                tally.others.push(`${failure.code} ${failure.message}`);
                done += 1;
            }
        }
    };

    const mixtures: readonly (readonly [name: string, works: readonly Work[]])[] = [
        ["without BEGIN", [autocommit]],
        ["as a whole", [whole]],
        ["step by step", [stepwise]],
        ["in every way", [autocommit, whole, stepwise]],
    ];
    for (const [name, works] of mixtures) {
        it(`lose nothing, and meet no error but conflicts: ${name}`, async () => {
            const tally: Tally = {
                commits: 0,
                increments: 0,
                conflicts: 0,
                longest: 0,
                others: [],
            };
            await Promise.all(
                clients.map((client, index) =>
                    runSession(client, works, createDraw(index + 1), tally),
                ),
            );
            const [client] = clients;
            const sum = await client?.simple(`SELECT sum(n) FROM ${table}`);
            if (process.env["CONFLICT_LOG"])
                process.stderr.write(
                    JSON.stringify(tally) +
                        JSON.stringify((await door.door.statistics()).databases.at(-1)) +
                        "\n",
                );
            assert.deepEqual(tally.others, []);
            assert.equal(tally.commits, sessions * transactionsEach);
            assert.equal(Number(sum?.results[0]?.rows[0]?.[0]), tally.increments);
        });
    }
});

/** Park and Miller's generator, so that a run can be repeated as far as the machine allows. */
function createDraw(seed: number): () => number {
    let state = seed;
    return () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
    };
}
