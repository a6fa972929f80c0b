import { catalogConflict, dataConflict, type Failure } from "../failure";
import { encodeFailure, readFailure, replaceFailure } from "../wire/backend";
import type { Message } from "../wire/message";
import { wake } from "./exchange";
import { savepointName } from "./hidden";
import { canBeRepaired, leaveWhole, repair } from "./repair";
import type { Expectation, Session } from "./state";

const aborted: Failure = {
    code: "25P02",
    message: "current transaction is aborted, commands ignored until end of transaction block",
};

/** PostgreSQL's ways to say what Aurora DSQL calls a conflict: serialization, lock, deadlock. */
const conflictCodes = new Set(["40001", "55P03", "40P01"]);

/** PostgreSQL answers an error where something else was expected. */
export function failed(
    session: Session,
    message: Message,
    expected: Expectation | undefined,
): void {
    const { code } = readFailure(message);
    const execution = expected?.kind === "execute" ? expected : undefined;
    session.hasFailed = true;
    session.portals.clear();
    if (session.transaction !== undefined) {
        // PostgreSQL discards a COMMIT or ROLLBACK that follows the error.
        session.transaction.isEnding = false;
    }
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
    if (isCatalogRace(expected, message, code)) {
        return replaceFailure(message, catalogConflict);
    }
    const isLost = conflictCodes.has(code) || session.transaction?.isDoomed === true;
    return isLost && session.status !== "E"
        ? replaceFailure(message, dataConflict)
        : withoutInternals(message);
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

/**
 * PostgreSQL does not lock its catalogue against itself: the slower one of two definitions fails
 * on a unique index of the catalogue, or on a row that was just changed.
 */
function isCatalogRace(expected: Expectation | undefined, message: Message, code: string): boolean {
    if (expected?.kind !== "execute" || expected.portal?.prepared.plan.kind !== "definition") {
        return false;
    }
    const { message: text, fields } = readFailure(message);
    const isTupleRace = code === "XX000" && text.includes("tuple concurrently");
    return isTupleRace || (code === "23505" && fields.get("s") === "pg_catalog");
}

/** Where in our own functions an error arose is not for the client; Aurora DSQL has none. */
function withoutInternals(message: Message): Buffer {
    return message.bytes.includes(savepointName)
        ? replaceFailure(message, withoutDetail(readFailure(message)))
        : message.bytes;
}

function withoutDetail({ code, message, hint }: Failure): Failure {
    return { code, message, ...(hint === undefined ? {} : { hint }) };
}
