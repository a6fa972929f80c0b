import assert from "node:assert/strict";
import { setImmediate as settle } from "node:timers/promises";
import { startTestDoor, type TestCluster, type TestDoor } from "../../../../support/front-door";
import type { WireClient } from "../../../../support/wire-client";
import { answers, connectBehind, exact, sendInTurn, sendTogether } from "./protocol-messages";

/** What a client sends, by what it is. */
export type Batches = Readonly<Record<string, readonly Buffer[]>>;

/**
 * Describes that the front door answers each batch as PostgreSQL itself does, in whichever pieces
 * it comes. There is a table `item` with three rows.
 */
export function describeAsPostgres(
    batches: Batches,
    pieces: readonly (keyof typeof ways)[] = [
        "in one write",
        "exchange by exchange",
        "byte by byte",
    ],
): void {
    let door: TestDoor;
    let cluster: TestCluster;
    let client: WireClient;
    let behind: WireClient;

    before(async () => {
        door = await startTestDoor();
        cluster = await door.cluster();
        client = await door.connect({ cluster });
        behind = await connectBehind(door, cluster);
        await client.simple("CREATE TABLE item (id int PRIMARY KEY, name text)");
    });

    after(async () => {
        await Promise.all([client.close(), behind.close()]);
        await door.door.removeCluster(cluster.identifier);
    });

    const reset = async (): Promise<void> => {
        await behind.simple("DELETE FROM item");
        await behind.simple("INSERT INTO item VALUES (1, 'one'), (2, 'two'), (3, null)");
    };
    /** What PostgreSQL answers to the same, from the same rows. */
    const expected = async (messages: readonly Buffer[]): Promise<readonly string[]> => {
        await reset();
        const seen = exact(await sendInTurn(behind, messages));
        await reset();
        return seen;
    };

    for (const [what, messages] of Object.entries(batches)) {
        for (const piece of pieces) {
            it(`answers ${what}, sent ${piece}`, async () => {
                const wanted = await expected(messages);
                assert.deepEqual(exact(await ways[piece](client, messages)), wanted);
            });
        }
    }
}

const ways = {
    "in one write": sendTogether,
    "exchange by exchange": sendInTurn,
    async "byte by byte"(client: WireClient, messages: readonly Buffer[]) {
        for (const byte of Buffer.concat(messages)) {
            client.send(Buffer.from([byte]));
            await settle();
        }
        return answers(client, messages);
    },
};
