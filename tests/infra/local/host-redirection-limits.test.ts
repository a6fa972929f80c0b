import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import * as net from "node:net";
import tls from "node:tls";
import { redirectHosts } from "../../../infra/local/host-redirection";

const hostName = "abcdefghijklmnopqrstuvwxyz.dsql.eu-west-1.on.aws";
const hostSuffix = ".dsql.eu-west-1.on.aws";
const port = 5432;
const modulePath = require.resolve("../../../infra/local/host-redirection");

describe("a host that is not redirected", () => {
    const undos: (() => void)[] = [];
    const redirect = (): void => {
        undos.push(redirectHosts({ hostSuffix, port, toPort: 1, authorityPem: "" }));
    };
    afterEach(() => {
        for (const undo of undos.splice(0)) {
            undo();
        }
    });
    /** What a socket would have looked up. */
    const lookedUp = (host: string, toPort: number): Promise<string> =>
        new Promise((resolve) => {
            const lookup = (name: string): void => resolve(name);
            net.connect({ host, port: toPort, lookup }).on("error", () => undefined);
        });

    for (const [name, host, toPort] of [
        ["for its name", "abc.dsql.sa-east-1.on.aws", port],
        ["for its end", `abc${hostSuffix}.example.com`, port],
        ["for its missing dot", "abcdsql.eu-west-1.on.aws", port],
        ["for its port", hostName, 443],
    ] as const) {
        it(`is looked up as before, ${name}`, async () => {
            redirect();
            assert.equal(await lookedUp(host, toPort), host);
        });
    }

    it("is given its own options, by address and by path", async () => {
        redirect();
        const server = net.createServer((socket) => socket.end());
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port: listening } = server.address() as net.AddressInfo;
        for (const open of [
            () => net.connect(listening, "127.0.0.1"),
            () => net.connect(listening),
            () => net.connect({ port: listening }),
            () => new net.Socket().connect(listening, "localhost"),
        ]) {
            const socket = open();
            await once(socket, "connect");
            assert.equal(socket.remotePort, listening);
            socket.destroy();
        }
        server.close();
        const failed = net.connect("/nowhere/at/all");
        const [error] = (await once(failed, "error")) as [NodeJS.ErrnoException];
        assert.equal(error.code, "ENOENT");
    });

    it("keeps the public authorities", async () => {
        const seen: unknown[] = [];
        const original = tls.connect;
        Object.assign(tls, { connect: (options: unknown) => seen.push(options) });
        try {
            redirect();
            tls.connect({ host: "example.com", port });
            tls.connect({ host: hostName, port: 443 });
        } finally {
            undos.pop()?.();
            tls.connect = original;
        }
        assert.deepEqual(seen, [
            { host: "example.com", port },
            { host: hostName, port: 443 },
        ]);
    });

    it("finds everything as it was, once the last redirection is undone", () => {
        // In a process of its own: others of this one may have redirections of theirs.
        const script = `
            const net = require("node:net"), tls = require("node:tls");
            const { redirectHosts } = require(${JSON.stringify(modulePath)});
            const now = () => [net.Socket.prototype.connect, tls.connect];
            const before = now();
            const isBefore = () => now().map((one, index) => one === before[index]).join();
            const redirection = { hostSuffix: ".x", port: 1, toPort: 1, authorityPem: "" };
            const undos = [redirectHosts(redirection), redirectHosts(redirection)];
            const seen = [isBefore()];
            for (const undo of undos) {
                undo();
                seen.push(isBefore());
            }
            process.stdout.write(JSON.stringify(seen));
        `;
        const output = execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", script]);
        assert.deepEqual(JSON.parse(output.toString()), [
            "false,false",
            "false,false",
            "true,true",
        ]);
    });

    it("survives another patch on top of the redirection", async () => {
        redirect();
        const redirected = net.Socket.prototype.connect;
        Object.assign(net.Socket.prototype, {
            connect(this: net.Socket, ...values: Parameters<typeof redirected>) {
                return redirected.apply(this, values);
            },
        });
        undos.pop()?.();
        redirect();
        assert.equal(await lookedUp("example.com", port), "example.com");
        net.Socket.prototype.connect = redirected;
    });
});
