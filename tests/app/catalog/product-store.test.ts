import assert from "node:assert/strict";
import type { Product } from "../../../app/catalog/product";
import { listProducts } from "../../../app/catalog/product-list-store";
import {
    deleteProduct,
    findProduct,
    insertProduct,
    updateProduct,
} from "../../../app/catalog/product-store";
import type { Session } from "../../../app/database/session";
import { insertPool } from "../../../app/inventory/stock-store";
import { newId } from "../../../app/values/ids";
import type { Currency } from "../../../app/values/money";
import type { Position } from "../../../app/values/page";
import { migratedDatabase, type TestDatabase } from "../../support/database";

const createdAt = "2026-11-22T09:30:00.123Z";
const laterAt = "2026-11-22T10:00:00.456Z";

function aProduct(changes: Partial<Product> = {}): Product {
    return {
        productId: newId(1),
        name: "Radio",
        description: "",
        category: "Audio",
        priceMinor: 29990n,
        currency: "USD" as Currency,
        home: 1,
        version: 1,
        stockQuantity: 3,
        createdAt,
        updatedAt: createdAt,
        ...changes,
    };
}

describe("the product store, on PostgreSQL", () => {
    let database: TestDatabase;
    let session: Session;

    before(async () => {
        database = await migratedDatabase();
        session = database.session("shop_catalog");
    });

    after(async () => {
        await database.close();
    });

    async function store(product: Product): Promise<Product> {
        await session.transact([
            insertProduct("main", product),
            insertPool("main", product.productId, 0, product.stockQuantity),
        ]);
        return product;
    }

    async function namesOf(category: string, words: readonly string[]): Promise<string[]> {
        const filter = { category, words, after: undefined, limit: 100 };
        return (await listProducts(session, "main", filter)).products
            .map(({ name }) => name)
            .sort();
    }

    it("reads back what it wrote, with the units of all pools", async () => {
        const product = await store(
            aProduct({ description: "日本 ü", priceMinor: 9_999_999_999n }),
        );
        await session.transact([insertPool("main", product.productId, 1, 4)]);
        const expected = { ...product, stockQuantity: 7 };
        assert.deepEqual(await findProduct(session, "main", product.productId), expected);
        assert.equal(await findProduct(session, "other", product.productId), undefined);
        assert.equal(await findProduct(session, "main", newId(1)), undefined);
    });

    it("stops a search after so many products, and goes on from there", async () => {
        const category = "scanning";
        for (const time of [0, 1, 2, 3, 4].map((ms) => new Date(ms).toISOString())) {
            await store(aProduct({ category, createdAt: time, name: `n${time.at(-2)}` }));
        }
        const pages: (readonly string[])[] = [];
        let after: Position | undefined;
        do {
            const page = await listProducts(session, "main", {
                category,
                words: ["n0"],
                after,
                limit: 10,
                scanLimit: 2,
            });
            pages.push(page.products.map(({ name }) => name));
            after = page.stoppedAt;
        } while (after !== undefined);
        assert.deepEqual(pages, [[], [], ["n0"]]);
    });

    it("lists every product once, newest first, whatever the page's size", async () => {
        const category = "paging";
        const times = [0, 1, 1, 1, 2, 3, 3].map((ms) => new Date(ms).toISOString());
        for (const time of times) {
            await store(aProduct({ category, createdAt: time }));
        }
        assert.equal(await countPaged(category), times.length);
        assert.ok((await countPaged(undefined)) >= times.length);
    });

    /** Reads a list in pages of two, asserts that it is the whole list in its order. */
    async function countPaged(category: string | undefined): Promise<number> {
        const filter = { category, words: [], limit: 100 };
        const { products: all } = await listProducts(session, "main", {
            ...filter,
            after: undefined,
        });
        const sorted = [...all].sort((left, right) =>
            `${left.createdAt}${left.productId}` < `${right.createdAt}${right.productId}` ? 1 : -1,
        );
        assert.deepEqual(all, sorted);

        const paged: Product[] = [];
        for (let page = all.slice(0, 2); page.length > 0; ) {
            paged.push(...page);
            const last = page.at(-1) ?? aProduct();
            const after = [last.createdAt, last.productId] as const;
            page = [
                ...(await listProducts(session, "main", { ...filter, limit: 2, after })).products,
            ];
        }
        assert.deepEqual(paged, all);
        return all.length;
    }

    it("lists across categories when none is named", async () => {
        const newest = { createdAt: "2999-01-01T00:00:00.000Z" };
        const product = await store(aProduct({ category: "elsewhere", ...newest }));
        const filter = { category: undefined, words: [], after: undefined, limit: 1 };
        assert.deepEqual((await listProducts(session, "main", filter)).products, [product]);
    });

    it("finds products that hold all words, in name or description, as plain text", async () => {
        const category = "search";
        await store(aProduct({ category, name: "Écouteurs HD", description: "100% laine_" }));
        await store(aProduct({ category, name: "Radio", description: "hd" }));
        assert.deepEqual(await namesOf(category, ["hd"]), ["Radio", "Écouteurs HD"]);
        assert.deepEqual(await namesOf(category, ["hd", "écou"]), ["Écouteurs HD"]);
        assert.deepEqual(await namesOf(category, ["0%"]), ["Écouteurs HD"]);
        assert.deepEqual(await namesOf(category, ["%"]), ["Écouteurs HD"]);
        assert.deepEqual(await namesOf(category, ["_"]), ["Écouteurs HD"]);
        assert.deepEqual(await namesOf(category, ["hd", "nothing"]), []);
        assert.deepEqual(await namesOf("searc", []), []);
    });

    it("updates the expected version once, and takes its own repeat for done", async () => {
        const product = await store(aProduct());
        const terms = { ...product, name: "Größe", priceMinor: 5n, currency: "JPY" as Currency };
        const { productId } = product;
        const update = {
            tenantId: "main",
            productId,
            expectedVersion: 1,
            terms,
            updatedAt: laterAt,
        };
        const changed = await updateProduct(session, update);
        assert.deepEqual(changed, { ...terms, version: 2, updatedAt: laterAt });
        assert.deepEqual(await updateProduct(session, update), changed);
        assert.deepEqual(await findProduct(session, "main", productId), changed);

        const others = { ...update, terms: { ...terms, name: "Other" } };
        assert.equal(await updateProduct(session, others), undefined);
        assert.equal(await updateProduct(session, { ...update, expectedVersion: 3 }), undefined);
        assert.deepEqual(await namesOf("Audio", ["größe"]), ["Größe"]);
    });

    it("lets exactly one of many concurrent updates of a version win", async () => {
        const { productId, ...terms } = await store(aProduct());
        const outcomes = await Promise.all(
            Array.from({ length: 8 }, (_, index) =>
                updateProduct(session, {
                    tenantId: "main",
                    productId,
                    expectedVersion: 1,
                    terms: { ...terms, name: `name ${index}` },
                    updatedAt: laterAt,
                }),
            ),
        );
        const winners = outcomes.filter((outcome) => outcome !== undefined);
        assert.equal(winners.length, 1);
        assert.deepEqual(await findProduct(session, "main", productId), winners[0]);
    });

    it("hides what it deleted, and takes its own repeat for done", async () => {
        const { productId, ...terms } = await store(aProduct({ category: "deleted" }));
        const guard = { tenantId: "main", productId, expectedVersion: 1, updatedAt: laterAt };
        assert.equal(await deleteProduct(session, { ...guard, expectedVersion: 2 }), false);
        assert.equal(await deleteProduct(session, guard), true);
        assert.equal(await deleteProduct(session, guard), true);
        assert.equal(await deleteProduct(session, { ...guard, updatedAt: createdAt }), false);
        assert.equal(await findProduct(session, "main", productId), undefined);
        assert.deepEqual(await namesOf("deleted", []), []);
        const update = { ...guard, expectedVersion: 2, terms };
        assert.equal(await updateProduct(session, update), undefined);
    });
});
