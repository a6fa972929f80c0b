import type { Shadow } from "../dialect/plan";
import { dataConflict } from "../failure";
import { encodeCommandTag, readDataRow, readParameterDescription } from "../wire/backend";
import {
    encodeBind,
    encodeClose,
    encodeDescribe,
    encodeExecute,
    encodeParse,
    encodeSync,
    readBind,
} from "../wire/frontend";
import type { Message } from "../wire/message";
import { beginExchange } from "./exchange";
import { refuse } from "./forward";
import { ask, beginAgain, rollBack, savepointName } from "./hidden";
import type { ExecuteExpectation, Prepared, Session } from "./state";
import { undo } from "./step-back";

const sync = encodeSync();
const nothing = Buffer.alloc(0);

/**
 * Whether a statement that PostgreSQL refused because of a conflict can be answered as Aurora DSQL
 * would, which tells of the conflict at COMMIT.
 */
export function canBeRepaired(session: Session, execution: ExecuteExpectation): boolean {
    const { transaction, exchange } = session;
    return (
        transaction?.isExplicit === true &&
        (transaction.hasSavepoint || session.isWhole) &&
        exchange !== undefined &&
        execution.portal?.bind !== undefined &&
        execution.portal.prepared.plan.shadow !== undefined
    );
}

/** Answers the statement from the transaction's own snapshot, and goes on with what followed it. */
export async function repair(session: Session, execution: ExecuteExpectation): Promise<void> {
    const { transaction, exchange = [] } = session;
    const shadow = execution.portal?.prepared.plan.shadow;
    if (transaction === undefined || shadow === undefined) {
        return;
    }
    session.phase = "busy";
    const following = exchange.slice(execution.position + 1);
    transaction.isDoomed = true;
    session.database.counts.repairs += 1;
    await reachEnd(session);
    if (transaction.hasSavepoint) {
        await undo(session, transaction);
    } else {
        transaction.hasSavepoint = true;
        if (session.status !== "I") {
            await ask(session, rollBack);
        }
        await ask(session, beginAgain);
    }
    const commandTag = await answerFromSnapshot(session, execution, shadow);
    if (isClosed(session)) {
        return;
    }
    beginExchange(session);
    session.steps.unshift(...following);
    session.phase = "accepting";
    if (commandTag === undefined) {
        refuse(session, dataConflict);
    } else {
        session.toClient.append(encodeCommandTag(commandTag));
    }
    session.resume();
}

/** Lets PostgreSQL come to the end of what it was sent. */
async function reachEnd(session: Session): Promise<void> {
    const hasSync = session.expectations.some((one) => one.kind === "ready" && !one.isOwn);
    session.expectations.length = 0;
    await ask(session, hasSync ? nothing : sync);
}

/**
 * Something in a transaction that was forwarded as a whole has failed. What follows it goes the
 * usual way, step by step, so that PostgreSQL says to each of them what it has to say.
 */
export async function leaveWhole(session: Session, position: number): Promise<void> {
    const { exchange = [] } = session;
    session.phase = "busy";
    await reachEnd(session);
    if (isClosed(session)) {
        return;
    }
    beginExchange(session);
    session.steps.unshift(...exchange.slice(position + 1));
    session.isSkipping = true;
    session.phase = "accepting";
    session.resume();
}

function isClosed(session: Session): boolean {
    return session.phase === "closed";
}

/** @returns the command tag; undefined when the snapshot gave no answer */
async function answerFromSnapshot(
    session: Session,
    { portal }: ExecuteExpectation,
    shadow: Shadow,
): Promise<string | undefined> {
    if (shadow.kind === "rowCount") {
        return shadow.commandTag;
    }
    if (portal?.bind === undefined) {
        return undefined;
    }
    const binding = readBind({ type: "B", bytes: portal.bind });
    const parameterTypes = await typesOfParameters(session, portal.prepared);
    let rows = 0;
    let count: string | undefined;
    const see = (message: Message): void => {
        if (message.type !== "D") {
            return;
        }
        rows += 1;
        if (shadow.kind === "rowsQuery") {
            session.toClient.append(message.bytes);
            session.toClient.flush();
        } else {
            count = readDataRow(message)[0]?.toString();
        }
    };
    const name = `${savepointName}_shadow`;
    const { failure } = await ask(
        session,
        Buffer.concat([
            // The one before may have failed before it closed its statement.
            encodeClose({ target: "statement", name }),
            encodeParse({ name, text: shadow.text, parameterTypes }),
            encodeBind({
                ...binding,
                portal: name,
                statement: name,
                resultFormats: shadow.kind === "rowsQuery" ? binding.resultFormats : [],
            }),
            encodeExecute({ portal: name, maxRows: 0 }),
            encodeClose({ target: "portal", name }),
            sync,
        ]),
        see,
    );
    if (failure !== undefined) {
        return undefined;
    }
    return `${shadow.command} ${shadow.kind === "rowsQuery" ? rows : (count ?? "0")}`;
}

/** A shadow may leave out what tells PostgreSQL a parameter's type, so the statement is asked. */
async function typesOfParameters(
    session: Session,
    { plan, parameterTypes }: Prepared,
): Promise<readonly number[]> {
    let types: readonly number[] = [];
    const name = `${savepointName}_types`;
    await ask(
        session,
        Buffer.concat([
            encodeClose({ target: "statement", name }),
            encodeParse({ name, text: plan.text, parameterTypes }),
            encodeDescribe({ target: "statement", name }),
            sync,
        ]),
        (message) => {
            if (message.type === "t") {
                types = readParameterDescription(message);
            }
        },
    );
    return types;
}
