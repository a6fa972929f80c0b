import assert from "node:assert/strict";
import { fault } from "../../../app/fault";
import { createApi } from "../../../app/http/api";
import type { Reply, Route } from "../../../app/http/operation";
import type { LogFields } from "../../../app/log";
import { type Neighbours, noNeighbours } from "../../../app/replication/neighbours";
import { assertInContract } from "../../support/contract-answers";
import { type Call, context, proxyEvent, requestId } from "../../support/proxy-event";
import { scriptedSession } from "../../support/scripted-session";

const id = "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01";
const services = {
    session: scriptedSession(),
    cell: { name: "us", number: 1 },
    neighbours: noNeighbours,
};

async function call(request: Call, handle: Route["handle"] = async () => ({ status: 204 })) {
    const lines: LogFields[] = [];
    const routes = ["listProducts", "createProduct", "getProduct", "updateProduct", "getOrder"].map(
        (operationId) => ({ operationId, handle }),
    );
    const api = createApi(services, routes, (level, message, fields) =>
        lines.push({ level, message, ...fields }),
    );
    const result = await api(proxyEvent(request), context);
    return { result, lines, headers: result.headers ?? {} };
}

const answer = (reply: Reply) => async () => reply;

describe("an API function", () => {
    it("answers with the request id, the cell, CORS and no-store", async () => {
        const { result } = await call(
            { path: "/products" },
            answer({ status: 200, body: { a: 1 } }),
        );
        assert.deepEqual(result, {
            statusCode: 200,
            headers: {
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Expose-Headers":
                    "ETag, Idempotent-Replayed, Location, Retry-After, x-cell, x-request-id",
                "Cache-Control": "no-store",
                "Content-Type": "application/json",
                "x-cell": "us",
                "x-request-id": requestId,
            },
            body: '{"a":1}',
        });
    });

    it("lets a reply say how it may be cached", async () => {
        const reply = { status: 200, headers: { "Cache-Control": "public" }, body: {} };
        const { headers } = await call({ path: "/products" }, answer(reply));
        assert.equal(headers["Cache-Control"], "public");
    });

    it("is not kept where the edge wanted another cell's answer", async () => {
        const reply = { status: 200, headers: { "Cache-Control": "public" }, body: {} };
        const request = { path: "/products", headers: { "X-Viewer-Cell": "eu" } };
        const { headers } = await call(request, answer(reply));
        assert.equal(headers["Cache-Control"], "no-store");
    });

    it("sends the viewer of a write that another cell answers to that cell", async () => {
        const route: Route = {
            operationId: "cancelOrder",
            handle: answer({ status: 200, body: {} }),
            atHome: { functionName: "orders", idOf: () => `${id.slice(0, -2)}02` },
        };
        const home = createApi(
            { ...services, cell: { name: "eu", number: 2 } },
            [route],
            () => undefined,
        );
        const other = { name: "eu", number: 2, weight: 1, region: "", url: "", queueUrl: "" };
        const neighbours: Neighbours = {
            ...noNeighbours,
            cells: [other],
            async call(_cell, { method, path, body }) {
                const result = await home(proxyEvent({ method, path, body }), context);
                const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [
                    name.toLowerCase(),
                    String(value),
                ]);
                return {
                    status: result.statusCode,
                    headers: Object.fromEntries(headers),
                    body: result.body,
                };
            },
        };
        const here = createApi({ ...services, neighbours }, [route], () => undefined);
        const request = { method: "POST", path: `/orders/${id}/cancel` };
        const result = await here(proxyEvent(request), context);
        assert.match(String(result.headers?.["Set-Cookie"]), /^shop_wrote=eu\.\d+; Max-Age=30;/);
    });

    it("hands the request and its services to the route", async () => {
        let seen: unknown;
        await call({ path: `/products/${id.toUpperCase()}` }, async (request, given) => {
            seen = [request.path, request.tenantId, request.requestId, given];
            return { status: 204 };
        });
        assert.deepEqual(seen, [
            { product_id: id },
            "main",
            requestId,
            { ...services, isForwarded: false },
        ]);
    });

    it("answers HEAD as GET, without the body", async () => {
        const reply = answer({ status: 200, headers: { ETag: '"v1"' }, body: { a: 1 } });
        const { result, headers } = await call({ method: "HEAD", path: `/products/${id}` }, reply);
        assert.equal(result.body, "");
        assert.equal(headers["ETag"], '"v1"');
        assert.equal(headers["Content-Type"], "application/json");
    });

    it("answers the preflight of every path with its methods", async () => {
        const { result, headers } = await call({ method: "OPTIONS", path: `/products/${id}` });
        assert.equal(result.statusCode, 204);
        assert.equal(headers["Access-Control-Allow-Methods"], "GET, HEAD, PATCH, DELETE, OPTIONS");
        assert.equal(
            headers["Access-Control-Allow-Headers"],
            "content-type, idempotency-key, if-match, if-none-match",
        );
        assert.equal(headers["Access-Control-Max-Age"], "86400");
        assert.equal(headers["Access-Control-Allow-Origin"], "*");
    });

    const refused: readonly [string, string, number, string][] = [
        ["GET", "/", 404, "route_not_found"],
        ["GET", "/nothing", 404, "route_not_found"],
        ["OPTIONS", "/nothing", 404, "route_not_found"],
        ["GET", "/products/", 204, ""],
        ["GET", "/products//", 404, "route_not_found"],
        ["GET", `/products/${id}/`, 204, ""],
        ["GET", `/products/${id}/more`, 404, "route_not_found"],
        ["GET", "/products/7", 404, "not_found"],
        ["GET", "/products/%2e%2e", 404, "not_found"],
        ["PUT", "/products", 405, "method_not_allowed"],
        ["POST", "/products/7", 405, "method_not_allowed"],
        ["GET", `/orders/${id}`, 204, ""],
        ["GET", "/health", 404, "route_not_found"],
    ];
    for (const [method, path, status, code] of refused) {
        it(`answers ${method} ${path} with ${status} ${code}`, async () => {
            const { result } = await call({ method, path });
            assert.equal(result.statusCode, status);
            assert.equal(result.body === "" ? "" : JSON.parse(result.body).code, code);
        });
    }

    it("names the methods of a path with 405", async () => {
        const { headers } = await call({ method: "PUT", path: "/products" });
        assert.equal(headers["Allow"], "GET, HEAD, POST, OPTIONS");
    });

    it("answers a fault as a problem document", async () => {
        const { result, headers } = await call({ path: `/products/${id}` }, async () => {
            throw fault("not_found", "There is no product.");
        });
        assert.equal(result.statusCode, 404);
        assert.equal(headers["Content-Type"], "application/problem+json");
        assert.equal(headers["Cache-Control"], "no-store");
        assert.equal(JSON.parse(result.body).request_id, requestId);
        assertInContract("getProduct", result);
    });

    it("answers a bug as internal, and logs its stack", async () => {
        const bug = new Error("relation shop.product does not exist");
        const { result, lines } = await call({ path: "/products" }, async () => {
            throw bug;
        });
        assert.equal(result.statusCode, 500);
        assert.doesNotMatch(result.body, /relation/);
        assert.equal(lines[0]?.["error"], bug);
        assert.equal(lines[0]?.["level"], "error");
        assertInContract("listProducts", result);
    });

    it("answers a reply that cannot be written as internal", async () => {
        const reply = answer({ status: 200, body: { version: 1n } });
        const { result, lines } = await call({ path: "/products" }, reply);
        assert.equal(result.statusCode, 500);
        assert.equal(lines[0]?.["code"], "internal");
    });

    it("writes one line for a request, with nothing of what was sent", async () => {
        const body = { name: "Secret", price: "secret", stock_quantity: 1, category: "Secret" };
        const headers = { "Idempotency-Key": "secret" };
        const { lines } = await call({ method: "POST", path: "/products", body, headers });
        const { milliseconds, ...line } = lines[0] ?? {};
        assert.equal(lines.length, 1);
        assert.equal(typeof milliseconds, "number");
        assert.deepEqual(line, {
            level: "info",
            message: "request",
            request_id: requestId,
            cell: "us",
            operation: "createProduct",
            method: "POST",
            status: 400,
            code: "invalid_request",
            error: undefined,
        });
    });

    it("logs what caused a fault", async () => {
        const cause = new Error("socket closed");
        const { lines } = await call({ path: "/products" }, async () => {
            throw fault("database_unavailable", "Away.", { cause });
        });
        assert.equal(lines[0]?.["error"], cause);
    });

    it("is not made with a route that the contract does not have", () => {
        const route = { operationId: "sellSouls", handle: answer({ status: 200 }) };
        assert.throws(() => createApi(services, [route]), /no operation sellSouls/);
    });
});
