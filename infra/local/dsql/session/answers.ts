import type { StatementPlan } from "../dialect/plan";
import { dataConflict, type Failure } from "../failure";
import {
    encodeCommandTag,
    encodeFailure,
    encodeNoData,
    encodeReadyForQuery,
    readCommandTag,
    readFailure,
    readTransactionStatus,
    replaceFailure,
} from "../wire/backend";
import { readBind } from "../wire/frontend";
import type { Message } from "../wire/message";
import { canBeRepaired, leaveWhole, repair } from "./repair";
import type { ExecuteExpectation, Expectation, Session } from "./state";
import { beginTransaction, endTransaction, noteChange } from "./transaction";

const aborted: Failure = {
    code: "25P02",
    message: "current transaction is aborted, commands ignored until end of transaction block",
};

/** PostgreSQL's ways to say what Aurora DSQL calls a conflict: serialization, lock, deadlock. */
const conflictCodes = new Set(["40001", "55P03", "40P01"]);

const noData = encodeNoData();
const readyInTransaction = encodeReadyForQuery("T");

/** Hands one message of PostgreSQL to the client, as far as it is meant for it. */
export function answer(session: Session, message: Message): void {
    if (session.hidden !== undefined) {
        answerHidden(session, message);
        return;
    }
    const [expected] = session.expectations;
    if (session.isMute) {
        if (message.type === "Z") {
            session.destroy();
        }
        return;
    }
    switch (message.type) {
        case "1":
            parsed(session, expected);
            return;
        case "2":
            complete(session, message, !isQuery(expected) && expected?.kind !== "savepoint");
            return;
        case "3":
            complete(session, message, expected?.kind !== "savepoint");
            return;
        case "T":
        case "n":
            described(session, message, expected);
            return;
        case "D":
            if (executed(expected)?.portal?.prepared.plan.hidesRows !== true) {
                session.toClient.append(message.bytes);
            }
            return;
        case "C":
            completed(session, message, expected);
            return;
        case "I":
        case "s":
            complete(session, message, true);
            return;
        case "G":
            session.phase = "copying";
            session.toClient.append(message.bytes);
            session.toClient.flush();
            session.resume();
            return;
        case "E":
            failed(session, message, expected);
            return;
        case "Z":
            ready(session, message);
            return;
        default:
            // Notices, parameters, the stream of a COPY, the description of parameters.
            session.toClient.append(message.bytes);
    }
}

function answerHidden(session: Session, message: Message): void {
    const { hidden } = session;
    if (message.type === "N" || message.type === "S") {
        return;
    }
    if (message.type === "Z") {
        session.status = readTransactionStatus(message);
        hidden?.onReady();
        return;
    }
    hidden?.onMessage(message);
}

function parsed(session: Session, expected: Expectation | undefined): void {
    if (expected?.kind === "parse") {
        const { name, prepared, origin } = expected.step;
        session.prepared.set(name, prepared);
        if (origin === "extended") {
            session.toClient.append(parseComplete);
        }
    }
    settle(session);
}

const parseComplete = Buffer.from([0x31, 0, 0, 0, 4]);

function isQuery(expected: Expectation | undefined): boolean {
    return expected !== undefined && "origin" in expected && expected.origin === "query";
}

function executed(expected: Expectation | undefined): ExecuteExpectation | undefined {
    return expected?.kind === "execute" ? expected : undefined;
}

function complete(session: Session, message: Message, isForClient: boolean): void {
    if (isForClient) {
        session.toClient.append(message.bytes);
    }
    settle(session);
}

function described(session: Session, message: Message, expected: Expectation | undefined): void {
    const describe = expected?.kind === "describe" ? expected : undefined;
    const hasRows = message.type === "T" && describe?.hidesRows !== true;
    if (hasRows) {
        session.toClient.append(message.bytes);
    } else if (describe?.origin === "extended") {
        session.toClient.append(noData);
    }
    settle(session);
}

function completed(session: Session, message: Message, expected: Expectation | undefined): void {
    const execution = executed(expected);
    if (execution !== undefined) {
        const plan = execution.portal?.prepared.plan;
        const tag = readCommandTag(message);
        if (plan !== undefined) {
            noteOutcome(session, execution, plan, tag);
        }
        if (tag === "COMMIT" && session.faults.strikes("dropAfterCommit")) {
            session.destroy();
            return;
        }
        session.toClient.append(
            plan?.commandTag === undefined ? message.bytes : encodeCommandTag(plan.commandTag),
        );
    }
    settle(session);
}

/** Keeps the transaction's record: what it changed, and whether it ended. */
function noteOutcome(
    session: Session,
    execution: ExecuteExpectation,
    plan: StatementPlan,
    tag: string,
): void {
    const { transaction, database } = session;
    if (transaction === undefined) {
        return;
    }
    if (plan.kind === "commit" || plan.kind === "rollback") {
        if (transaction.isExplicit) {
            finish(session, tag === "COMMIT");
        }
        return;
    }
    if (!transaction.isExplicit || !["write", "lock", "definition"].includes(plan.kind)) {
        return;
    }
    database.holders.add(session);
    const bind = execution.portal?.bind;
    const canRepeat = bind !== undefined && !execution.step.isPartial && !tag.startsWith("COPY");
    noteChange(
        transaction,
        canRepeat && plan.startsJob !== true
            ? {
                  text: plan.text,
                  parameterTypes: execution.portal?.prepared.parameterTypes ?? [],
                  ...bindingOf(bind),
                  commandTag: tag,
              }
            : undefined,
    );
}

function bindingOf(
    bytes: Buffer,
): Pick<ReturnType<typeof readBind>, "parameterFormats" | "parameters"> {
    const { parameterFormats, parameters } = readBind({ type: "B", bytes });
    return { parameterFormats, parameters };
}

function finish(session: Session, isCommitted: boolean): void {
    const { transaction, database } = session;
    if (transaction === undefined) {
        return;
    }
    session.transaction = undefined;
    database.holders.delete(session);
    endTransaction(transaction, isCommitted);
    if (!isCommitted) {
        return;
    }
    database.counts.commits += 1;
    if (transaction.content === "definition") {
        database.changeCatalog(session);
    }
    if (transaction.startsJob) {
        database.startJobs();
    }
}

function failed(session: Session, message: Message, expected: Expectation | undefined): void {
    const { code } = readFailure(message);
    const execution = executed(expected);
    session.hasFailed = true;
    session.portals.clear();
    if (execution !== undefined && conflictCodes.has(code)) {
        session.database.counts.conflicts += 1;
        if (canBeRepaired(session, execution)) {
            return void repair(session, execution);
        }
    }
    session.toClient.append(errorFor(session, message, expected, code));
    if (session.isWhole) {
        void leaveWhole(session, expected?.position ?? 0);
        return;
    }
    discardUntilSync(session);
    wake(session);
}

function errorFor(
    session: Session,
    message: Message,
    expected: Expectation | undefined,
    code: string,
): Buffer {
    if (expected?.kind === "refusal") {
        const isAborted = session.status === "E" && expected.failure !== dataConflict;
        return encodeFailure(isAborted ? aborted : expected.failure);
    }
    const isLost = conflictCodes.has(code) || session.transaction?.isDoomed === true;
    return isLost && session.status !== "E" ? replaceFailure(message, dataConflict) : message.bytes;
}

/** After an error PostgreSQL answers nothing up to the next Sync, sent already or not. */
export function discardUntilSync(session: Session): void {
    session.preparing.clear();
    const next = session.expectations.findIndex(({ kind }) => kind === "ready");
    if (next === -1) {
        session.expectations.length = 0;
        session.isSkipping = true;
    } else {
        session.expectations.splice(0, next);
    }
}

function ready(session: Session, message: Message): void {
    session.expectations.shift();
    session.status = readTransactionStatus(message);
    if (session.status === "I" && session.transaction !== undefined) {
        // Either it was implicit, or PostgreSQL ended it in a way of its own.
        finish(session, !session.transaction.isExplicit && !session.hasFailed);
    }
    if (session.status === "T" && session.transaction === undefined) {
        session.transaction = beginTransaction(true);
    }
    if (session.status !== "T") {
        session.portals.clear();
        session.database.holders.delete(session);
    }
    beginExchange(session);
    session.toClient.append(message.bytes);
    session.phase = "accepting";
    session.resume();
}

/** Forgets the exchange that has ended. */
export function beginExchange(session: Session): void {
    session.exchange = [];
    session.exchangeLength = 0;
    session.exchangeBytes = 0;
    session.hasFailed = false;
    session.isWhole = false;
    session.syncsLeft = 0;
    session.preparing.clear();
}

/** An answer is complete. */
function settle(session: Session): void {
    const { expectations } = session;
    expectations.shift();
    for (let [first] = expectations; isOwnReady(first); [first] = expectations) {
        session.toClient.append(readyInTransaction);
        expectations.shift();
    }
    wake(session);
}

function isOwnReady(expected: Expectation | undefined): boolean {
    return expected?.kind === "ready" && expected.isOwn;
}

/** Tells whoever waits for PostgreSQL to have answered everything. */
function wake(session: Session): void {
    if (session.expectations.length === 0) {
        session.whenDrained?.();
    }
}
