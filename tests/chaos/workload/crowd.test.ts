import assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { createHistory } from "../history";
import { createClient } from "./client";
import { createCrowd } from "./crowd";

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A shop that answers as a test says. */
async function startShop(answer: Answer) {
    const server = http.createServer((request, response) => {
        request.resume();
        request.on("end", () => answer(request, response));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return {
        url: `http://127.0.0.1:${port}`,
        close: () =>
            new Promise<void>((resolve) => {
                server.closeAllConnections();
                server.close(() => resolve());
            }),
    };
}

let lastId = 0;

/** An id of a row in cell 1. */
function newId(): string {
    lastId += 1;
    return `00000000-0000-8000-8000-${lastId.toString(16).padStart(10, "0")}01`;
}

function created(response: http.ServerResponse, path: string): void {
    const name = { "/products": "product_id", "/customers": "customer_id" }[path] ?? "order_id";
    response.writeHead(201, { "content-type": "application/json", "x-cell": "us" });
    response.end(JSON.stringify({ [name]: newId(), version: 1 }));
}

describe("the clients of a drill", () => {
    const setUp = async (answer: Answer, timeoutMilliseconds = 2_000) => {
        const shop = await startShop(answer);
        const history = createHistory();
        const client = createClient({ history, urlOf: () => shop.url, timeoutMilliseconds });
        const crowd = createCrowd({
            seed: "test",
            cells: [{ name: "us", number: 1 }],
            client,
            clientsPerCell: 3,
            actsPerSecond: 1_000,
        });
        const close = async () => {
            await crowd.stop();
            client.close();
            await shop.close();
        };
        return { history, client, crowd, close, url: shop.url };
    };
    const ask = (client: Awaited<ReturnType<typeof setUp>>["client"]) =>
        client.perform(
            { process: 0, cell: "us", action: { kind: "readOrder", orderId: "x" } },
            { method: "GET", path: "/orders/x" },
        );

    it("begin with customers and products, and go on until they are stopped", async () => {
        const { history, crowd, close } = await setUp((request, response) =>
            created(response, request.url ?? ""),
        );
        await crowd.start();
        const first = history.operations().map(({ action }) => action.kind);
        assert.deepEqual(first.slice(0, 4), [
            "createCustomer",
            "createCustomer",
            "createProduct",
            "createProduct",
        ]);
        while (history.operations().length < 30) {
            await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await close();
        const after = history.operations().length;
        await new Promise((resolve) => setTimeout(resolve, 5));
        assert.equal(history.operations().length, after);
        assert.deepEqual(
            history.operations().filter(({ endedAtMilliseconds }) => !endedAtMilliseconds),
            [],
        );
    });

    it("wait for no answer while they are paused, and go on afterwards", async () => {
        const { history, crowd, close } = await setUp((request, response) =>
            created(response, request.url ?? ""),
        );
        await crowd.start();
        await crowd.pause();
        await crowd.pause();
        const paused = history.operations().length;
        await new Promise((resolve) => setTimeout(resolve, 15));
        assert.equal(history.operations().length, paused);
        crowd.resume();
        while (history.operations().length === paused) {
            await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await close();
    });

    it("repeat what may have been done, with the same key", async () => {
        let requests = 0;
        const keys: unknown[] = [];
        const { history, crowd, close } = await setUp((request, response) => {
            keys.push(request.headers["idempotency-key"]);
            requests += 1;
            if (requests === 1) {
                response.destroy();
            } else {
                created(response, request.url ?? "");
            }
        });
        await crowd.start();
        await close();
        const [first, second] = history.operations();
        assert.equal(first?.outcome, "unknown");
        assert.equal(second?.outcome, "ok");
        assert.equal(first?.key, second?.key);
        assert.equal(keys[0], keys[1]);
        assert.notEqual(keys[1], keys[2]);
    });

    it("do not know what came of a request that has no answer in time", async () => {
        const { client, close } = await setUp(() => undefined, 20);
        const { operation } = await ask(client);
        assert.equal(operation.outcome, "unknown");
        assert.match(operation.failure ?? "", /No answer in 20 ms/);
        await close();
    });

    it("keep of an answer what the checkers need", async () => {
        const { client, close } = await setUp((_, response) => {
            response.writeHead(200, {
                "content-type": "application/json",
                "x-cell": "eu",
                "x-cache": "Hit from cloudfront",
                "idempotent-replayed": "true",
                etag: '"v3"',
            });
            response.end('{"order_id":"o","version":3,"status":"cancelled","total_amount":1.50}');
        });
        const { operation, entityTag } = await ask(client);
        const { fingerprint, ...answer } = operation.answer ?? { fingerprint: "" };
        assert.deepEqual(answer, {
            status: 200,
            servedBy: "eu",
            isReplay: true,
            isCached: true,
            resourceId: "o",
            version: 3,
            orderStatus: "cancelled",
        });
        assert.match(fingerprint ?? "", /"o".*1\.5/);
        assert.equal(entityTag, '"v3"');
        await close();
    });

    it("keep of a problem its code and whether to repeat it", async () => {
        const { client, close } = await setUp((_, response) => {
            response.writeHead(503, { "content-type": "application/problem+json" });
            response.end('{"code":"overloaded","retryable":true}');
        });
        const { operation } = await ask(client);
        assert.deepEqual(operation.answer, { status: 503, code: "overloaded", isRetryable: true });
        assert.equal(operation.outcome, "unknown");
        await close();
    });
});
