import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import * as tls from "node:tls";
import { openAuthority } from "../../../../../infra/local/dsql/identity/authority";
import {
    encodeAuthenticationCleartextPassword,
    encodeAuthenticationOk,
    encodeBackendKey,
    encodeCommandTag,
    encodeDataRow,
    encodeFailure,
    encodeParameterStatus,
    encodeReadyForQuery,
    encodeRowDescription,
} from "../../../../../infra/local/dsql/wire/backend";
import { createDecoder } from "../../../../../infra/local/dsql/wire/decoder";
import { readPassword, readQuery } from "../../../../../infra/local/dsql/wire/frontend";
import type { Message } from "../../../../../infra/local/dsql/wire/message";
import { readStartup } from "../../../../../infra/local/dsql/wire/startup";
import { connectWire, type WireOptions } from "../../../../support/wire-client";

/** A server of the protocol that answers as told. */
interface ScriptedServer {
    readonly port: number;
    readonly seen: string[];
    close(): void;
}

const hostName = "shop.dsql.example";
const denied = { code: "08006", message: "access denied", hint: "try again" };

/** Whoever gives the password "right" is let in. */
function greet(message: Message): Buffer {
    return readPassword(message) === "right"
        ? Buffer.concat([
              encodeAuthenticationOk(),
              encodeParameterStatus({ name: "server_version", value: "16.15" }),
              encodeBackendKey({ processId: 7, secretKey: -1 }),
              encodeReadyForQuery("I"),
          ])
        : encodeFailure(denied, "FATAL");
}

const answers: Readonly<Record<string, readonly Buffer[]>> = {
    two: [
        encodeRowDescription([{ name: "n", typeOid: 23 }]),
        encodeDataRow(["1"]),
        encodeDataRow([null]),
        encodeCommandTag("SELECT 2"),
        encodeCommandTag("BEGIN"),
        encodeReadyForQuery("T"),
    ],
    wrong: [
        encodeCommandTag("BEGIN"),
        encodeFailure({ code: "0A000", message: "no" }),
        encodeReadyForQuery("E"),
    ],
    fatal: [encodeFailure({ code: "57P01", message: "bye" }, "FATAL")],
    silent: [],
};

function serve(socket: net.Socket, seen: string[]): void {
    const decoder = createDecoder({ maxMessageBytes: 1_000 });
    let isStarted = false;
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
        if (!isStarted) {
            isStarted = true;
            const startup = readStartup(chunk);
            assert.ok(startup.kind === "startup");
            seen.push(JSON.stringify(startup.parameters));
            socket.write(encodeAuthenticationCleartextPassword());
            return;
        }
        decoder.push(chunk);
        for (let message = decoder.next(); message !== undefined; message = decoder.next()) {
            seen.push(message.type);
            if (message.type === "p") {
                socket.write(greet(message));
            } else if (message.type === "Q" || message.type === "S") {
                const text = message.type === "Q" ? readQuery(message) : "two";
                const answer = answers[text];
                if (answer === undefined || text === "fatal") {
                    socket.end(Buffer.concat(answer ?? []));
                } else {
                    socket.write(Buffer.concat(answer));
                }
            }
        }
    });
}

async function startServer(pair?: { key: string; cert: string }): Promise<ScriptedServer> {
    const seen: string[] = [];
    const secure =
        pair === undefined
            ? undefined
            : tls.createServer({ ...pair, ALPNProtocols: ["postgresql"] }, (socket) => {
                  seen.push(`TLS ${socket.servername} ${socket.alpnProtocol}`);
                  serve(socket, seen);
              });
    const server = net.createServer((socket) => {
        socket.on("error", () => undefined);
        if (secure === undefined) {
            serve(socket, seen);
            return;
        }
        socket.once("data", (chunk) => {
            socket.pause();
            if (chunk[0] === 0x16) {
                socket.unshift(chunk);
            } else {
                assert.equal(readStartup(chunk).kind, "ssl");
                seen.push("SSLRequest");
                socket.write("S");
            }
            secure.emit("connection", socket);
        });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    return { port, seen, close: () => void server.close() };
}

describe("the raw client of the tests", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shop-wire-"));
    let plain: ScriptedServer;
    let secure: ScriptedServer;
    let ca: string;

    before(async () => {
        const authority = await openAuthority(folder);
        ca = authority.certificatePem;
        plain = await startServer();
        secure = await startServer(await authority.issue([hostName]));
    });

    after(() => {
        plain.close();
        secure.close();
        fs.rmSync(folder, { recursive: true, force: true });
    });

    const connect = (options: Partial<WireOptions> = {}) =>
        connectWire({
            host: "127.0.0.1",
            port: options.tls === true ? secure.port : plain.port,
            tls: false,
            user: "admin",
            password: "right",
            ...options,
        });

    it("logs in and keeps what the server says of itself", async () => {
        const client = await connect({ parameters: { application_name: "a" } });
        assert.ok(
            plain.seen.includes('{"application_name":"a","user":"admin","database":"postgres"}'),
        );
        assert.equal(client.parameters.get("server_version"), "16.15");
        assert.deepEqual(client.backendKey, { processId: 7, secretKey: -1 });
        assert.equal(client.status(), "I");
        await client.close();
        assert.equal(plain.seen.at(-1), "X");
    });

    it("rejects with the failure of the server", async () => {
        await assert.rejects(connect({ password: "wrong" }), { ...denied, severity: "FATAL" });
    });

    for (const [way, isDirect] of [
        ["at once", true],
        ["when asked", false],
    ] as const) {
        it(`encrypts ${way}, and names the host`, async () => {
            const client = await connect({ tls: true, isDirect, servername: hostName, ca });
            assert.equal(secure.seen.includes("SSLRequest"), !isDirect);
            assert.ok(secure.seen.includes(`TLS ${hostName} postgresql`));
            assert.equal((await client.simple("two")).results.length, 2);
            await client.close();
        });
    }

    it("names no host when it is not to, but still knows the authority", async () => {
        const client = await connect({ tls: true, servername: "", ca });
        assert.ok(secure.seen.includes("TLS false postgresql"));
        await client.close();
        await assert.rejects(connect({ tls: true, servername: "" }), /certificate/);
    });

    it("refuses a server with another name", async () => {
        const elsewhere = connect({ tls: true, servername: "other.dsql.example", ca });
        await assert.rejects(elsewhere, { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    });

    it("sums up what a batch answers", async () => {
        const client = await connect();
        const expected = {
            results: [
                { tag: "SELECT 2", columns: ["n"], rows: [["1"], [null]] },
                { tag: "BEGIN", columns: [], rows: [] },
            ],
            notices: [],
        };
        assert.deepEqual(await client.simple("two"), expected);
        assert.equal(client.status(), "T");
        assert.deepEqual(await client.extended("x", ["a", null]), expected);
        assert.deepEqual(plain.seen.slice(-5), ["P", "B", "D", "E", "S"]);
        await client.close();
    });

    it("gives a failure beside the results before it", async () => {
        const client = await connect();
        const { results, failure } = await client.simple("wrong");
        assert.deepEqual(
            results.map(({ tag }) => tag),
            ["BEGIN"],
        );
        assert.deepEqual(failure, { code: "0A000", message: "no" });
        assert.equal(client.status(), "E");
        await client.close();
    });

    it("gives the failure after which the server hangs up", async () => {
        const client = await connect();
        assert.equal((await client.simple("fatal")).failure?.code, "57P01");
        await client.closed;
        await client.close();
    });

    it("rejects when the server hangs up without a word", async () => {
        const client = await connect();
        await assert.rejects(client.simple("unknown"), { code: "ECONNRESET" });
        await assert.rejects(client.receive(), { code: "ECONNRESET" });
    });

    it("lets go when it is destroyed while it waits", async () => {
        const client = await connect();
        const answer = client.simple("silent");
        client.destroy();
        await assert.rejects(answer, { code: "ECONNRESET" });
        await client.closed;
    });
});
