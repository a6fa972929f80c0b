import assert from "node:assert/strict";
import type { Message } from "../../../app/replication/messages";
import type { MessageQueues, Outbox, OutboxEntry } from "../../../app/replication/ports";
import { relayAll, relayOnce } from "../../../app/replication/relay";

const entry = (number: number, ref = `ref${number}`): OutboxEntry => ({
    tenantId: "main",
    destination: 2,
    lane: 0,
    messageId: `id${number}`,
    kind: "customer_stub",
    ref,
});

function stub(ref: string): Message {
    const state = { customerId: ref, home: 1, version: 1 };
    return { tenantId: "main", from: 1, sentAt: "now", kind: "customer_stub", state };
}

/** An outbox in memory, and everything that was done, in order. */
function fakes(entries: OutboxEntry[], accepts: (ref: string) => boolean = () => true) {
    const done: string[] = [];
    const outbox: Outbox = {
        read: async (_, limit) => entries.slice(0, limit),
        load: async (some) => [...new Set(some.map(({ ref }) => ref))].map(stub),
        async remove(some) {
            done.push(`remove ${some.map(({ messageId }) => messageId).join(" ")}`);
            entries.splice(0, entries.length, ...entries.filter((one) => !some.includes(one)));
        },
    };
    const queues: MessageQueues = {
        async send(_, messages) {
            const refs = messages.map(({ state }) => (state as { customerId: string }).customerId);
            done.push(`send ${refs.join(" ")}`);
            return refs.map(accepts);
        },
    };
    return { outbox, queues, done };
}

describe("the relay", () => {
    it("removes an entry after its message was accepted, and not before", async () => {
        const ports = fakes([entry(1)]);
        assert.deepEqual(await relayOnce(ports, 2), { found: 1, left: 0 });
        assert.deepEqual(ports.done, ["send ref1", "remove id1"]);
    });

    it("keeps the entries of what was refused", async () => {
        const entries = [entry(1), entry(2)];
        const ports = fakes(entries, (ref) => ref === "ref2");
        assert.deepEqual(await relayOnce(ports, 2), { found: 2, left: 1 });
        assert.deepEqual(entries, [entry(1)]);
    });

    it("keeps all when nobody knows what was accepted", async () => {
        const entries = [entry(1)];
        const ports = fakes(entries, () => {
            throw new Error("timed out");
        });
        await assert.rejects(relayOnce(ports, 2), /timed out/);
        assert.deepEqual(entries, [entry(1)]);
    });

    it("sends a row that was changed several times once", async () => {
        const ports = fakes([entry(1, "same"), entry(2, "same")]);
        await relayOnce(ports, 2);
        assert.deepEqual(ports.done, ["send same", "remove id1 id2"]);
    });

    it("removes the entries of a row that no longer exists", async () => {
        const ports = fakes([entry(1)]);
        const outbox = { ...ports.outbox, load: async () => [] };
        assert.deepEqual(await relayOnce({ ...ports, outbox }, 2), { found: 1, left: 0 });
    });

    it("empties a backlog batch by batch, and stops when its time is over", async () => {
        const backlog = () => Array.from({ length: 1_000 }, (_, index) => entry(index));
        assert.equal(await relayAll(fakes(backlog()), 2, () => true), 1_000);
        let batches = 0;
        assert.equal(await relayAll(fakes(backlog()), 2, () => batches++ < 1), 400);
    });
});
