import assert from "node:assert/strict";
import type { ReadableKeyValueStore } from "../../infra/local/edge/function-sandbox";
import { homeOrigins, sixOrigins } from "../support/edge-origins";
import {
    flags,
    type Headers,
    noFlags,
    nowSeconds,
    route,
    routerAt,
    storeOf,
} from "../support/edge-router";

describe("the router's flags", () => {
    const health = (at: number, down: unknown = true) =>
        JSON.stringify({ "eu-west-1": { down, at, by: "us-east-1" } });
    const unreachable: ReadableKeyValueStore = {
        get() {
            throw new Error("Unreachable.");
        },
    };
    const ignored: [string, () => ReadableKeyValueStore][] = [
        ["a store that cannot be read", () => unreachable],
        ["no keys", () => noFlags],
        ["a judgement of 181 seconds ago", () => storeOf({ health: health(nowSeconds() - 182) })],
        ["a judgement from far ahead", () => storeOf({ health: health(nowSeconds() + 400) })],
        ["a judgement without a time", () => storeOf({ health: '{"eu-west-1":{"down":true}}' })],
        ["a Region that is up", () => storeOf({ health: health(nowSeconds(), false) })],
        ["a down that is a text", () => storeOf({ health: health(nowSeconds(), "true") })],
        ["a text that is no JSON", () => storeOf({ health: "{", drained: "eu-west-1" })],
        ["JSON that is no object", () => storeOf({ health: "null", drained: "7" })],
        ["a drain that is no number", () => storeOf({ drained: '{"eu-west-1":true}' })],
        ["Regions that it does not know", () => storeOf({ drained: '{"mars-1":1}' })],
    ];
    for (const [what, store] of ignored) {
        it(`stay out of it with ${what}`, async () => {
            const router = await routerAt("eu-west-1", homeOrigins, store());
            assert.equal(route(router).originIds[0], "eu-eu-west-1");
        });
    }

    const heeded: [string, () => ReadableKeyValueStore][] = [
        ["a judgement of 170 seconds ago", () => storeOf({ health: health(nowSeconds() - 170) })],
        ["a monitor whose clock is ahead", () => storeOf({ health: health(nowSeconds() + 20) })],
        ["a drain of long ago", () => storeOf({ drained: '{"eu-west-1":1700000000}' })],
        [
            "a drain beside health that is no JSON",
            () => storeOf({ health: "}", drained: '{"eu-west-1":1700000000}' }),
        ],
    ];
    for (const [what, store] of heeded) {
        it(`count with ${what}`, async () => {
            const router = await routerAt("eu-west-1", homeOrigins, store());
            assert.equal(route(router).originIds[0], "us-us-east-1");
        });
    }
});

describe("the router, after a viewer's write,", () => {
    const wrote = (cell: string, ageSeconds = 5) => ({
        shop_wrote: { value: `${cell}.${nowSeconds() - ageSeconds}` },
    });

    it("sends the viewer to the cell that has it, and keeps the answer apart", async () => {
        const cookies = wrote("ap");
        const { originIds, headers } = route(await routerAt("eu-west-1", sixOrigins), { cookies });
        assert.deepEqual(originIds, ["ap-ap-northeast-3", "eu-eu-west-1"]);
        assert.equal(headers["x-viewer-cell"]?.value, "ap");
        assert.equal(headers["x-viewer-wrote"]?.value, cookies.shop_wrote.value);
    });

    const ignored: [string, () => Headers][] = [
        ["longer ago than 30 seconds", () => wrote("ap", 32)],
        ["in times to come", () => wrote("ap", -30)],
        ["in a cell that is none", () => wrote("mars")],
        ["by a cookie of another form", () => ({ shop_wrote: { value: `ap.${nowSeconds()}; x` } })],
        ["by another cookie", () => ({ session: { value: `ap.${nowSeconds()}` } })],
    ];
    for (const [what, cookies] of ignored) {
        it(`goes by distance if it was ${what}`, async () => {
            const { originIds, headers } = route(await routerAt("eu-west-1"), {
                cookies: cookies(),
            });
            assert.equal(originIds[0], "eu-eu-west-1");
            assert.equal(headers["x-viewer-wrote"], undefined);
        });
    }

    it("goes by distance if that cell is down", async () => {
        const at = nowSeconds();
        const down = { down: true, at, by: "us-east-1" };
        const store = storeOf({ health: flags(["ap-northeast-1"], down) });
        const router = await routerAt("eu-west-1", homeOrigins, store);
        const { originIds, headers } = route(router, { cookies: wrote("ap") });
        assert.equal(originIds[0], "eu-eu-west-1");
        assert.equal(headers["x-viewer-wrote"], undefined);
    });
});
