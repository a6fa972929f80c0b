import { readDataRow } from "../wire/backend";
import { encodeBind, encodeClose, encodeExecute, encodeParse, encodeSync } from "../wire/frontend";
import { ask, type HiddenAnswer, rollBackToSavepoint, savepointName } from "./hidden";
import type { Session } from "./state";
import type { Replayable, Transaction } from "./transaction";

/**
 * Whether nobody is waiting for the session's transaction to do anything: its client may think
 * about its next statement for minutes, and on Aurora DSQL that hinders nobody.
 */
export function canStepBack(session: Session): boolean {
    const { transaction } = session;
    return (
        session.phase === "accepting" &&
        session.status === "T" &&
        session.exchangeLength === 0 &&
        session.steps.length === 0 &&
        transaction?.hasSavepoint === true &&
        !transaction.isSteppedBack
    );
}

/** Undoes the changes of a transaction that `canStepBack`; they are made again later. */
export async function stepBack(session: Session): Promise<void> {
    const { transaction } = session;
    if (transaction === undefined) {
        return;
    }
    session.phase = "busy";
    session.database.counts.stepBacks += 1;
    const { lastValue } = await askWithValue(session, Buffer.concat([askWritten, encodeSync()]));
    transaction.written = lastValue;
    await undo(session, transaction);
    if (transaction.changes === undefined) {
        transaction.isDoomed = true;
    } else {
        transaction.isSteppedBack = true;
    }
    goOn(session);
}

/** Undoes what the transaction changed and keeps its snapshot. */
export async function undo(session: Session, transaction: Transaction): Promise<void> {
    const { failure } = await ask(session, rollBackToSavepoint);
    transaction.holdsLocks = false;
    session.database.holders.delete(session);
    if (failure !== undefined && session.phase !== "closed") {
        // Without its savepoint nothing is known of the transaction any more.
        session.destroy();
    }
}

/**
 * Makes the changes again, on the old snapshot. If they cannot be made, or come out differently,
 * another transaction was first.
 */
export async function replayChanges(session: Session): Promise<void> {
    const { transaction } = session;
    if (transaction === undefined) {
        return;
    }
    session.phase = "busy";
    transaction.isSteppedBack = false;
    if (!transaction.isDoomed) {
        transaction.holdsLocks = transaction.content !== "nothing" || Boolean(transaction.written);
        // Otherwise it is told so before anything else, and the changes may not fit the tables.
        if (session.seenCatalogVersion === session.database.catalogVersion) {
            await replay(session, transaction);
        }
    }
    goOn(session);
}

async function replay(session: Session, transaction: Transaction): Promise<void> {
    const { changes = [], holdsLocks } = transaction;
    if (holdsLocks) {
        session.database.holders.add(session);
        session.database.watch(session);
    }
    const answer = await askWithValue(
        session,
        Buffer.concat([...changes.map(encodeChange), askWritten, encodeSync()]),
    );
    const isSame =
        answer.failure === undefined &&
        answer.lastValue === transaction.written &&
        changes.every(({ commandTag }, index) => answer.commandTags[index] === commandTag);
    if (!isSame) {
        transaction.isDoomed = true;
        await undo(session, transaction);
    }
}

function goOn(session: Session): void {
    if (session.phase !== "closed") {
        session.phase = "accepting";
        session.resume();
    }
}

/** @returns with it the first value of the last row */
async function askWithValue(
    session: Session,
    bytes: Buffer,
): Promise<HiddenAnswer & { readonly lastValue: string | undefined }> {
    let lastValue: string | undefined;
    const answer = await ask(session, bytes, (message) => {
        if (message.type === "D") {
            lastValue = readDataRow(message)[0]?.toString();
        }
    });
    return { ...answer, lastValue };
}

const replayName = `${savepointName}_replay`;

function encodeChange(change: Omit<Replayable, "commandTag">): Buffer {
    return Buffer.concat([
        // An earlier replay may have failed before it closed its statement.
        encodeClose({ target: "statement", name: replayName }),
        encodeParse({
            name: replayName,
            text: change.text,
            parameterTypes: change.parameterTypes,
        }),
        encodeBind({
            portal: replayName,
            statement: replayName,
            parameterFormats: change.parameterFormats,
            parameters: change.parameters,
            resultFormats: [],
        }),
        encodeExecute({ portal: replayName, maxRows: 0 }),
        encodeClose({ target: "portal", name: replayName }),
    ]);
}

// How much the transaction wrote, as the triggers count it (`server/write-limits.ts`). A function
// that is called in a SELECT may have written, too, and nothing else tells.
const askWritten = encodeChange({
    text: "SELECT pg_catalog.current_setting('dsql_internal.written', true)",
    parameterTypes: [],
    parameterFormats: [],
    parameters: [],
});
