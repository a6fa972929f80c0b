import {
    encodeCommandTag,
    encodeNoData,
    readCommandTag,
    readTransactionStatus,
} from "../wire/backend";
import type { Message } from "../wire/message";
import { beginExchange, settle } from "./exchange";
import { failed } from "./failed";
import { finish, noteOutcome } from "./outcome";
import type { ExecuteExpectation, Expectation, Session } from "./state";
import { beginTransaction } from "./transaction";

const noData = encodeNoData();

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
            session.toClient.append(message.bytes);
            session.toClient.flush();
            takeRows(session, executed(expected));
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

/** The rows are sent after the whole query, and belong before the rest of it. */
function takeRows(session: Session, execution: ExecuteExpectation | undefined): void {
    if (execution?.step.origin === "query") {
        const end = session.steps.findIndex(({ kind }) => kind === "sync");
        session.afterCopy.push(...session.steps.splice(0, end + 1));
    }
    session.phase = "copying";
    session.resume();
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
