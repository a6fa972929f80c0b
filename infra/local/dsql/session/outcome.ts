import type { StatementPlan } from "../dialect/plan";
import { readBind } from "../wire/frontend";
import type { ExecuteExpectation, Session } from "./state";
import { endTransaction, noteChange } from "./transaction";

/** Keeps the transaction's record: what it changed, and whether it ended. */
export function noteOutcome(
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
    // Going back to the savepoint undoes a SET, too.
    const isSetting = plan.kind === "session" && tag !== "SHOW";
    const isChange = ["write", "lock", "definition"].includes(plan.kind);
    if (!transaction.isExplicit || !(isChange || isSetting)) {
        return;
    }
    if (isChange) {
        database.holders.add(session);
        // Somebody may have begun to wait for it before it was known to hold anything.
        database.watch(session);
    }
    const bind = execution.portal?.bind;
    noteChange(
        transaction,
        bind !== undefined && canRepeat(execution, plan, tag)
            ? {
                  text: plan.text,
                  parameterTypes: execution.portal?.prepared.parameterTypes ?? [],
                  ...bindingOf(bind),
                  commandTag: tag,
              }
            : undefined,
    );
}

function canRepeat({ step }: ExecuteExpectation, plan: StatementPlan, tag: string): boolean {
    const isStream = step.isPartial || tag.startsWith("COPY") || tag === "DECLARE CURSOR";
    return !isStream && plan.startsJob !== true && !returnsNewValues(plan.text);
}

/** The client may have been told an id that the database would make anew, and differently. */
function returnsNewValues(text: string): boolean {
    return /\breturning\b/i.test(text) && /\binsert\b|random|nextval|clock_timestamp/i.test(text);
}

function bindingOf(
    bytes: Buffer,
): Pick<ReturnType<typeof readBind>, "parameterFormats" | "parameters"> {
    const { parameterFormats, parameters } = readBind({ type: "B", bytes });
    return { parameterFormats, parameters };
}

/** The transaction is over. */
export function finish(session: Session, isCommitted: boolean): void {
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
