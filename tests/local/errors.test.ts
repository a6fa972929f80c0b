import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
    type Answer,
    assertPromised,
    type LocalShop,
    localShop,
    makeCustomer,
    makeProduct,
    send,
} from "../support/local-shop";
import { nobody, product, refusals } from "./refusals";

describe("bad input, through the edge", function () {
    this.timeout(30_000);
    let shop: LocalShop;
    before(async () => {
        shop = await localShop();
    });

    /** What every problem document has, whoever wrote it. */
    function assertProblem(answer: Answer, status: number, code: string): void {
        assert.equal(answer.status, status, answer.text);
        assert.equal(answer.headers["content-type"], "application/problem+json");
        assert.equal(answer.headers["x-cell"], "eu");
        assert.equal(answer.headers["access-control-allow-origin"], "*");
        const { body } = answer;
        assert.equal(body["code"], code);
        assert.equal(body["type"], `urn:shop:problem:${code}`);
        assert.equal(body["status"], status);
        assert.equal(body["request_id"], answer.headers["x-request-id"]);
        assert.ok(body["title"] && body["detail"] && Array.isArray(body["errors"]));
        assert.equal(typeof body["retryable"], "boolean");
    }

    for (const { what, call, status, code, pointers } of refusals) {
        it(`is refused: ${what}`, async () => {
            const answer = await shop.call("eu", call);
            assertProblem(answer, status, code);
            if (pointers !== undefined) {
                const errors = answer.body["errors"] as { pointer: string }[];
                assert.deepEqual(errors.map(({ pointer }) => pointer).sort(), [...pointers].sort());
            }
        });
    }

    it("names the methods that a path has", async () => {
        const { headers } = await shop.call("eu", { method: "DELETE", path: "/orders" });
        assert.deepEqual((headers["allow"] ?? "").split(", ").sort(), [
            "GET",
            "HEAD",
            "OPTIONS",
            "POST",
        ]);
    });

    it("writes nothing", async () => {
        const category = `unwritten-${randomUUID()}`;
        await shop.call("eu", { path: "/products", body: { ...product, category, price: -1 } });
        const { body } = await shop.call("eu", { path: `/products?category=${category}` });
        assert.deepEqual(body["products"], []);
    });

    it("is refused where an email address is taken, in any case", async () => {
        const email = `taken-${randomUUID()}@example.com`;
        const customer = { email, first_name: "Ada", last_name: "Lovelace" };
        assert.equal((await shop.call("eu", { path: "/customers", body: customer })).status, 201);
        const again = await shop.call("eu", {
            path: "/customers",
            body: { ...customer, email: email.toUpperCase() },
        });
        assertPromised("createCustomer", again);
        assertProblem(again, 409, "email_taken");
    });

    it("is refused where an order names what does not exist, or mixes currencies", async () => {
        const customer = await makeCustomer(shop, "eu");
        const dollars = await makeProduct(shop, "eu");
        const yen = await makeProduct(shop, "eu", { currency: "JPY", price: 500 });
        const item = (product_id: string) => ({ product_id, quantity: 1 });
        const cases: [unknown, string, string[]][] = [
            [{ customer_id: nobody, items: [item(dollars)] }, "unknown_customer", ["/customer_id"]],
            [
                { customer_id: customer, items: [item(dollars), item(nobody)] },
                "unknown_product",
                ["/items/1/product_id"],
            ],
            [{ customer_id: customer, items: [item(dollars), item(yen)] }, "mixed_currencies", []],
        ];
        for (const [body, code, pointers] of cases) {
            const answer = await shop.call("eu", { path: "/orders", body });
            assertPromised("createOrder", answer);
            assertProblem(answer, 422, code);
            const found = (answer.body["errors"] as { pointer: string }[]).map(
                ({ pointer }) => pointer,
            );
            assert.deepEqual(found.slice(0, pointers.length), pointers);
        }
    });

    it("is answered in the same form by an API that is called without the edge", async () => {
        const api = shop.deployment.apis.find(({ name }) => name.includes("eu"));
        assertProblem(await send(api?.url ?? "", { path: "/nowhere" }), 404, "route_not_found");
    });
});
