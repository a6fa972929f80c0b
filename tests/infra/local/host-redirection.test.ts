import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import * as https from "node:https";
import * as net from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import tls from "node:tls";
import { Client } from "pg";
import { type Authority, openAuthority } from "../../../infra/local/dsql/identity/authority";
import { redirectHosts } from "../../../infra/local/host-redirection";

const hostName = "abcdefghijklmnopqrstuvwxyz.dsql.eu-west-1.on.aws";
const otherName = "zyxwvutsrqponmlkjihgfedcba.dsql.eu-west-1.on.aws";
const hostSuffix = ".dsql.eu-west-1.on.aws";
const port = 5432;

/** An option of the socket below, which Node's types do not know of. */
const withFamilies = (autoSelectFamily: boolean): object => ({
    host: hostName,
    port,
    autoSelectFamily,
});

/** AuthenticationOk and ReadyForQuery, which is all that a client waits for. */
const welcome = Buffer.from("520000000800000000" + "5a0000000549", "hex");
const httpAnswer = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

describe("a redirected host", () => {
    let folder = "";
    let authority: Authority;
    let strangers: Authority;
    const servers: net.Server[] = [];
    const undos: (() => void)[] = [];

    /** Takes TLS at once or after PostgreSQL's request for it, and welcomes everybody. */
    async function listen(issuer: Authority, ...names: string[]): Promise<number> {
        const secure = tls.createServer(
            { ...(await issuer.issue(names)), ALPNProtocols: ["postgresql", "http/1.1"] },
            (socket) => {
                socket.on("error", () => undefined);
                socket.once("data", (data) =>
                    socket.end(data.toString().startsWith("GET") ? httpAnswer : welcome),
                );
            },
        );
        const server = net.createServer((socket) => {
            socket.on("error", () => undefined);
            socket.once("data", (data) => {
                socket.pause();
                if (data[0] === 0x16) {
                    socket.unshift(data);
                } else {
                    socket.write("S");
                }
                secure.emit("connection", socket);
            });
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        servers.push(server);
        return (server.address() as net.AddressInfo).port;
    }
    function redirect(toPort: number, changes: object = {}): () => void {
        const authorityPem = authority.certificatePem;
        const undo = redirectHosts({ hostSuffix, port, toPort, authorityPem, ...changes });
        undos.push(undo);
        return undo;
    }
    const connect = (changes: object = {}): Promise<Client> => {
        const client = new Client({
            host: hostName,
            port,
            user: "orders",
            database: "postgres",
            password: "token",
            ssl: { rejectUnauthorized: true, servername: hostName },
            sslnegotiation: "direct",
            ...changes,
        });
        client.on("error", () => undefined);
        return client.connect().then(() => client);
    };
    /** Gives up before anything leaves this computer, as nothing is looked up. */
    const failure = (socket: net.Socket): Promise<NodeJS.ErrnoException> =>
        new Promise((resolve, reject) => {
            socket.once("error", resolve);
            socket.once("secureConnect", () => reject(new Error("It was connected.")));
        });

    before(async () => {
        folder = mkdtempSync(path.join(tmpdir(), "redirection-"));
        authority = await openAuthority(path.join(folder, "ours"));
        strangers = await openAuthority(path.join(folder, "theirs"));
    });
    afterEach(() => {
        for (const undo of undos.splice(0)) {
            undo();
        }
        for (const server of servers.splice(0)) {
            server.close();
        }
    });
    after(() => rmSync(folder, { recursive: true }));

    for (const sslnegotiation of ["direct", "postgres"] as const) {
        it(`is reached by pg with full verification, sslnegotiation ${sslnegotiation}`, async () => {
            redirect(await listen(authority, hostName));
            const client = await connect({ sslnegotiation });
            await client.end();
        });

        it(`is refused with another's certificate, sslnegotiation ${sslnegotiation}`, async () => {
            redirect(await listen(authority, otherName));
            await assert.rejects(connect({ sslnegotiation }), {
                code: "ERR_TLS_CERT_ALTNAME_INVALID",
            });
        });

        it(`is refused by another authority, sslnegotiation ${sslnegotiation}`, async () => {
            redirect(await listen(strangers, hostName));
            await assert.rejects(connect({ sslnegotiation }), {
                code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
            });
        });
    }

    it("is verified as the host that the client asks for", async () => {
        redirect(await listen(authority, hostName));
        await assert.rejects(connect({ host: otherName }), {
            code: "ERR_TLS_CERT_ALTNAME_INVALID",
        });
    });

    const calls: readonly [name: string, open: (done: () => void) => tls.TLSSocket][] = [
        ["(options, listener)", (done) => tls.connect({ host: hostName, port }, done)],
        [
            "(options) with a port in letters",
            (done) => tls.connect({ host: hostName, port: "5432" as never }, done),
        ],
        ["(port, host, listener)", (done) => tls.connect(port, hostName, {}, done)],
        ["(port, options)", (done) => tls.connect(port, { host: hostName }, done)],
        [
            "(port, host, options)",
            (done) => tls.connect(port, hostName, { servername: hostName }, done),
        ],
        [
            "(options) over a socket",
            (done) => {
                const socket = net.connect(port, hostName);
                return tls.connect({ socket, servername: hostName }, done);
            },
        ],
        [
            "with its name in capitals",
            (done) =>
                tls.connect({ host: hostName.toUpperCase(), port, servername: hostName }, done),
        ],
        ["with several addresses at once", (done) => tls.connect(withFamilies(true), done)],
        ["with one address", (done) => tls.connect(withFamilies(false), done)],
    ];
    for (const [name, open] of calls) {
        it(`is reached by tls.connect ${name}`, async () => {
            redirect(await listen(authority, hostName));
            const socket = await new Promise<tls.TLSSocket>((resolve, reject) => {
                const opened = open(() => resolve(opened));
                opened.once("error", reject);
            });
            assert.equal(socket.authorized, true);
            socket.destroy();
        });
    }

    const plainCalls: readonly [name: string, open: (done: () => void) => net.Socket][] = [
        ["connect(port, host, listener)", (done) => net.connect(port, hostName, done)],
        ["connect(options, listener)", (done) => net.connect({ port, host: hostName }, done)],
        [
            "createConnection(options, listener)",
            (done) => net.createConnection({ port, host: hostName, timeout: 9_000 }, done),
        ],
        [
            "a socket's connect(port, host, listener)",
            (done) => new net.Socket().connect(port, hostName, done),
        ],
        [
            "a socket's connect(options)",
            (done) => new net.Socket().connect({ port, host: hostName }).once("connect", done),
        ],
        [
            "a socket's connect(port, host)",
            (done) => new net.Socket().connect(port, hostName).once("connect", done),
        ],
    ];
    for (const [name, open] of plainCalls) {
        it(`is reached by ${name}`, async () => {
            const toPort = await listen(authority, hostName);
            redirect(toPort);
            const socket = await new Promise<net.Socket>((resolve, reject) => {
                const opened = open(() => resolve(opened));
                opened.once("error", reject);
            });
            assert.equal(socket.remotePort, toPort);
            socket.destroy();
        });
    }

    it("is reached by HTTPS and fetch where the port is theirs", async () => {
        redirect(await listen(authority, hostName), { port: 443 });
        const status = await new Promise((resolve, reject) => {
            https
                .get(`https://${hostName}/`, { agent: false }, (response) => {
                    response.resume();
                    resolve(response.statusCode);
                })
                .on("error", reject);
        });
        assert.equal(status, 204);
        assert.equal((await fetch(`https://${hostName}/`)).status, 204);
    });

    it("leaves its trust to whoever chooses an authority", async () => {
        redirect(await listen(authority, hostName));
        const socket = tls.connect({ host: hostName, port, ca: strangers.certificatePem });
        assert.equal((await failure(socket)).code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    });

    it("is reached where the last redirection leads, and where it led once that is undone", async () => {
        const first = await listen(authority, hostName);
        const second = await listen(authority, hostName);
        const remotePort = async (): Promise<number | undefined> => {
            const socket = net.connect(port, hostName);
            await once(socket, "connect");
            const found = socket.remotePort;
            socket.destroy();
            return found;
        };
        redirect(first);
        const undo = redirect(second);
        assert.equal(await remotePort(), second);
        undo();
        undo();
        assert.equal(await remotePort(), first);
    });
});
