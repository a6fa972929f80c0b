import type { QueueClient } from "../aws/queue-client";
import type { Log } from "../log";

/**
 * How a function has the cell's relay look at the outbox before its schedule does. Best effort:
 * neither rejects, and each takes a moment at most.
 */
export interface WakeUps {
    /** Now: for what has been committed. */
    wakeRelay(): Promise<void>;
    /**
     * In a few seconds: for what is being committed. It is asked for beside the transaction, so that
     * it costs no time, and at most every other second, so that it costs a busy function little.
     */
    wakeRelaySoon(): Promise<void>;
}

export const wakeTimeoutMilliseconds = 300;

/** From a wake-up that is asked for "soon" to its arrival. */
const soonSeconds = 4;
/** So much of it is left at least to a transaction that relies on a wake-up already on its way. */
const commitSeconds = 2;

interface WakeUpTools {
    readonly queueClient: QueueClient;
    readonly clock: () => number;
    readonly log: Log;
}

/** @param queueUrl of the queue whose messages start the relay; none where the cell is alone */
export function openWakeUps(queueUrl: string | undefined, tools: WakeUpTools): WakeUps {
    if (queueUrl === undefined) {
        return { wakeRelay: async () => undefined, wakeRelaySoon: async () => undefined };
    }
    let reliedUponUntil = Number.NEGATIVE_INFINITY;
    return {
        async wakeRelay() {
            await send(queueUrl, 0, tools);
        },
        async wakeRelaySoon() {
            const now = tools.clock();
            if (now < reliedUponUntil) {
                return;
            }
            reliedUponUntil = now + (soonSeconds - commitSeconds) * 1_000;
            if (!(await send(queueUrl, soonSeconds, tools))) {
                reliedUponUntil = Number.NEGATIVE_INFINITY;
            }
        },
    };
}

/** @returns whether the queue says that it has the message */
async function send(
    queueUrl: string,
    delaySeconds: number,
    { queueClient, log }: WakeUpTools,
): Promise<boolean> {
    let error: unknown = "The queue did not accept the message.";
    try {
        const [isAccepted] = await queueClient.send(queueUrl, ["{}"], delaySeconds);
        if (isAccepted === true) {
            return true;
        }
    } catch (thrown) {
        error = thrown;
    }
    log("warn", "The relay was not woken; it looks again within a minute.", { error });
    return false;
}
