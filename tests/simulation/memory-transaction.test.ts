import assert from "node:assert/strict";
import { createTables } from "./memory-table";
import { beginTransaction } from "./memory-transaction";

function database() {
    const tables = createTables();
    const clock = { last: 0 };
    const begin = () => beginTransaction(tables, clock);
    const write = (key: string, available: number) => {
        const transaction = begin();
        transaction.put("pool", key, { product_id: "p", available });
        return transaction.commit();
    };
    return { begin, write };
}

describe("simulation: transactions in memory", () => {
    it("see their own changes, and others only what was committed before", () => {
        const { begin, write } = database();
        write("p/0", 1);
        const transaction = begin();
        transaction.put("pool", "p/1", { product_id: "p", available: 2 });
        assert.deepEqual(
            transaction.select("pool", "p").map(({ available }) => available),
            [1, 2],
        );
        assert.equal(begin().select("pool", "p").length, 1);
    });

    it("lose to whoever commits a row first that both have written", () => {
        const { begin, write } = database();
        write("p/0", 1);
        const [one, other] = [begin(), begin()];
        one.put("pool", "p/0", { product_id: "p", available: 5 });
        other.put("pool", "p/0", { product_id: "p", available: 6 });
        assert.equal(other.commit()?.length, 1);
        assert.equal(one.commit(), undefined);
        assert.equal(begin().get("pool", "p/0")?.["available"], 6);
    });

    it("lose to whoever inserts or deletes the same row first", () => {
        const { begin, write } = database();
        const late = begin();
        late.put("pool", "p/0", { product_id: "p", available: 1 });
        write("p/0", 2);
        assert.equal(late.commit(), undefined);
        const remover = begin();
        remover.remove("pool", "p/0");
        write("p/0", 3);
        assert.equal(remover.commit(), undefined);
    });

    it("do not conflict over rows that they have only read", () => {
        const { begin, write } = database();
        write("p/0", 1);
        const reader = begin();
        reader.get("pool", "p/0");
        reader.put("pool", "p/1", { product_id: "p", available: 1 });
        write("p/0", 2);
        assert.equal(reader.commit()?.length, 1);
    });
});
