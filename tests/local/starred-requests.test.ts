import assert from "node:assert/strict";
import * as net from "node:net";
import { type LocalShop, localShop, makeCustomer } from "../support/local-shop";

/** Sends bytes over a socket and returns all that comes back until the server closes. */
function exchange(url: string, request: string): Promise<{ head: string; body: string }> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
        const socket = net.connect(Number(port), hostname, () => socket.write(request));
        socket.setTimeout(10_000, () => socket.destroy(new Error("No answer in 10 s.")));
        let received = "";
        socket.on("data", (data) => {
            received += data.toString("utf8");
        });
        socket.on("error", reject);
        socket.on("close", () => {
            const end = received.indexOf("\r\n\r\n");
            resolve({ head: received.slice(0, end), body: received.slice(end + 4) });
        });
    });
}

/** What curl writes for `curl URL` and, with a body, for `curl -X POST URL -d BODY`. */
function curl(url: string, path: string, body?: string, type?: string): string {
    const { host } = new URL(url);
    const lines = [
        `${body === undefined ? "GET" : "POST"} ${path} HTTP/1.1`,
        `Host: ${host}`,
        "User-Agent: curl/8.5.0",
        "Accept: */*",
        "Connection: close",
        ...(body === undefined
            ? []
            : [
                  `Content-Type: ${type ?? "application/x-www-form-urlencoded"}`,
                  `Content-Length: ${Buffer.byteLength(body)}`,
              ]),
    ];
    return `${lines.join("\r\n")}\r\n\r\n${body ?? ""}`;
}

function readBody(body: string): Record<string, unknown> {
    const text = /^[0-9a-f]+\r\n/i.test(body)
        ? body.replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/gi, "")
        : body;
    return JSON.parse(text) as Record<string, unknown>;
}

describe("the public contract, typed with curl", function () {
    this.timeout(30_000);
    let shop: LocalShop;
    before(async () => {
        shop = await localShop();
    });

    for (const cell of ["us", "eu", "ap"]) {
        describe(`in ${cell}`, () => {
            const product =
                '{"name":"Desk lamp","description":"Warm light","price":299.90,' +
                '"stock_quantity":20,"category":"lighting"}';

            it("lists products", async () => {
                const { head, body } = await exchange(
                    shop.urlOf(cell),
                    curl(shop.urlOf(cell), "/products"),
                );
                assert.match(head, /^HTTP\/1\.1 200 /);
                assert.match(head, new RegExp(`^x-cell: ${cell}\\r?$`, "im"));
                assert.ok(Array.isArray(readBody(body)["products"]));
            });

            for (const type of ["application/json", undefined]) {
                it(`creates a product sent as ${type ?? "curl's default type"}`, async () => {
                    const { head, body } = await exchange(
                        shop.urlOf(cell),
                        curl(shop.urlOf(cell), "/products", product, type),
                    );
                    assert.match(head, /^HTTP\/1\.1 201 /);
                    assert.match(head, /^location: \/products\//im);
                    assert.match(body, /"price":299\.90[,}]/);
                });
            }

            it("places an order", async () => {
                const url = shop.urlOf(cell);
                const made = await exchange(url, curl(url, "/products", product));
                const order = JSON.stringify({
                    customer_id: await makeCustomer(shop, cell),
                    items: [{ product_id: readBody(made.body)["product_id"], quantity: 3 }],
                });
                const { head, body } = await exchange(url, curl(url, "/orders", order));
                assert.match(head, /^HTTP\/1\.1 201 /);
                assert.match(body, /"total_amount":899\.70[,}]/);
                assert.equal(readBody(body)["status"], "confirmed");
            });
        });
    }
});
