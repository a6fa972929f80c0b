import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Client } from "pg";
import { startPostgres } from "../../../infra/local/postgres";
import { superuser } from "../../../infra/local/postgres-template";

async function query(port: number, ...statements: string[]): Promise<unknown[]> {
    const client = new Client({
        host: "127.0.0.1",
        port,
        user: superuser,
        database: "postgres",
    });
    await client.connect();
    try {
        const rows: unknown[] = [];
        for (const statement of statements) {
            rows.push(Object.values((await client.query(statement)).rows[0] ?? {})[0]);
        }
        return rows;
    } finally {
        await client.end();
    }
}

function isListening(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = createConnection(port, "127.0.0.1");
        socket.once("connect", () => {
            socket.destroy();
            resolve(true);
        });
        socket.once("error", () => resolve(false));
    });
}

describe("startPostgres", () => {
    let folder = "";
    const start = () => startPostgres({ dataFolder: path.join(folder, "db"), durable: false });
    before(() => {
        folder = mkdtempSync(path.join(tmpdir(), "postgres-"));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("serves with DSQL's isolation level, text order and time zone", async () => {
        const server = await start();
        try {
            const settings = [
                "default_transaction_isolation",
                "timezone",
                "server_encoding",
                "listen_addresses",
                "lock_timeout",
                "deadlock_timeout",
                "max_connections",
            ];
            const values = await query(
                server.port,
                ...settings.map((name) => `SHOW ${name}`),
                "SELECT datcollate FROM pg_database WHERE datname = 'postgres'",
            );
            assert.deepEqual(values, [
                "repeatable read",
                "UTC",
                "UTF8",
                "127.0.0.1",
                "250ms",
                "10ms",
                "300",
                "C",
            ]);
        } finally {
            await server.stop();
        }
    });

    it("keeps its data when it is stopped and started again", async () => {
        const first = await start();
        await query(first.port, "CREATE TABLE kept AS SELECT 42 AS answer");
        await first.stop();
        assert.equal(await isListening(first.port), false);
        const second = await start();
        const rows = await query(second.port, "SELECT answer FROM kept");
        await second.stop();
        assert.deepEqual(rows, [42]);
    });

    it("refuses a folder of an earlier version, tells what to do and leaves it alone", async () => {
        const file = path.join(folder, "db", "superuser.txt");
        rmSync(file);
        const before = readdirSync(path.join(folder, "db"));
        await assert.rejects(start(), /earlier version.*npm start -- --fresh/s);
        assert.deepEqual(readdirSync(path.join(folder, "db")), before);
        writeFileSync(file, `${superuser}\n`);
    });

    it("refuses a folder that a running server uses", async () => {
        const server = await start();
        try {
            await assert.rejects(
                start(),
                /Another process of this project \(number \d+\).*--folder/,
            );
        } finally {
            await server.stop();
        }
    });

    it("starts over the process file that a killed server left behind", async () => {
        // This process's id is alive, which is what makes PostgreSQL itself refuse.
        writeFileSync(path.join(folder, "db", "postmaster.pid"), `${process.pid}\n${folder}\n`);
        const server = await start();
        await server.stop();
    });

    it("dies with the process that started it, even when that is killed", async () => {
        const program = [
            `const { startPostgres } = require(${JSON.stringify(require.resolve("../../../infra/local/postgres"))});`,
            `startPostgres(${JSON.stringify({ dataFolder: path.join(folder, "db"), durable: false })})`,
            ".then((server) => { require('node:fs').writeSync(1, String(server.port)); process.kill(process.pid, 'SIGKILL'); });",
        ].join("\n");
        const run = spawnSync(process.execPath, ["--require", "tsx/cjs", "-e", program]);
        assert.equal(run.signal, "SIGKILL");
        const port = Number(run.stdout.toString());
        const deadline = Date.now() + 5_000;
        while ((await isListening(port)) && Date.now() < deadline) {
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        assert.equal(await isListening(port), false);
    });
});
