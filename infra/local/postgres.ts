import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { prepareServerAccount, type ServerAccount } from "./postgres-account";
import { prepareBinaries } from "./postgres-binaries";
import { createDataFolder } from "./postgres-folder";
import { lastComplaint } from "./postgres-programs";
import { clearFolderLock, guardProcess, takeFolderLock } from "./process-guard";

export interface PostgresOptions {
    /** Where the data lives; made on the first start. */
    dataFolder: string;
    /** How long a statement waits for a lock before it fails with SQLSTATE 55P03. */
    lockTimeoutMilliseconds?: number;
    maxConnections?: number;
    /** Whether what was committed survives a crash of the machine. Tests may do without. */
    durable?: boolean;
    /** Receives each line that the server writes. */
    log?: (line: string) => void;
}

export interface PostgresServer {
    /** On 127.0.0.1. The superuser is `dsql_internal`, every role is trusted. */
    readonly port: number;
    /**
     * The folder of its Unix socket, which costs less than half of what TCP does. Undefined where
     * the system has none, or the folder's name is too long for one.
     */
    readonly socketFolder: string | undefined;
    /** Ends open sessions and stops the server, within 10 seconds. May be called twice. */
    stop(): Promise<void>;
}

const startTimeoutMilliseconds = 30_000;
const stopTimeoutMilliseconds = 8_000;
const portAttempts = 5;

/**
 * Starts a PostgreSQL server on a free port of 127.0.0.1, with the isolation level and time zone
 * of Aurora DSQL. The server dies with this process, however the process ends.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-concurrency-control.html
 * @throws Error when the folder is in use by another process, cannot be used by the server's
 * account, or the server does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
    const account = await prepareServerAccount(path.resolve(options.dataFolder));
    const native = await prepareBinaries(account);
    await takeFolderLock(account.dataFolder);
    try {
        await createDataFolder(native, account, options.durable ?? true);
        for (let attempt = 1; ; attempt += 1) {
            const port = await findFreePort();
            const started = await launch(native, account, port, options);
            if (started.kind === "ready") {
                const socketFolder = socketFolderOf(account);
                return { port, socketFolder, stop: started.stop };
            }
            // Another process may take a port between finding it free and listening on it.
            if (!started.lines.some((line) => line.includes("could not bind"))) {
                throw new Error(
                    `PostgreSQL did not start on ${account.dataFolder}: ${lastComplaint(started.lines)}`,
                );
            }
            if (attempt === portAttempts) {
                throw new Error(`PostgreSQL found no free port in ${portAttempts} attempts.`);
            }
        }
    } catch (error) {
        await clearFolderLock(account.dataFolder);
        throw error;
    }
}

type Launch =
    | { readonly kind: "ready"; readonly stop: () => Promise<void> }
    | { readonly kind: "failed"; readonly lines: readonly string[] };

async function launch(
    native: string,
    account: ServerAccount,
    port: number,
    options: PostgresOptions,
): Promise<Launch> {
    const child = spawn(
        path.join(native, "bin", "postgres"),
        ["-D", account.dataFolder, ...settingsOf(port, socketFolderOf(account), options)],
        {
            ...account.identity,
            cwd: account.dataFolder,
            env: { PATH: "/usr/bin:/bin", TZ: "UTC" },
            stdio: ["ignore", "ignore", "pipe"],
            // Ctrl-C reaches the whole process group; the functions must end before the database.
            detached: true,
        },
    );
    const exited = new Promise<void>((resolve) => {
        child.once("error", () => resolve());
        child.once("exit", () => resolve());
    });
    const release = guardProcess(child.pid, path.join(account.dataFolder, "postmaster.pid"));
    const lines: string[] = [];
    const ready = await waitUntilReady(child, exited, lines, options.log);
    let stopping: Promise<void> | undefined;
    const stop = () => {
        stopping ??= stopServer(child, exited).then(async () => {
            release();
            await clearFolderLock(account.dataFolder);
        });
        return stopping;
    };
    if (ready) {
        return { kind: "ready", stop };
    }
    await stopServer(child, exited);
    release();
    return { kind: "failed", lines };
}

/** Of `<folder>/.s.PGSQL.<port>`, on Linux and macOS, less a little. */
const maxSocketPathBytes = 100;

function socketFolderOf({ dataFolder }: ServerAccount): string | undefined {
    const byteLength = Buffer.byteLength(path.join(dataFolder, ".s.PGSQL.65535"));
    const isPossible = process.platform !== "win32" && byteLength <= maxSocketPathBytes;
    return isPossible ? dataFolder : undefined;
}

function settingsOf(
    port: number,
    socketFolder: string | undefined,
    options: PostgresOptions,
): string[] {
    const durable = options.durable ?? true;
    const settings: Readonly<Record<string, string | number>> = {
        port,
        listen_addresses: "127.0.0.1",
        unix_socket_directories: socketFolder ?? "",
        max_connections: options.maxConnections ?? 300,
        default_transaction_isolation: "repeatable read",
        timezone: "UTC",
        log_timezone: "UTC",
        // Nobody waits for anybody in Aurora DSQL: who cannot go on soon has lost a conflict.
        lock_timeout: options.lockTimeoutMilliseconds ?? 250,
        deadlock_timeout: 10,
        shared_buffers: "32MB",
        jit: "off",
        // Nothing replicates from this server, so its log need not carry what a replica needs.
        wal_level: "minimal",
        max_wal_senders: 0,
        ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    };
    return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function waitUntilReady(
    child: ChildProcess,
    exited: Promise<void>,
    lines: string[],
    log: PostgresOptions["log"],
): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const announced = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => {
            lines.push(`it was not ready within ${startTimeoutMilliseconds / 1000} seconds`);
            resolve(false);
        }, startTimeoutMilliseconds);
        child.once("error", (error) => lines.push(error.message));
        if (child.stderr === null) {
            return;
        }
        let isReady = false;
        createInterface({ input: child.stderr }).on("line", (line) => {
            log?.(line);
            if (isReady) {
                return;
            }
            lines.push(line);
            if (line.includes("database system is ready to accept connections")) {
                isReady = true;
                resolve(true);
            }
        });
    });
    const ready = await Promise.race([announced, exited.then(() => false)]);
    clearTimeout(timer);
    return ready;
}

/** SIGINT is PostgreSQL's fast shutdown: it ends the sessions and writes a checkpoint. */
async function stopServer(child: ChildProcess, exited: Promise<void>): Promise<void> {
    child.kill("SIGINT");
    const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMilliseconds);
    await exited;
    clearTimeout(timer);
    child.stderr?.destroy();
}

async function findFreePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    if (address === null || typeof address === "string") {
        throw new Error("The system gave no port on 127.0.0.1.");
    }
    return address.port;
}
