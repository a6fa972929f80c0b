import { setTimeout as wait } from "node:timers/promises";
import { dataConflict, type Failure } from "../failure";
import { encodeFlush } from "../wire/frontend";
import { refuse, sendExecute, sendSync, staleCatalog, tooOld } from "./forward";
import { ask, drained, rollBack } from "./hidden";
import type { Session, Step } from "./state";
import { endTransaction, type Transaction } from "./transaction";

const flush = encodeFlush();

/**
 * Decides about a COMMIT once everything before it is answered: here a transaction learns that it
 * lost a conflict.
 */
export async function commit(session: Session, step: Step & { kind: "execute" }): Promise<void> {
    session.phase = "draining";
    session.toServer.append(flush);
    session.toServer.flush();
    await drained(session);
    const { transaction } = session;
    if (isClosed(session)) {
        return;
    }
    session.phase = "accepting";
    if (session.isSkipping || transaction === undefined) {
        // PostgreSQL would discard it: something before it failed.
        session.resume();
        return;
    }
    const isChange = transaction.holdsLocks;
    if (isChange && (await meetsFault(session))) {
        return;
    }
    const failure = whyNot(session, transaction);
    if (failure !== undefined) {
        session.phase = "busy";
        await ask(session, rollBack);
        endTransaction(transaction, false);
        session.transaction = undefined;
        session.database.holders.delete(session);
        if (isClosed(session)) {
            return;
        }
        session.phase = "accepting";
        refuse(session, failure);
    } else {
        sendExecute(session, step);
    }
    session.resume();
}

/** The Sync after changes without a BEGIN commits them. */
export async function commitImplicit(session: Session): Promise<void> {
    const { faults } = session;
    // What the client sent after its Sync must not go before it.
    session.phase = "busy";
    if ((await meetsFault(session)) || isClosed(session)) {
        return;
    }
    sendSync(session);
    if (faults.strikes("dropAfterCommit")) {
        // The statement's answer must not arrive either, so the client learns nothing.
        session.isMute = true;
    }
    session.resume();
}

function isClosed(session: Session): boolean {
    return session.phase === "closed";
}

/** Commit latency and injected faults; true when the connection was dropped. */
async function meetsFault(session: Session): Promise<boolean> {
    const { faults } = session;
    if (faults.strikes("dropBeforeCommit")) {
        session.destroy();
        return true;
    }
    const milliseconds =
        session.commitMilliseconds() + (faults.strikes("stall") ? faults.stallMilliseconds : 0);
    if (milliseconds > 0) {
        session.phase = "busy";
        session.toServer.flush();
        await wait(milliseconds);
        if (isClosed(session)) {
            return true;
        }
        session.phase = "accepting";
    }
    return false;
}

function whyNot(session: Session, transaction: Transaction): Failure | undefined {
    if (transaction.isDoomed) {
        return dataConflict;
    }
    if (!transaction.holdsLocks) {
        return undefined;
    }
    if (session.faults.strikes("conflictAtCommit")) {
        return dataConflict;
    }
    return tooOld(session, transaction) ?? staleCatalog(session);
}
