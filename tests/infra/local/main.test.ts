import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";

const program = path.resolve(__dirname, "../../../infra/local/main.ts");

interface Run {
    readonly child: ChildProcess;
    readonly lines: string[];
    readonly exitCode: Promise<number | null>;
}

function npmStart(...options: string[]): Run {
    const child = spawn(process.execPath, ["--require", "tsx/cjs", program, ...options], {
        stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    for (const output of [child.stdout, child.stderr]) {
        createInterface({ input: output }).on("line", (line) => lines.push(line));
    }
    const exitCode = new Promise<number | null>((resolve) => child.once("close", resolve));
    return { child, lines, exitCode };
}

/** Listens on a port whose successors are probably free, too. */
async function takePort(): Promise<{ server: Server; port: number }> {
    const server = createServer();
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", resolve);
    });
    return { server, port };
}

describe("npm start", function () {
    this.timeout(40_000);
    let folder = "";
    before(() => {
        folder = mkdtempSync(path.join(tmpdir(), "start-"));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("says which option is wrong and ends with 1", async () => {
        const { exitCode, lines } = npmStart("--port", "none");
        assert.equal(await exitCode, 1);
        assert.deepEqual(lines, ['--port is "none"; allowed: a number from 1 to 65280.']);
    });

    it("says that a folder cannot be written to, before it starts anything", async () => {
        const file = path.join(folder, "file");
        writeFileSync(file, "");
        const { exitCode, lines } = npmStart("--folder", path.join(file, "data"));
        assert.equal(await exitCode, 1);
        assert.match(lines.join("\n"), /^The folder .* is not writable; .*--folder\.$/);
    });

    it("says which port is taken, before it starts anything", async () => {
        const { server, port } = await takePort();
        const { exitCode, lines } = npmStart("--folder", folder, "--port", String(port - 1));
        assert.equal(await exitCode, 1);
        server.close();
        assert.deepEqual(lines, [
            `Port ${port} is in use by another program; choose another with --port.`,
        ]);
    });

    it("serves the whole program to each cell's viewers and leaves nothing behind", async () => {
        const { server, port } = await takePort();
        await new Promise((resolve) => server.close(resolve));
        const run = npmStart("--folder", folder, "--port", String(port), "--json");
        const running = await waitForEvent(run, "running");
        const viewers = running["viewers"] as { cell: string; url: string }[];
        assert.deepEqual(
            viewers.map(({ cell, url }) => [cell, url]),
            ["us", "eu", "ap"].map((cell, index) => [cell, `http://localhost:${port + index}`]),
        );
        for (const { cell, url } of viewers) {
            const answer = await fetch(`${url}/health`);
            assert.deepEqual([answer.status, answer.headers.get("x-cell")], [200, cell]);
        }
        const databases = Object.values(running["databases"] as Record<string, string>);
        assert.equal(new Set(databases).size, 3);

        run.child.kill("SIGINT");
        assert.equal(await run.exitCode, 0);
        for (const url of databases) {
            await assert.rejects(fetch(url.replace("postgres:", "http:")));
        }
        const log = readFileSync(path.join(folder, "dev/logs/eu-status-eu-west-1.log"), "utf8");
        assert.match(log, /"platform\.report"/);
    });
});

async function waitForEvent(run: Run, event: string): Promise<Record<string, unknown>> {
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline && run.child.exitCode === null) {
        const events = run.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
        const found = events.find((entry) => entry["event"] === event);
        if (found !== undefined) {
            return found;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    run.child.kill("SIGKILL");
    throw new Error(`"${event}" did not come; the output is:\n${run.lines.join("\n")}`);
}
