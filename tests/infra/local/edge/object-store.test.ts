import assert from "node:assert/strict";
import { cachedObject, createObjectStore } from "../../../../infra/local/edge/object-store";

const object = (bytes: number) =>
    cachedObject(
        { status: 200, headers: new Map(), body: Buffer.alloc(bytes), originId: "o" },
        { freshSeconds: 1, staleWhileRevalidateSeconds: 2, staleIfErrorSeconds: 3 },
        1_000,
    );

describe("createObjectStore", () => {
    it("drops the least recently used objects beyond its size", () => {
        const store = createObjectStore(10_000);
        store.set("a", object(3_000));
        store.set("b", object(3_000));
        store.get("a");
        store.set("c", object(3_000));
        assert.deepEqual(
            ["a", "b", "c"].map((key) => store.get(key) !== undefined),
            [true, false, true],
        );
    });

    it("does not count what was replaced or deleted", () => {
        const store = createObjectStore(10_000);
        for (let count = 0; count < 10; count += 1) {
            store.set("a", object(3_000));
            store.set("b", object(3_000));
            store.delete("b");
        }
        assert.notEqual(store.get("a"), undefined);
    });

    it("keeps nothing that is larger than itself", () => {
        const store = createObjectStore(1_000);
        store.set("a", object(3_000));
        assert.equal(store.get("a"), undefined);
    });
});

describe("cachedObject", () => {
    it("counts the stale windows from the end of freshness", () => {
        const { freshUntil, staleWhileRevalidateUntil, staleIfErrorUntil } = object(1);
        assert.deepEqual(
            [freshUntil, staleWhileRevalidateUntil, staleIfErrorUntil],
            [2_000, 4_000, 5_000],
        );
    });
});
