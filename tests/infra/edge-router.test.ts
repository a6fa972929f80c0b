import assert from "node:assert/strict";
import { regionalEdgeCaches } from "../../infra/topology";
import { homeOrigins, sixOrigins } from "../support/edge-origins";
import { type Asked, flags, nowSeconds, route, routerAt, storeOf } from "../support/edge-router";

/** Where each regional edge cache prefers to go, as an atlas says it. */
const preferences: Record<string, string> = {
    "us-east-1": "us-east-1 us-east-2 eu-west-1 eu-west-2 ap-northeast-1 ap-northeast-3",
    "us-east-2": "us-east-2 us-east-1 eu-west-1 eu-west-2 ap-northeast-1 ap-northeast-3",
    "us-west-2": "us-east-2 us-east-1 eu-west-1 eu-west-2 ap-northeast-1 ap-northeast-3",
    "sa-east-1": "us-east-1 us-east-2 eu-west-1 eu-west-2 ap-northeast-1 ap-northeast-3",
    "eu-central-1": "eu-west-2 eu-west-1 us-east-1 us-east-2 ap-northeast-3 ap-northeast-1",
    "eu-west-1": "eu-west-1 eu-west-2 us-east-1 us-east-2 ap-northeast-3 ap-northeast-1",
    "eu-west-2": "eu-west-2 eu-west-1 us-east-1 us-east-2 ap-northeast-3 ap-northeast-1",
    "me-central-1": "eu-west-2 eu-west-1 ap-northeast-3 ap-northeast-1 us-east-1 us-east-2",
    "ap-south-1": "ap-northeast-3 ap-northeast-1 eu-west-2 eu-west-1 us-east-1 us-east-2",
    "ap-southeast-1": "ap-northeast-3 ap-northeast-1 eu-west-2 eu-west-1 us-east-2 us-east-1",
    "ap-southeast-2": "ap-northeast-3 ap-northeast-1 us-east-2 us-east-1 eu-west-2 eu-west-1",
    "ap-northeast-1": "ap-northeast-1 ap-northeast-3 eu-west-2 eu-west-1 us-east-2 us-east-1",
    "ap-northeast-2": "ap-northeast-3 ap-northeast-1 eu-west-2 eu-west-1 us-east-2 us-east-1",
    "mars-1": "us-east-1 us-east-2 eu-west-1 eu-west-2 ap-northeast-1 ap-northeast-3",
};
const idOf = (region: string) => `${region.slice(0, 2)}-${region}`;
const cellOf = (region: string) => region.slice(0, 2);

/** An id as the cell of a number makes it. */
function idIn(cellNumber: number): string {
    return `d9428888-122b-81e1-b85c-61cd3cbb320${cellNumber}`;
}

function orderOf(cellNumber: number): Asked {
    return { uri: `/orders/${idIn(cellNumber)}` };
}

/** Every set of Regions that can be out. */
const outages = Array.from({ length: 2 ** sixOrigins.length }, (_, bits) =>
    sixOrigins.map(({ region }) => region).filter((_region, index) => (bits >> index) % 2 === 1),
);

describe("the router among six Regions", () => {
    it("is tested for every regional edge cache", () => {
        const tested = Object.keys(preferences).filter((cache) => cache !== "mars-1");
        assert.deepEqual(tested.sort(), [...regionalEdgeCaches].sort());
    });

    for (const [cache, order] of Object.entries(preferences)) {
        it(`chooses at ${cache} among those that are neither down nor drained, whichever are`, async () => {
            const values: Record<string, string> = {};
            const router = await routerAt(cache, sixOrigins, storeOf(values));
            for (const out of outages) {
                const at = nowSeconds();
                const down = out.filter((_, index) => index % 2 === 0);
                const drained = out.filter((region) => !down.includes(region));
                values["health"] = flags(down, { down: true, at, by: "eu-west-1" });
                values["drained"] = flags(drained, at);

                const serving = order.split(" ").filter((region) => !out.includes(region));
                const [best = "", next] = serving.length > 0 ? serving : order.split(" ");
                const elsewhere = (serving.length > 0 ? serving : order.split(" ")).find(
                    (region) => cellOf(region) !== cellOf(best),
                );
                const ids = (...regions: (string | undefined)[]) =>
                    regions.flatMap((region) => (region === undefined ? [] : [idOf(region)]));
                const told = `out: ${out.join()}`;
                const originsOf = (asked: Asked) => route(router, asked).originIds;
                assert.deepEqual(originsOf({}), ids(best, elsewhere ?? next), told);
                const own = homeOrigins.find(({ cell }) => cell === cellOf(best))?.number ?? 0;
                assert.deepEqual(originsOf(orderOf(own)), ids(best, next), told);
                assert.deepEqual(originsOf(orderOf(own + 1)), ids(best, elsewhere ?? next), told);
                assert.deepEqual(originsOf({ method: "POST", uri: "/orders" }), ids(best), told);
                assert.equal(route(router).headers["x-viewer-cell"]?.value, cellOf(best), told);
            }
        });
    }

    const ownCells: [string, Asked][] = [
        ["an order", orderOf(2)],
        ["a customer", { uri: `/customers/${idIn(2).toUpperCase()}` }],
        [
            "a customer's orders",
            { uri: "/orders", querystring: { customer_id: { value: idIn(2) } } },
        ],
    ];
    for (const [what, asked] of ownCells) {
        it(`keeps the other Region of its cell behind ${what} of the viewer's own cell`, async () => {
            const { originIds } = route(await routerAt("eu-west-1", sixOrigins), asked);
            assert.deepEqual(originIds, ["eu-eu-west-1", "eu-eu-west-2"]);
        });
    }
    for (const uri of [
        "/products",
        "/cells",
        "/orders",
        "/orders/nonsense",
        `/products/${idIn(2)}`,
    ]) {
        it(`has another cell behind ${uri}`, async () => {
            const { originIds } = route(await routerAt("eu-west-1", sixOrigins), { uri });
            assert.deepEqual(originIds, ["eu-eu-west-1", "us-us-east-1"]);
        });
    }

    for (const method of ["GET", "HEAD", "OPTIONS"]) {
        it(`lets ${method} fail over when the origin fails, and on nothing else`, async () => {
            const { failoverStatuses } = route(await routerAt("eu-west-1", sixOrigins), { method });
            assert.deepEqual(failoverStatuses, [500, 502, 503, 504]);
        });
    }
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
        it(`gives ${method} one origin`, async () => {
            const { originIds } = route(await routerAt("eu-west-1", sixOrigins), { method });
            assert.deepEqual(originIds, ["eu-eu-west-1"]);
        });
    }
});

describe("the router", () => {
    it("lets no viewer say what only it says", async () => {
        const claimed = { "x-viewer-cell": { value: "ap" }, "x-viewer-wrote": { value: "ap.1" } };
        const { headers } = route(await routerAt("eu-west-1"), { headers: claimed });
        assert.equal(headers["x-viewer-cell"]?.value, "eu");
        assert.equal(headers["x-viewer-wrote"], undefined);
    });

    it("has nothing behind a lone origin", async () => {
        const [only] = homeOrigins;
        assert.deepEqual(route(await routerAt("eu-west-1", [only])).originIds, ["us-us-east-1"]);
    });

    for (const uri of ["/internal", "/internal/borrow", "/internal/orders/7"]) {
        it(`answers ${uri} itself, as a path that no route has`, async () => {
            const { originIds, returned } = route(await routerAt("eu-west-1"), { uri });
            assert.deepEqual(originIds, []);
            assert.equal(returned.statusCode, 404);
            assert.equal(returned.headers["content-type"]?.value, "application/problem+json");
            assert.equal(returned.headers["x-cell"]?.value, "eu");
            const { code: problem, request_id } = JSON.parse(returned.body?.data ?? "");
            assert.deepEqual([problem, request_id], ["route_not_found", "request-1"]);
        });
    }

    for (const uri of ["/internals", "/products/internal/x"]) {
        it(`sends ${uri} on, like every other path`, async () => {
            const { originIds } = route(await routerAt("eu-west-1"), { uri });
            assert.equal(originIds[0], "eu-eu-west-1");
        });
    }
});
