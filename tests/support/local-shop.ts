import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Switchboard } from "../../infra/local/chaos/switchboard";
import { deployLocally, type LocalDeployment } from "../../infra/local/deploy";
import { assertInContract } from "./contract-answers";

/** An answer as a client sees it. */
export interface Answer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly text: string;
    /** The parsed body; undefined where there is none. */
    readonly body: Record<string, unknown>;
}

/** A request as a client writes it. */
export interface Call {
    readonly method?: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** Text is sent as it is, anything else as JSON. */
    readonly body?: unknown;
}

/** The shop, deployed for the tests of one mocha process; stopped when they are over. */
export interface LocalShop {
    readonly deployment: LocalDeployment;
    /** Everything that can be broken; whoever breaks something heals it. */
    readonly chaos: Switchboard;
    /** Sends a request through a cell's viewer. */
    call(cell: string, call: Call): Promise<Answer>;
    urlOf(cell: string): string;
}

let started: Promise<LocalShop> | undefined;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shop-"));

/** Deploys the dev stack at its first call; later calls share it. */
export function localShop(): Promise<LocalShop> {
    started ??= deploy();
    return started;
}

after(async () => {
    const shop = await started;
    await shop?.deployment.stop();
    fs.rmSync(folder, { recursive: true, force: true });
});

async function deploy(): Promise<LocalShop> {
    // What runs by schedule runs in the drills; here it would only cost the others their time.
    const deployment = await deployLocally({ folder, durable: false, runsSchedules: false });
    const urlOf = (cell: string) => {
        const viewer = deployment.viewers.find((candidate) => candidate.cell === cell);
        if (viewer === undefined) {
            throw new Error(`No viewer belongs to the cell ${cell}.`);
        }
        return viewer.url;
    };
    const { chaos } = deployment;
    return { deployment, chaos, urlOf, call: (cell, call) => send(urlOf(cell), call) };
}

/** Sends one request to a URL. */
export function send(url: string, call: Call): Promise<Answer> {
    const body =
        call.body === undefined || typeof call.body === "string"
            ? call.body
            : JSON.stringify(call.body);
    const headers = {
        ...(body === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
        ...call.headers,
    };
    return new Promise((resolve, reject) => {
        const request = http.request(
            `${url}${call.path}`,
            { method: call.method ?? (body === undefined ? "GET" : "POST"), headers },
            (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () => resolve(readAnswer(response, Buffer.concat(chunks))));
            },
        );
        request.setTimeout(35_000, () => request.destroy(new Error("No answer in 35 s.")));
        request.on("error", reject);
        request.end(body);
    });
}

function readAnswer(response: http.IncomingMessage, content: Buffer): Answer {
    const text = content.toString("utf8");
    const headers = Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
    );
    const isJson = /json/.test(headers["content-type"] ?? "") && text !== "";
    return {
        status: response.statusCode ?? 0,
        headers,
        text,
        body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
}

/** Asserts that an answer is one that the contract promises for the operation. */
export function assertPromised(operationId: string, { status, headers, text }: Answer): void {
    const names: Record<string, string> = {
        "content-type": "Content-Type",
        etag: "ETag",
        location: "Location",
        "retry-after": "Retry-After",
        allow: "Allow",
        "cache-control": "Cache-Control",
        "idempotent-replayed": "Idempotent-Replayed",
        "set-cookie": "Set-Cookie",
    };
    const renamed = Object.entries(headers).map(([name, value]) => [names[name] ?? name, value]);
    assertInContract(operationId, {
        statusCode: status,
        headers: Object.fromEntries(renamed),
        body: text,
    });
}

let emailCount = 0;

/** Makes a customer in a cell and returns its id. */
export async function makeCustomer(shop: LocalShop, cell: string): Promise<string> {
    emailCount += 1;
    const { body } = await shop.call(cell, {
        path: "/customers",
        body: {
            email: `customer-${process.pid}-${emailCount}@example.com`,
            first_name: "Ada",
            last_name: "Lovelace",
        },
    });
    return String(body["customer_id"]);
}

/** Makes a product in a cell and returns its id. */
export async function makeProduct(
    shop: LocalShop,
    cell: string,
    changes: Readonly<Record<string, unknown>> = {},
): Promise<string> {
    const { body } = await shop.call(cell, {
        path: "/products",
        body: {
            name: "Desk lamp",
            description: "Warm light",
            price: 49.9,
            stock_quantity: 20,
            category: "lighting",
            ...changes,
        },
    });
    return String(body["product_id"]);
}

/** Makes a product all of whose stock is in the cell that makes it, and returns its id. */
export async function makeStockedProduct(
    shop: LocalShop,
    cell: string,
    quantity: number,
    changes: Readonly<Record<string, unknown>> = {},
): Promise<string> {
    const id = await makeProduct(shop, cell, { ...changes, stock_quantity: 0 });
    await shop.call(cell, { path: `/products/${id}/stock`, body: { quantity, reason: "receipt" } });
    return id;
}

/** Sends a request again for as long as its answer says that this may help, at most 100 times. */
export async function insist(request: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
        const answer = await request();
        if (answer.body["retryable"] !== true || attempt === 100) {
            return answer;
        }
        await wait(100);
    }
}
