import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
    assertPromised,
    type LocalShop,
    localShop,
    makeProduct,
    makeStockedProduct,
} from "../support/local-shop";

describe("products, through the edge", function () {
    this.timeout(30_000);
    let shop: LocalShop;
    before(async () => {
        shop = await localShop();
    });

    const get = (path: string, headers: Record<string, string> = {}) =>
        shop.call("ap", { path, headers });
    const namesOf = ({ body }: { body: Record<string, unknown> }) =>
        (body["products"] as { name: string }[]).map(({ name }) => name);

    it("are listed newest first, page by page, each exactly once", async () => {
        const category = `paging-${randomUUID()}`;
        for (const name of ["one", "two", "three", "four", "five"]) {
            await makeProduct(shop, "ap", { category, name });
        }
        const names: string[] = [];
        let cursor: unknown = null;
        do {
            const page = await get(
                `/products?category=${category}&limit=2${cursor ? `&cursor=${cursor}` : ""}`,
            );
            assertPromised("listProducts", page);
            names.push(...namesOf(page));
            cursor = page.body["next_cursor"];
        } while (cursor !== null);
        assert.deepEqual(names, ["five", "four", "three", "two", "one"]);
    });

    it("are found by all words of a text, whatever their case", async () => {
        const word = randomUUID().slice(0, 8);
        await makeProduct(shop, "ap", { name: `Öl lamp ${word}`, description: "Brass" });
        await makeProduct(shop, "ap", { name: `Candle ${word}`, description: "Wax" });
        assert.deepEqual(namesOf(await get(`/products?q=${encodeURIComponent(`öL ${word}`)}`)), [
            `Öl lamp ${word}`,
        ]);
        assert.equal(namesOf(await get(`/products?q=${word}`)).length, 2);
        assert.deepEqual(namesOf(await get(`/products?q=${word}&category=none`)), []);
    });

    it("carry an ETag that answers 304 and guards changes", async () => {
        const id = await makeProduct(shop, "ap");
        const path = `/products/${id}`;
        const read = await get(path);
        assertPromised("getProduct", read);
        assert.equal(read.headers["etag"], '"v1.20"');
        assert.equal((await get(path, { "if-none-match": '"v1.20"' })).status, 304);

        const patch = (headers: Record<string, string>, body: unknown) =>
            shop.call("ap", { method: "PATCH", path, headers, body });
        const unguarded = await patch({}, { price: 5 });
        assert.deepEqual(
            [unguarded.status, unguarded.body["code"]],
            [428, "precondition_required"],
        );
        const changed = await patch({ "if-match": '"v1.20"' }, { price: 5 });
        assertPromised("updateProduct", changed);
        assert.deepEqual([changed.status, changed.headers["etag"]], [200, '"v2.20"']);
        assert.match(changed.text, /"price":5\.00[,}]/);
        const stale = await patch({ "if-match": '"v1"' }, { price: 6 });
        assert.deepEqual([stale.status, stale.body["code"]], [412, "precondition_failed"]);
    });

    it("show the stock that is left, however long they are looked at", async () => {
        const id = await makeProduct(shop, "ap", { stock_quantity: 20 });
        const path = `/products/${id}`;
        assert.equal((await get(path)).body["stock_quantity"], 20);
        await shop.call("ap", {
            path: `${path}/stock`,
            body: { quantity: -5, reason: "correction" },
        });
        // The edge answers from its cache for two seconds, and once more while it asks again.
        const deadline = Date.now() + 8_000;
        let seen: unknown;
        do {
            await new Promise((resolve) => setTimeout(resolve, 1_100));
            seen = (await get(path)).body["stock_quantity"];
        } while (seen !== 15 && Date.now() < deadline);
        assert.equal(seen, 15);
    });

    it("disappear when they are deleted", async () => {
        const path = `/products/${await makeProduct(shop, "ap")}`;
        const remove = (headers: Record<string, string>) =>
            shop.call("ap", { method: "DELETE", path, headers });
        assert.equal((await remove({})).status, 428);
        assert.equal((await remove({ "if-match": '"v9"' })).status, 412);
        const deleted = await remove({ "if-match": '"v1"' });
        assertPromised("deleteProduct", deleted);
        assert.deepEqual([deleted.status, deleted.text], [204, ""]);
        assert.equal((await remove({ "if-match": "*" })).status, 404);
        assert.equal((await get(path)).status, 404);
    });

    it("have stock that receipts raise and corrections lower, never below zero", async () => {
        const id = await makeStockedProduct(shop, "ap", 10);
        const path = `/products/${id}/stock`;
        const change = (body: unknown) => shop.call("ap", { path, body });
        const received = await change({ quantity: 5, reason: "receipt", shards: 4 });
        assertPromised("changeStock", received);
        assert.deepEqual([received.status, received.body["available"]], [201, 15]);
        const corrected = await change({ quantity: -12, reason: "correction" });
        assert.equal(corrected.body["available"], 3);
        const refused = await change({ quantity: -4, reason: "correction" });
        assert.deepEqual([refused.status, refused.body["code"]], [409, "stock_below_zero"]);
        const read = await get(path);
        assertPromised("getStock", read);
        assert.equal(read.body["available"], 3);
    });

    for (const [currency, price, written] of [
        ["JPY", 300, "300"],
        ["KWD", 1.005, "1.005"],
        ["USD", 0.1, "0.10"],
    ] as const) {
        it(`write ${currency} with exactly its digits`, async () => {
            const id = await makeProduct(shop, "ap", { currency, price });
            const { text } = await get(`/products/${id}`);
            assert.ok(text.includes(`"price":${written},`), text);
        });
    }
});
