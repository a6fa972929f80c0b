import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { type Authority, openAuthority } from "../../../infra/local/dsql/identity/authority";
import { createEgress, type Egress } from "../../../infra/local/egress";
import { redirectHosts } from "../../../infra/local/host-redirection";
import { createLinks, type LinkSwitches } from "../../../infra/local/links";

const here = "eu-west-1";
const there = "us-east-1";
const hostSuffix = `.execute-api.${there}.amazonaws.com`;
const hostName = `abc${hostSuffix}`;

interface Arrival {
    readonly line: string;
    readonly host: string | undefined;
    readonly body: string;
}

describe("the way out of a Region", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "egress-"));
    let authority: Authority;
    let links: LinkSwitches;
    let egress: Egress;
    let api: http.Server;
    let arrivals: Arrival[] = [];
    let undo: () => void = () => undefined;
    /** What the API waits for before it answers. */
    let answering: Promise<void> = Promise.resolve();
    let answers = 0;
    const crossings: string[] = [];

    before(async () => {
        authority = await openAuthority(folder);
    });
    beforeEach(async () => {
        arrivals = [];
        answers = 0;
        crossings.length = 0;
        answering = Promise.resolve();
        api = http.createServer(async (incoming, outgoing) => {
            const chunks = await incoming.toArray();
            const { method, url, headers } = incoming;
            const body = Buffer.concat(chunks).toString();
            arrivals.push({ line: `${method} ${url}`, host: headers.host, body });
            await answering;
            outgoing.once("finish", () => {
                answers += 1;
            });
            outgoing.writeHead(201, { "x-cell": "us" }).end('{"given":3}');
        });
        api.listen(0, "127.0.0.1");
        await once(api, "listening");
        const { port } = api.address() as AddressInfo;
        links = createLinks({ roundTripMilliseconds: () => 0 });
        egress = createEgress({
            authority: async () => authority,
            links: {
                cross: (from, to, signal) => {
                    crossings.push(`${from} ${to}`);
                    return links.cross(from, to, signal);
                },
            },
            resolve: (name) => (name === hostName ? { region: there, port } : undefined),
        });
        undo = redirectHosts({
            hostSuffix,
            port: 443,
            toPort: await egress.portOf(here),
            authorityPem: authority.certificatePem,
            knownHosts: [hostName, `gone${hostSuffix}`],
        });
    });
    afterEach(async () => {
        undo();
        await egress.stop();
        api.closeAllConnections();
        api.close();
    });
    after(() => rmSync(folder, { recursive: true }));

    const post = (signal?: AbortSignal) =>
        fetch(`https://${hostName}/live/internal/borrow?x=1`, {
            method: "POST",
            body: '{"want":3}',
            ...(signal === undefined ? {} : { signal }),
        });
    const codeOf = async (call: Promise<unknown>): Promise<unknown> =>
        call.then(
            () => "answered",
            ({ name, cause }: Error) => (cause as { code?: string } | undefined)?.code ?? name,
        );

    it("leads a request to the API and its answer back", async () => {
        const response = await post();
        assert.equal(response.status, 201);
        assert.equal(response.headers.get("x-cell"), "us");
        assert.equal(await response.text(), '{"given":3}');
        assert.deepEqual(arrivals, [
            { line: "POST /live/internal/borrow?x=1", host: hostName, body: '{"want":3}' },
        ]);
        assert.deepEqual(crossings, [`${here} ${there}`, `${there} ${here}`]);
    });

    it("keeps connections, and the API its own", async () => {
        const ports = new Set<number | undefined>();
        api.on("connection", (socket) => ports.add(socket.remotePort));
        for (let count = 0; count < 3; count += 1) {
            await (await post()).text();
        }
        assert.equal(ports.size, 1);
    });

    it("does not find a host that does not exist", async () => {
        assert.equal(await codeOf(fetch(`https://abd${hostSuffix}/live`)), "ENOTFOUND");
    });

    it("closes the connection to a host that is no more", async () => {
        assert.equal(await codeOf(fetch(`https://gone${hostSuffix}/live`)), "ECONNRESET");
    });

    it("is a black hole while the way there is cut", async () => {
        links.setLink(here, there, { kind: "cut" });
        const giveUp = new AbortController();
        const call = codeOf(post(giveUp.signal));
        while (links.state().pending === 0) {
            await new Promise(setImmediate);
        }
        giveUp.abort();
        assert.equal(await call, "AbortError");
        while (links.state().pending > 0) {
            await new Promise(setImmediate);
        }
        links.heal();
        assert.deepEqual(arrivals, []);
    });

    it("delivers the request and holds the answer while the way back is cut", async () => {
        links.setLink(there, here, { kind: "cut" });
        const call = post();
        while (links.state().pending === 0) {
            await new Promise(setImmediate);
        }
        assert.equal(arrivals.length, 1);
        links.heal();
        assert.equal((await call).status, 201);
    });

    it("lets the API finish what its caller has given up", async () => {
        let finish: () => void = () => undefined;
        answering = new Promise((resolve) => {
            finish = resolve;
        });
        const giveUp = new AbortController();
        const call = codeOf(post(giveUp.signal));
        while (arrivals.length === 0) {
            await new Promise(setImmediate);
        }
        giveUp.abort();
        assert.equal(await call, "AbortError");
        finish();
        while (answers === 0) {
            await new Promise(setImmediate);
        }
    });
});
