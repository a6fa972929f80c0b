import { DsqlSigner } from "@aws-sdk/dsql-signer";
import { Pool, type PoolClient, type PoolConfig } from "pg";
import type { DatabaseEnvironment } from "../environment";
import { fault } from "../fault";
import { type Log, log } from "../log";
import { connectionSettings, type SignToken } from "./connection";
import { finishWithin } from "./deadline";
import { isClaimRefused } from "./idempotency-store";
import { runStatement, runTransaction } from "./pipeline";
import { defaultBudgetMilliseconds, type RetryOptions, retryConflicts } from "./retry";
import type { Session } from "./session";
import { type SqlFailure, sqlFailure } from "./sqlstate";

/** An execution environment answers one request at a time; the second one is for a slow goodbye. */
const maxConnections = 2;
/** Callers that may wait for a connection, each for at most `connectTimeoutMilliseconds`. */
const maxWaiting = 500;
const connectTimeoutMilliseconds = 3_000;
/** Short enough that a connection which died unnoticed is replaced within one retry budget. */
const queryTimeoutMilliseconds = 4_000;
const idleTimeoutMilliseconds = 600_000;

/** How a session retries, and where it logs. */
export interface SessionOptions extends RetryOptions {
    readonly log?: Log;
}

/**
 * Opens the session to the environment's database. Nothing is connected until the first call.
 * Both calls of the session are repeated within 5 seconds when they lose a conflict or their
 * connection.
 * @throws (calls of the session) fault conflict, request_in_progress, overloaded or
 * database_unavailable; any other error of the database as the driver gives it
 */
export function openSession(
    environment: DatabaseEnvironment,
    options: SessionOptions = {},
): Session {
    return sessionUntil(
        Number.POSITIVE_INFINITY,
        openPool(environment, options.log ?? log),
        options,
    );
}

/** @param deadline milliseconds of `performance.now()` */
function sessionUntil(deadline: number, pool: Pool, options: SessionOptions): Session {
    const timeLeft = () => deadline - performance.now();
    const retried = <Result>(run: (client: PoolClient) => Promise<Result>): Promise<Result> => {
        const { budgetMilliseconds = defaultBudgetMilliseconds } = options;
        return retryConflicts(() => onConnection(pool, run, timeLeft), {
            ...options,
            budgetMilliseconds: Math.min(budgetMilliseconds, timeLeft()),
        });
    };
    return {
        query: (statement) => retried((client) => runStatement(client, statement)),
        async transact(statements) {
            try {
                return await retried((client) => runTransaction(client, statements));
            } catch (error) {
                throw isClaimRefused(error) ? inProgress(error) : error;
            }
        },
        within: (milliseconds) =>
            sessionUntil(Math.min(deadline, performance.now() + milliseconds), pool, options),
        close: () => pool.end(),
    };
}

/** The settings of a pool of connections to the environment's database. */
export function poolSettings(environment: DatabaseEnvironment): PoolConfig {
    return {
        ...connectionSettings(environment, tokenSigner(environment)),
        max: maxConnections,
        pipeline: true,
        application_name: environment.databaseRole,
        keepAlive: true,
        connectionTimeoutMillis: connectTimeoutMilliseconds,
        query_timeout: queryTimeoutMilliseconds,
        idleTimeoutMillis: idleTimeoutMilliseconds,
        maxLifetimeSeconds: chooseLifetimeSeconds(),
        // A process that has nothing else to do may end, whatever connections are idle.
        allowExitOnIdle: true,
    };
}

/**
 * How long a connection may live. DSQL ends it after 60 minutes; each execution environment leaves
 * earlier and at another time, because the rate of new connections is limited.
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html
 * @returns 45-55 minutes
 */
export function chooseLifetimeSeconds(random: () => number = Math.random): number {
    return Math.floor((45 + 10 * random()) * 60);
}

function openPool(environment: DatabaseEnvironment, writeLog: Log): Pool {
    const settings = poolSettings(environment);
    const pool = new Pool(settings);
    const lifetimeMilliseconds = (settings.maxLifetimeSeconds ?? 0) * 1_000;
    pool.on("connect", (client) => {
        expiryOf.set(client, Date.now() + lifetimeMilliseconds);
    });
    // Without a listener, an idle connection that breaks would end the process.
    pool.on("error", (error) => {
        if (!pool.ending) {
            writeLog("warn", "An idle database connection broke.", { error });
        }
    });
    return pool;
}

/** When a connection is too old to be used, in milliseconds of `Date.now()`. */
const expiryOf = new WeakMap<PoolClient, number>();

async function onConnection<Result>(
    pool: Pool,
    run: (client: PoolClient) => Promise<Result>,
    timeLeft: () => number,
): Promise<Result> {
    const client = await checkOut(pool, timeLeft);
    let isBroken = false;
    const noteBroken = () => {
        isBroken = true;
    };
    // The calls in flight are told of the error by the driver; here it must only not be unheard.
    client.on("error", noteBroken);
    try {
        return await finishWithin(run(client), timeLeft());
    } catch (error) {
        isBroken ||= !leavesConnectionUsable(sqlFailure(error));
        throw error;
    } finally {
        client.release(isBroken);
        client.off("error", noteBroken);
    }
}

async function checkOut(pool: Pool, timeLeft: () => number): Promise<PoolClient> {
    if (pool.waitingCount >= maxWaiting) {
        throw Object.assign(new Error(`${maxWaiting} callers wait for a connection already.`), {
            code: "53300",
        });
    }
    for (;;) {
        const client = await connectWithin(pool, timeLeft());
        // The pool's own timer stands still while Lambda has frozen the environment.
        if (Date.now() < (expiryOf.get(client) ?? 0)) {
            return client;
        }
        client.release(true);
    }
}

async function connectWithin(pool: Pool, milliseconds: number): Promise<PoolClient> {
    const connecting = pool.connect();
    try {
        return await finishWithin(connecting, milliseconds);
    } catch (error) {
        // A connection that comes too late for this request is there for the next one.
        connecting.then((client) => client.release()).catch(() => undefined);
        throw error;
    }
}

function leavesConnectionUsable(failure: SqlFailure | undefined): boolean {
    // Anything unforeseen costs the connection: a prepared statement may be stale, for example.
    return failure !== undefined && failure !== "lost_connection" && failure !== "connection_limit";
}

function inProgress(cause: unknown): Error {
    return fault(
        "request_in_progress",
        "A request with this Idempotency-Key is still running. Repeat it shortly.",
        { cause },
    );
}

function tokenSigner(environment: DatabaseEnvironment): SignToken {
    const { databaseEndpoint: hostname, region, databaseRole, credentials } = environment;
    // All of them are given, so that the signer searches for none: bundles are without its search.
    const signer = new DsqlSigner({ hostname, region, credentials });
    return () =>
        databaseRole === "admin"
            ? signer.getDbConnectAdminAuthToken()
            : signer.getDbConnectAuthToken();
}
