import { encodeBind, encodeClose, encodeExecute, encodeParse, encodeSync } from "../wire/frontend";
import { ask, rollBackToSavepoint, savepointName } from "./hidden";
import type { Session } from "./state";
import type { Replayable, Transaction } from "./transaction";

/**
 * Whether the session's transaction holds locks and nobody is waiting for it to do anything: its
 * client may think about its next statement for minutes, and on Aurora DSQL that hinders nobody.
 */
export function canStepBack(session: Session): boolean {
    const { transaction } = session;
    return (
        session.phase === "accepting" &&
        session.status === "T" &&
        session.exchangeLength === 0 &&
        session.steps.length === 0 &&
        transaction?.hasSavepoint === true &&
        transaction.holdsLocks &&
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
    const changes = transaction.changes ?? [];
    if (!transaction.isDoomed) {
        transaction.holdsLocks = true;
        session.database.holders.add(session);
        session.database.watch(session);
        const answer = await ask(
            session,
            Buffer.concat([...changes.map(encodeChange), encodeSync()]),
        );
        const isSame =
            answer.failure === undefined &&
            changes.every(({ commandTag }, index) => answer.commandTags[index] === commandTag);
        if (!isSame) {
            transaction.isDoomed = true;
            await undo(session, transaction);
        }
    }
    goOn(session);
}

function goOn(session: Session): void {
    if (session.phase !== "closed") {
        session.phase = "accepting";
        session.resume();
    }
}

const replayName = `${savepointName}_replay`;

function encodeChange(change: Replayable): Buffer {
    return Buffer.concat([
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
        encodeClose({ target: "statement", name: replayName }),
    ]);
}
