import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";

const projectFolder = path.resolve(__dirname, "../../../..");

interface Run {
    /** The next line that the program writes. */
    next(): Promise<Record<string, unknown>>;
    /** Interrupts it and gives its exit code. */
    stop(): Promise<number | null>;
}

describe("npm run dsql", function () {
    // Two starts of a server, on a computer that may be busy.
    this.timeout(60_000);

    let folder = "";
    const runs: Run[] = [];

    before(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "shop dsql-"));
    });

    after(async () => {
        await Promise.all(runs.map((run) => run.stop()));
        fs.rmSync(folder, { recursive: true, force: true });
    });

    function start(port: number, ...options: readonly string[]): Run {
        const child = spawn(
            process.execPath,
            [
                ...["--require", "tsx/cjs", "infra/local/dsql/main.ts", "--json"],
                ...["--folder", path.join(folder, "data base"), "--port", String(port), ...options],
            ],
            { cwd: projectFolder, stdio: ["ignore", "pipe", "inherit"] },
        );
        const exited = once(child, "exit");
        const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
        const run: Run = {
            next: async () => JSON.parse((await lines.next()).value ?? "{}"),
            async stop() {
                child.kill("SIGINT");
                return (await exited)[0];
            },
        };
        runs.push(run);
        return run;
    }

    it("prints a connection string that works as it is, from run to run", async () => {
        const port = await freePort();
        const first = start(port);
        const running = await first.next();
        const connectionString = String(running["connectionString"]);
        await query(connectionString, "CREATE TABLE kept (id INTEGER PRIMARY KEY)");
        assert.equal(await first.stop(), 0);

        const second = start(port);
        assert.deepEqual((await second.next())["credentials"], running["credentials"]);
        assert.deepEqual(await query(connectionString, "SELECT current_user, count(*) FROM kept"), [
            { current_user: "admin", count: "0" },
        ]);
        assert.equal(await second.stop(), 0);
        assert.deepEqual(await second.next(), { event: "stopping" });

        const third = start(port, "--fresh", "--region", "eu-west-1");
        const { connectionString: anew, region, endpoint } = await third.next();
        assert.equal(region, "eu-west-1");
        assert.match(String(endpoint), /^[a-z0-9]{26}\.dsql\.eu-west-1\.on\.aws$/);
        await assert.rejects(query(String(anew), "TABLE kept"), { code: "42P01" });
        assert.equal(await third.stop(), 0);
    });

    it("says what to do when its port is taken", async () => {
        const server = createServer();
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        const run = start(port);
        assert.deepEqual(await run.next(), {
            event: "failure",
            message:
                `Port ${port} is in use by another program, maybe a PostgreSQL server; ` +
                "choose another one, as with --port 5433.",
        });
        assert.equal(await run.stop(), 1);
        server.close();
    });
});

async function query(connectionString: string, text: string): Promise<unknown[]> {
    const client = new Client({ connectionString });
    await client.connect();
    try {
        return (await client.query(text)).rows;
    } finally {
        await client.end();
    }
}

async function freePort(): Promise<number> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}
