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
