import { createQueueClient, type QueueClient } from "../aws/queue-client";
import { createSignedFetch, type SignedAnswer, type SignedFetch } from "../aws/signed-fetch";
import type { Environment, OtherCell } from "../environment";
import { fault } from "../fault";
import { type Log, log } from "../log";
import { createDetours, type Detours } from "./detours";
import { openWakeUps, type WakeUps, wakeTimeoutMilliseconds } from "./wake-ups";

/** A request to an internal route of another cell's API. */
export interface NeighbourCall {
    readonly method: "GET" | "POST";
    /** For example `/internal/borrow`. */
    readonly path: string;
    readonly body?: unknown;
    readonly timeoutMilliseconds: number;
    /**
     * Whether it may be sent again to the cell's other Region when nobody knows what became of it;
     * by default only a GET.
     */
    readonly isRepeatable?: boolean;
}

/** The other cells, as a function reaches them. */
export interface Neighbours extends WakeUps {
    /** This cell's weight when new stock is divided. */
    readonly ownWeight: number;
    readonly cells: readonly OtherCell[];
    /**
     * Asks another cell's API; answers of whatever status are returned.
     * @throws fault cell_unreachable when it does not answer in time, or has just failed to
     */
    call(cellNumber: number, call: NeighbourCall): Promise<SignedAnswer>;
}

/** For a cell that is alone. */
export const noNeighbours: Neighbours = {
    ownWeight: 1,
    cells: [],
    call: (cellNumber) => Promise.reject(unreachable(cellNumber, undefined)),
    wakeRelay: async () => undefined,
    wakeRelaySoon: async () => undefined,
};

/** What is logged of each question, so that the share of requests that stay in their cell is known. */
export const otherCellAsked = "Another cell was asked.";

/** After so long a request that may be repeated is, if there is another Region to ask. */
const patienceMilliseconds = 1_500;
/** How an API answers whose functions are not there. */
const failoverStatuses = [502, 503, 504];
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
    const tools = { signedFetch, detours: createDetours(clock), clock, writeLog };
    return {
        ownWeight,
        cells,
        async call(cellNumber, asked) {
            const cell = cells.find(({ number }) => number === cellNumber);
            if (cell === undefined) {
                throw unreachable(cellNumber, undefined);
            }
            return callCell(cell, asked, tools);
        },
        ...openWakeUps(relayQueueUrl, { queueClient, clock, log: writeLog }),
    };
}

interface Tools {
    readonly signedFetch: SignedFetch;
    readonly detours: Detours;
    readonly clock: () => number;
    readonly writeLog: Log;
}

/** Asks a cell in one of its Regions, and in the other one if that may still help. */
async function callCell(
    cell: OtherCell,
    asked: NeighbourCall,
    { signedFetch, detours, clock, writeLog }: Tools,
): Promise<SignedAnswer> {
    const places = detours.among(cell.peer === undefined ? [cell] : [cell, cell.peer]);
    const { isRepeatable = asked.method === "GET" } = asked;
    const endsAt = clock() + asked.timeoutMilliseconds;
    let cause: unknown;
    for (const [index, place] of places.entries()) {
        const left = endsAt - clock();
        const hasAnother = isRepeatable && index < places.length - 1;
        const timeoutMilliseconds = hasAnother ? Math.min(left, patienceMilliseconds) : left;
        const started = clock();
        const tell = (status: number | undefined) =>
            writeLog("info", otherCellAsked, {
                cell: cell.name,
                path: asked.path,
                status,
                milliseconds: Math.round(clock() - started),
            });
        try {
            const answer = await signedFetch({ ...callTo(place, asked), timeoutMilliseconds });
            tell(answer.status);
            const isAway = failoverStatuses.includes(answer.status) && places.length > 1;
            if (!isAway) {
                return answer;
            }
            detours.failed(place);
            if (!hasAnother) {
                return answer;
            }
        } catch (error) {
            tell(undefined);
            cause = error;
            if (timeoutMilliseconds >= fairMilliseconds || !isTimeout(error)) {
                detours.failed(place);
            }
        }
        if (!hasAnother || endsAt - clock() < 1) {
            break;
        }
    }
    throw unreachable(cell.number, cause);
}

function callTo(
    { region, url }: Pick<OtherCell, "region" | "url">,
    { method, path, body }: NeighbourCall,
) {
    return {
        service: "execute-api",
        region,
        method,
        url: `${url}${path}`,
        ...(body === undefined ? {} : jsonBody(body)),
    };
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
