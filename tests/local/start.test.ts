import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { send } from "../support/local-shop";

const projectFolder = path.resolve(__dirname, "../..");

interface Run {
    readonly process: ChildProcess;
    readonly output: () => string;
    /** Resolves with the exit code. */
    readonly exited: Promise<number | null>;
}

/** Runs what `npm start` runs. */
function start(...options: string[]): Run {
    const child = spawn(
        process.execPath,
        ["--require", "tsx/cjs", "infra/local/main.ts", ...options],
        { cwd: projectFolder, stdio: ["ignore", "pipe", "pipe"] },
    );
    let text = "";
    const keep = (data: Buffer) => {
        text += data.toString("utf8");
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const exited = new Promise<number | null>((resolve) => child.on("close", resolve));
    return { process: child, output: () => text, exited };
}

/** Waits until a viewer answers, or fails with what the run printed. */
async function answers(run: Run, url: string): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline) {
        const status = await send(url, { path: "/health" }).then(
            (answer) => answer.status,
            () => 0,
        );
        if (status === 200) {
            return;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`No answer from ${url}:\n${run.output()}`);
}

/** The first of three neighbouring free ports. */
async function freePorts(): Promise<number> {
    for (let attempt = 0; attempt < 20; attempt += 1) {
        const first = 20_000 + Math.floor(Math.random() * 20_000);
        const ports = [first, first + 1, first + 2];
        const free = await Promise.all(ports.map((port) => listen(port).then(close, () => false)));
        if (free.every(Boolean)) {
            return first;
        }
    }
    throw new Error("Found no three neighbouring free ports.");
}

function listen(port: number): Promise<net.Server> {
    return new Promise((resolve, reject) => {
        const server = net.createServer();
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => resolve(server));
    });
}

function close(server: net.Server): Promise<boolean> {
    return new Promise((resolve) => server.close(() => resolve(true)));
}

/** The ids of processes whose command line mentions a text, where the system tells. */
function processesAbout(text: string): string[] {
    if (!fs.existsSync("/proc/self/cmdline")) {
        return [];
    }
    return fs.readdirSync("/proc").filter((id) => {
        try {
            const command = fs.readFileSync(`/proc/${id}/cmdline`, "utf8");
            return /^\d+$/.test(id) && id !== String(process.pid) && command.includes(text);
        } catch {
            return false;
        }
    });
}

describe("npm start", function () {
    this.timeout(60_000);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shop-start-"));
    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    it("keeps its data between runs, and leaves no process behind", async () => {
        const port = await freePorts();
        const url = `http://localhost:${port + 1}`;
        const options = ["--folder", folder, "--port", String(port)];

        const first = start(...options);
        await answers(first, url);
        const made = await send(url, {
            path: "/products",
            body: { name: "Lamp", price: 1, stock_quantity: 3, category: "kept" },
        });
        assert.equal(made.status, 201);
        first.process.kill("SIGINT");
        assert.equal(await first.exited, 0, first.output());
        assert.deepEqual(processesAbout(folder), []);

        const second = start(...options);
        await answers(second, url);
        const intruder = start("--folder", folder, "--port", String(await freePorts()), "--fresh");
        assert.equal(await intruder.exited, 1);
        assert.match(intruder.output(), /Another process of this project.*--folder/);
        const { body } = await send(url, { path: "/products?category=kept" });
        assert.deepEqual(
            (body["products"] as { product_id: string }[]).map(({ product_id }) => product_id),
            [made.body["product_id"]],
        );
        second.process.kill("SIGTERM");
        assert.equal(await second.exited, 0, second.output());
        assert.deepEqual(processesAbout(folder), []);
        assert.match(second.output(), /POST|curl http:\/\/localhost:\d+\/products/);
        assert.match(second.output(), /eu +GET +\/products\?category=kept +200 +miss/);
    });

    it("says which port is in use, and exits with 1", async () => {
        const port = await freePorts();
        const server = await listen(port + 1);
        try {
            const run = start("--folder", folder, "--port", String(port));
            assert.equal(await run.exited, 1);
            assert.match(run.output(), new RegExp(`Port ${port + 1} is in use.*--port`));
            assert.equal(run.output().trim().split("\n").length, 1);
        } finally {
            await close(server);
        }
    });

    const refused: [string, string[], RegExp][] = [
        ["a folder that cannot be", ["--folder", "/dev/null/x"], /\/dev\/null\/x.*--folder/],
        ["a folder that is a file", ["--folder", __filename], /start\.test\.ts.*--folder/],
        ["a folder where the system lets nobody make one", ["--folder", "/proc/x"], /\/proc\/x/],
        ["a port that is none", ["--port", "http"], /--port.*http/],
        ["an option that does not exist", ["--colour"], /--colour/],
        ["a stack that does not exist", ["--stack", "moon"], /Pulumi\.moon\.yaml/],
    ];
    for (const [what, options, message] of refused) {
        it(`refuses ${what} in one sentence, and exits with 1`, async () => {
            const run = start(...options);
            assert.equal(await run.exited, 1);
            assert.match(run.output(), message);
            assert.equal(run.output().trim().split("\n").length, 1, run.output());
        });
    }
});
