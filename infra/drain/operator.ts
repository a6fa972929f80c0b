import type { KeyValueStoreClient } from "../../app/aws/key-value-store";
import { healthKey, readHealth } from "../../app/monitoring/health-record";
import type { DrainCommand } from "./command-line";
import { drain, drainedKey, type Flags, readDrained, undrain } from "./flags";

export interface OperatorPorts {
    readonly store: KeyValueStoreClient;
    /** Every Region that has an API. */
    readonly regions: readonly string[];
    readonly nowSeconds: () => number;
}

export interface Outcome {
    /** As they are now. */
    readonly flags: Flags;
    /** Whether the command changed them. */
    readonly hasChanged: boolean;
}

/** The monitors write to the same store, at most every few seconds. */
const maxAttempts = 5;

/**
 * Does what the operator asks. It writes only over what it has read, and only its own key.
 * @throws Error saying what is refused, or that the store is out of reach
 */
export async function carryOut(command: DrainCommand, ports: OperatorPorts): Promise<Outcome> {
    const { store } = ports;
    if (command.kind === "status") {
        return { flags: await readFlags(ports), hasChanged: false };
    }
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        // Before what it belongs to: whatever changes in between makes the ETag an old one.
        const eTag = await reach(() => store.describe());
        const flags = await readFlags(ports);
        const drained =
            command.kind === "drain"
                ? drain(command.region, flags, command.isForced)
                : undrain(command.region, flags);
        if (drained === flags.drained) {
            return { flags, hasChanged: false };
        }
        const puts = { [drainedKey]: JSON.stringify(drained) };
        if (await reach(() => store.update(puts, eTag), unknownOutcome)) {
            return { flags: { ...flags, drained }, hasChanged: true };
        }
    }
    throw new Error(
        `Others changed the flags ${maxAttempts} times in between; nothing is changed. Try again.`,
    );
}

async function readFlags({ store, regions, nowSeconds }: OperatorPorts): Promise<Flags> {
    const [drained, health] = await reach(() =>
        Promise.all([store.get(drainedKey), store.get(healthKey)]),
    );
    return {
        regions,
        drained: readDrained(drained),
        health: readHealth(health),
        nowSeconds: nowSeconds(),
    };
}

const unknownOutcome =
    "The KeyValueStore did not answer, so it is not known whether the change was made; look at it " +
    "with npm run drain -- status.";

/** The store's own refusals say what is wrong; a network does not. */
async function reach<Result>(
    call: () => Promise<Result>,
    meaning = "The KeyValueStore does not answer; nothing is changed. Try again.",
): Promise<Result> {
    try {
        return await call();
    } catch (cause) {
        const { name, message } = cause as Error;
        if (name === "TimeoutError" || message === "fetch failed") {
            throw new Error(meaning, { cause });
        }
        throw cause;
    }
}
