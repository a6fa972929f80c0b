import { createQueueClient, type QueueClient } from "../aws/queue-client";
import { createSignedFetch, type SignedAnswer, type SignedFetch } from "../aws/signed-fetch";
import type { Environment, OtherCell } from "../environment";
import { fault } from "../fault";
import { type Log, log } from "../log";

/** A request to an internal route of another cell's API. */
export interface NeighbourCall {
    readonly method: "GET" | "POST";
    /** For example `/internal/borrow`. */
    readonly path: string;
    readonly body?: unknown;
    readonly timeoutMilliseconds: number;
}

/** The other cells, as a function reaches them. */
export interface Neighbours {
    /** This cell's weight when new stock is divided. */
    readonly ownWeight: number;
    readonly cells: readonly OtherCell[];
    /**
     * Asks another cell's API; answers of whatever status are returned.
     * @throws fault cell_unreachable when it does not answer in time, or has just failed to
     */
    call(cellNumber: number, call: NeighbourCall): Promise<SignedAnswer>;
    /**
     * Has the outbox looked at now rather than by schedule. Best effort: it never rejects, and takes
     * a moment at most.
     */
    wakeRelay(): Promise<void>;
}

/** For a cell that is alone. */
export const noNeighbours: Neighbours = {
    ownWeight: 1,
    cells: [],
    call: (cellNumber) => Promise.reject(unreachable(cellNumber, undefined)),
    wakeRelay: async () => undefined,
};

/** What is logged of each question, so that the share of requests that stay in their cell is known. */
export const otherCellAsked = "Another cell was asked.";

/** How long a cell that did not answer is left alone: a queue of waiting requests helps nobody. */
const pauseMilliseconds = 1_000;
const wakeTimeoutMilliseconds = 300;
/** What the farthest healthy cell needs to answer; silence for less than this says nothing of it. */
const fairMilliseconds = 300;

/** The outside world, which tests replace. */
export interface NeighbourOptions {
    readonly signedFetch?: SignedFetch;
    readonly queueClient?: QueueClient;
    readonly clock?: () => number;
    readonly log?: Log;
}

/** Opens the way to the cells that the environment names. Nothing is connected until it is used. */
export function openNeighbours(
    environment: Environment,
    options: NeighbourOptions = {},
): Neighbours {
    const { clock = () => performance.now(), log: writeLog = log } = options;
    const { otherCells: cells, cellWeight: ownWeight, relayQueueUrl } = environment;
    const signedFetch = options.signedFetch ?? createSignedFetch(environment.credentials);
    const queueClient =
        options.queueClient ??
        createQueueClient({
            signedFetch,
            endpoint: environment.queueEndpoint,
            timeoutMilliseconds: wakeTimeoutMilliseconds,
        });
    const pausedUntil = new Map<number, number>();
    return {
        ownWeight,
        cells,
        async call(cellNumber, { method, path, body, timeoutMilliseconds }) {
            const cell = cells.find(({ number }) => number === cellNumber);
            if (cell === undefined || clock() < (pausedUntil.get(cellNumber) ?? 0)) {
                throw unreachable(cellNumber, undefined);
            }
            const started = clock();
            const tell = (status: number | undefined) =>
                writeLog("info", otherCellAsked, {
                    cell: cell.name,
                    path,
                    status,
                    milliseconds: Math.round(clock() - started),
                });
            try {
                const answer = await signedFetch({
                    service: "execute-api",
                    region: cell.region,
                    method,
                    url: `${cell.url}${path}`,
                    ...(body === undefined ? {} : jsonBody(body)),
                    timeoutMilliseconds,
                });
                tell(answer.status);
                return answer;
            } catch (cause) {
                tell(undefined);
                if (timeoutMilliseconds >= fairMilliseconds || !isTimeout(cause)) {
                    pausedUntil.set(cellNumber, clock() + pauseMilliseconds);
                }
                throw unreachable(cellNumber, cause);
            }
        },
        wakeRelay: () => wake(relayQueueUrl, queueClient, writeLog),
    };
}

async function wake(
    queueUrl: string | undefined,
    queueClient: QueueClient,
    writeLog: Log,
): Promise<void> {
    if (queueUrl === undefined) {
        return;
    }
    try {
        await queueClient.send(queueUrl, ["{}"]);
    } catch (error) {
        writeLog("warn", "The relay was not woken; it looks again within a minute.", { error });
    }
}

/** As AbortSignal.timeout ends a request. */
function isTimeout(cause: unknown): boolean {
    return cause instanceof Error && cause.name === "TimeoutError";
}

function jsonBody(body: unknown) {
    return { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function unreachable(cellNumber: number, cause: unknown): Error {
    return fault(
        "cell_unreachable",
        `Cell ${cellNumber}, where this is kept, does not answer. Repeat the request shortly.`,
        { cause },
    );
}
