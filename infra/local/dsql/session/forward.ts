import type { StatementPlan } from "../dialect/plan";
import { catalogConflict, dataConflict, type Failure } from "../failure";
import { encodeExecute, encodeFlush, encodeSync } from "../wire/frontend";
import { commit, commitImplicit } from "./commit";
import { expect } from "./exchange";
import { savepointName, setSavepoint } from "./hidden";
import { findPrepared, type Session, type Step } from "./state";
import { replayChanges } from "./step-back";
import { beginTransaction, contentAfter, type Transaction } from "./transaction";
import { syncsOfWhole } from "./whole";

/** What is longer is not kept, so a conflict in it is told at the statement. */
const maxKeptBytes = 1_048_576;

const flush = encodeFlush();
const sync = encodeSync();

// There is no such portal, so PostgreSQL answers an error and does all that follows from one.
const refused = encodeExecute({ portal: `${savepointName}_refused`, maxRows: 0 });

/** Hands one step to PostgreSQL, or something in its place. */
export function forward(session: Session, step: Step): void {
    if (session.exchangeLength === 0 && session.transaction?.isSteppedBack === true) {
        session.steps.unshift(step);
        void replayChanges(session);
        return;
    }
    if (step.kind === "execute" && session.transaction?.isEnding === true) {
        // It is no part of that transaction, so its end has to be known first.
        session.steps.unshift(step);
        waitForAnswers(session);
        return;
    }
    if (session.exchangeLength === 0) {
        session.syncsLeft = syncsOfWhole(session, step);
        session.isWhole = session.syncsLeft > 0;
    }
    keep(session, step);
    switch (step.kind) {
        case "parse":
            session.preparing.set(step.name, step.prepared);
            expect(session, { kind: "parse", step });
            send(session, step.bytes);
            return;
        case "bind":
            forwardBind(session, step);
            return;
        case "describe": {
            const plan = planOf(session, step.target, step.name);
            const hidesRows = plan?.hidesRows === true;
            expect(session, { kind: "describe", origin: step.origin, hidesRows });
            send(session, step.bytes);
            return;
        }
        case "execute":
            forwardExecute(session, step);
            return;
        case "close":
            expect(session, { kind: "close" });
            send(session, step.bytes);
            return;
        case "refuse":
            refuse(session, step.failure);
            return;
        case "flush":
            send(session, flush);
            return;
        case "sync":
            commitsImplicitly(session) ? void commitImplicit(session) : sendSync(session);
            return;
        case "terminate":
            session.phase = "closed";
            send(session, step.bytes);
            return;
        case "rows":
            // PostgreSQL ignores them, too, when no COPY is under way.
            return;
    }
}

/** Ends the exchange: PostgreSQL answers that it is ready for the next. */
export function sendSync(session: Session): void {
    session.isSkipping = false;
    session.syncsLeft -= session.isWhole ? 1 : 0;
    session.phase = session.syncsLeft > 0 ? "accepting" : "answering";
    expect(session, { kind: "ready", isOwn: session.phase === "accepting" });
    if (session.phase === "answering") {
        send(session, sync);
    }
}

/** Whether the end of the exchange commits changes that were made without a BEGIN. */
function commitsImplicitly(session: Session): boolean {
    const { transaction, isSkipping } = session;
    return transaction?.isExplicit === false && transaction.holdsLocks && !isSkipping;
}

/** Lets PostgreSQL fail where the step would stand, and gives its error our text. */
export function refuse(session: Session, failure: Failure): void {
    expect(session, { kind: "refusal", failure });
    send(session, refused);
}

function send(session: Session, bytes: Buffer): void {
    session.askedAt = performance.now();
    session.toServer.append(bytes);
}

function keep(session: Session, step: Step): void {
    session.exchangeLength += 1;
    session.exchangeBytes += "bytes" in step ? step.bytes.length : 0;
    if (session.exchangeBytes > maxKeptBytes) {
        session.exchange = undefined;
    }
    session.exchange?.push(step);
}

function planOf(
    session: Session,
    target: "statement" | "portal",
    name: string,
): StatementPlan | undefined {
    return target === "statement"
        ? findPrepared(session, name)?.plan
        : session.portals.get(name)?.prepared.plan;
}

function forwardBind(session: Session, step: Step & { kind: "bind" }): void {
    const prepared = findPrepared(session, step.statement);
    if (prepared !== undefined) {
        const bind = step.bytes.length > maxKeptBytes ? undefined : step.bytes;
        session.portals.set(step.portal, { statement: step.statement, prepared, bind });
    }
    expect(session, { kind: "bind", origin: step.origin });
    send(session, step.bytes);
}

function forwardExecute(session: Session, step: Step & { kind: "execute" }): void {
    const portal = session.portals.get(step.portal);
    const plan = portal?.prepared.plan;
    if (plan !== undefined && session.status !== "E") {
        const endsTransaction = plan.kind === "commit" && session.transaction?.isExplicit === true;
        if (endsTransaction && !session.isWhole) {
            void commit(session, step);
            return;
        }
        const failure = admit(session, plan);
        if (failure !== undefined) {
            refuse(session, failure);
            return;
        }
    }
    sendExecute(session, step);
    if (plan?.kind === "begin" && session.transaction !== undefined) {
        session.transaction.hasSavepoint = plan.isReadOnly !== true && !session.isWhole;
        if (session.transaction.hasSavepoint) {
            // It is bound, run and closed.
            for (let answer = 0; answer < 3; answer += 1) {
                expect(session, { kind: "savepoint" });
            }
            send(session, setSavepoint);
        }
    }
}

/** Hands on an Execute that nothing speaks against. */
export function sendExecute(session: Session, step: Step & { kind: "execute" }): void {
    const portal = session.portals.get(step.portal);
    expect(session, { kind: "execute", portal, step });
    send(session, step.bytes);
    const plan = portal?.prepared.plan;
    const isEnd = plan?.kind === "commit" || plan?.kind === "rollback";
    if (isEnd && session.transaction?.isExplicit === true) {
        session.transaction.isEnding = true;
    }
    if (plan?.text.trimStart().slice(0, 4).toUpperCase() === "COPY") {
        // PostgreSQL ignores a Sync while it takes in rows, so none may follow yet.
        waitForAnswers(session);
    }
}

/** Lets PostgreSQL answer everything before the next step. */
function waitForAnswers(session: Session): void {
    session.phase = "draining";
    send(session, flush);
    session.whenDrained = () => {
        session.whenDrained = undefined;
        session.steps.unshift(...session.afterCopy.splice(0));
        session.phase = "accepting";
        session.resume();
    };
}

/** Takes the statement into the transaction, or tells why it may not be part of it. */
function admit(session: Session, plan: StatementPlan): Failure | undefined {
    if (plan.kind === "begin") {
        if (session.transaction?.isExplicit !== true) {
            session.transaction = beginTransaction(true);
        }
        return undefined;
    }
    if (["session", "empty", "commit", "rollback"].includes(plan.kind)) {
        return undefined;
    }
    session.transaction ??= beginTransaction(false);
    const { transaction } = session;
    const failure = tooOld(session, transaction) ?? staleCatalog(session) ?? strike(session, plan);
    if (failure !== undefined) {
        return failure;
    }
    const content = contentAfter(transaction.content, plan.kind);
    if (typeof content !== "string") {
        return content;
    }
    transaction.content = content;
    transaction.startsJob ||= plan.startsJob === true;
    transaction.holdsLocks ||= content !== "nothing";
    return undefined;
}

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html */
export function tooOld(session: Session, transaction: Transaction): Failure | undefined {
    const { transactionSeconds } = session.limits;
    const ageMilliseconds = performance.now() - transaction.startedAt;
    return ageMilliseconds <= transactionSeconds * 1_000
        ? undefined
        : {
              code: "54000",
              message: `transaction age limit of ${transactionSeconds}s exceeded`,
          };
}

/** Once for each change of the catalogue that this session has not seen. */
export function staleCatalog(session: Session): Failure | undefined {
    const { catalogVersion } = session.database;
    if (session.seenCatalogVersion >= catalogVersion) {
        return undefined;
    }
    session.seenCatalogVersion = catalogVersion;
    return catalogConflict;
}

/** Injected faults that a statement meets. */
function strike(session: Session, plan: StatementPlan): Failure | undefined {
    if (session.faults.strikes("catalogConflict")) {
        return catalogConflict;
    }
    const commitsItself = session.transaction?.isExplicit !== true && plan.kind === "write";
    return commitsItself && session.faults.strikes("conflictAtCommit") ? dataConflict : undefined;
}
