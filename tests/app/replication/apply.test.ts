import assert from "node:assert/strict";
import { applyBatch } from "../../../app/replication/apply";
import { writeMessage } from "../../../app/replication/messages";

const text = (customerId: string) =>
    writeMessage({
        tenantId: "main",
        from: 2,
        sentAt: "now",
        kind: "customer_stub",
        state: { customerId, home: 2, version: 1 },
    });

describe("taking in what other cells have sent", () => {
    async function apply(texts: readonly string[], poison: readonly string[] = []) {
        const transactions: string[] = [];
        const copies = {
            async apply(messages: readonly { state: unknown }[]) {
                const ids = messages.map(
                    ({ state }) => (state as { customerId: string }).customerId,
                );
                if (ids.some((id) => poison.includes(id))) {
                    throw new Error("poison");
                }
                transactions.push(ids.join(" "));
            },
        };
        const deliveries = texts.map((body, index) => ({ id: `${index}`, text: body }));
        const refused = await applyBatch(copies, 1, deliveries);
        return { transactions, refused: refused.map(({ id }) => id) };
    }

    it("is one transaction for a batch", async () => {
        assert.deepEqual(await apply([text("a"), text("b")]), {
            transactions: ["a b"],
            refused: [],
        });
    });

    it("reports what cannot be read, and takes in the others", async () => {
        assert.deepEqual(await apply(["{", text("b")]), { transactions: ["b"], refused: ["0"] });
    });

    it("reports what cannot be applied, and takes in the others", async () => {
        const result = await apply([text("a"), text("b"), text("c")], ["b"]);
        assert.deepEqual(result, { transactions: ["a", "c"], refused: ["1"] });
    });

    it("reports a message that is alone and cannot be applied", async () => {
        assert.deepEqual(await apply([text("b")], ["b"]), { transactions: [], refused: ["0"] });
    });

    it("needs no transaction when nothing can be read", async () => {
        assert.deepEqual(await apply(["{"]), { transactions: [], refused: ["0"] });
    });
});
