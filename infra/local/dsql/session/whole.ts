import type { StatementPlan } from "../dialect/plan";
import { findPrepared, type Session, type Step } from "./state";

/** Less than what is kept, because all of it may have to be sent again. */
const maxBytes = 524_288;

/**
 * A client that pipelines may have sent a transaction as a whole before its BEGIN is forwarded.
 * Then all of it goes to PostgreSQL at once, which saves a wait for every part of it. It needs no
 * savepoint either: it is never idle, so nobody asks it to step back.
 * @returns how many Syncs it has; 0 when it cannot be forwarded as a whole
 */
export function syncsOfWhole(session: Session, first: Step): number {
    const plans = new Map<string, StatementPlan>();
    const begin = planOf(session, first, plans);
    if (begin?.kind !== "begin" || begin.isReadOnly === true || !isUndisturbed(session)) {
        return 0;
    }
    session.readAhead();
    let syncs = 0;
    let hasCommit = false;
    let byteLength = 0;
    for (const step of session.steps) {
        if (step.kind === "sync") {
            syncs += 1;
            if (hasCommit) {
                return syncs;
            }
            continue;
        }
        const plan = planOf(session, step, plans);
        byteLength += "bytes" in step ? step.bytes.length : 0;
        if (byteLength > maxBytes || !isPart(step, plan) || (hasCommit && startsAnother(plan))) {
            return 0;
        }
        hasCommit ||= plan?.kind === "commit";
    }
    return 0;
}

/** Whether nothing speaks against a transaction before it has begun. */
function isUndisturbed(session: Session): boolean {
    return (
        session.status === "I" &&
        session.transaction === undefined &&
        session.faults.isQuiet &&
        session.commitMilliseconds() === 0 &&
        session.seenCatalogVersion === session.database.catalogVersion
    );
}

/** The plan of a statement that is prepared or bound; the list has those prepared before it. */
function planOf(
    session: Session,
    step: Step,
    plans: Map<string, StatementPlan>,
): StatementPlan | undefined {
    if (step.kind === "parse") {
        plans.set(step.name, step.prepared.plan);
        return step.prepared.plan;
    }
    return step.kind === "bind"
        ? (plans.get(step.statement) ?? findPrepared(session, step.statement)?.plan)
        : undefined;
}

function isPart({ kind }: Step, plan: StatementPlan | undefined): boolean {
    if (kind === "parse" || kind === "bind") {
        const isOrdinary = ["begin", "write", "lock", "read", "commit"].includes(plan?.kind ?? "");
        return isOrdinary && !/^\s*COPY/i.test(plan?.text ?? "");
    }
    return kind === "describe" || kind === "execute" || kind === "close";
}

function startsAnother(plan: StatementPlan | undefined): boolean {
    return plan !== undefined && plan.kind !== "commit";
}
