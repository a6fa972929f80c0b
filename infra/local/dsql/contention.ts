import type { Session } from "./session/state";
import { canStepBack, stepBack } from "./session/step-back";
import { declareRivals, type Transaction } from "./session/transaction";

/** For each waiting process of PostgreSQL, one that it waits for. */
export type FindBlockers = (
    processIds: readonly number[],
) => Promise<readonly { readonly waiting: number; readonly blocking: number }[]>;

/** Sees to it that nobody waits for a transaction whose client is thinking. */
export interface ContentionWatch {
    /** Looks on as long as somebody holds locks and somebody else is not answered. */
    look(waiting: Session): void;
    stop(): void;
}

/** How long a statement may take before it is suspected of waiting. */
const patienceMilliseconds = 2;
/** Whoever is waited for may become idle at any time, and the waiting ends after 250 ms. */
const maxPauseMilliseconds = 16;

/**
 * PostgreSQL makes a statement wait for a row that another transaction changed; Aurora DSQL does
 * not. So whoever is waited for, and is idle, steps back.
 */
export function watchContention(
    sessions: ReadonlySet<Session>,
    holders: ReadonlySet<Session>,
    findBlockers: FindBlockers,
): ContentionWatch {
    const patience = createPatience();
    let timer: NodeJS.Timeout | undefined;
    let isLooking = false;
    let isStopped = false;

    const tick = async (): Promise<void> => {
        timer = undefined;
        const now = performance.now();
        const unanswered = [...sessions].filter(isUnanswered);
        // A change of the catalogue also waits for those who have only read.
        const isInTheWay = unanswered.some(changesCatalog) ? sessions : holders;
        const suspects = [...isInTheWay].some(canStepBack)
            ? unanswered.filter((session) => patience.isDue(session, now))
            : [];
        if (suspects.length > 0 && !isLooking) {
            for (const session of suspects) {
                patience.postpone(session, now);
            }
            isLooking = true;
            // Who waits too long is told of a conflict by PostgreSQL itself.
            await clearTheWay(suspects, sessions, findBlockers).catch(() => undefined);
            isLooking = false;
        }
        const [first] = unanswered;
        if (first !== undefined) {
            look(unanswered.find(changesCatalog) ?? first);
        }
    };
    const look = (waiting: Session): void => {
        const isWorthIt = holders.size > 0 || changesCatalog(waiting);
        if (timer === undefined && !isStopped && isWorthIt) {
            timer = setTimeout(() => void tick(), patienceMilliseconds);
        }
    };
    return {
        look,
        stop() {
            isStopped = true;
            clearTimeout(timer);
        },
    };
}

/** When to look what keeps a session waiting: soon, then less and less often. */
function createPatience() {
    const looks = new WeakMap<Session, { askedAt: number; nextLookAt: number; pause: number }>();
    return {
        isDue(session: Session, now: number): boolean {
            const look = looks.get(session);
            if (look === undefined || look.askedAt !== session.askedAt) {
                const nextLookAt = session.askedAt + patienceMilliseconds;
                looks.set(session, {
                    askedAt: session.askedAt,
                    nextLookAt,
                    pause: patienceMilliseconds,
                });
                return now >= nextLookAt;
            }
            return now >= look.nextLookAt;
        },
        postpone(session: Session, now: number): void {
            const look = looks.get(session);
            if (look !== undefined) {
                look.pause = Math.min(look.pause * 2, maxPauseMilliseconds);
                look.nextLookAt = now + look.pause;
            }
        },
    };
}

function isUnanswered(session: Session): boolean {
    return session.expectations.length > 0 || session.hidden !== undefined;
}

function changesCatalog({ transaction }: Session): boolean {
    return transaction?.content === "definition";
}

async function clearTheWay(
    suspects: readonly Session[],
    sessions: ReadonlySet<Session>,
    findBlockers: FindBlockers,
): Promise<void> {
    // By the time of the answer a session may be at another transaction, which nobody waits for.
    const byProcess = new Map(
        [...sessions].map((session) => [
            session.serverProcessId,
            { session, transaction: session.transaction },
        ]),
    );
    const pairs = await findBlockers(suspects.map(({ serverProcessId }) => serverProcessId));
    for (const { waiting, blocking } of pairs) {
        const waiter = byProcess.get(waiting);
        const holder = byProcess.get(blocking);
        if (!isStillAt(waiter) || !isStillAt(holder) || !canStepBack(holder.session)) {
            continue;
        }
        // A change of rows and one of the catalogue hinder each other only in PostgreSQL.
        const [one, other] = [waiter.transaction, holder.transaction];
        if (one !== undefined && other !== undefined && one.content === other.content) {
            declareRivals(one, other);
        }
        void stepBack(holder.session);
    }
}

interface Part {
    readonly session: Session;
    readonly transaction: Transaction | undefined;
}

function isStillAt(part: Part | undefined): part is Part {
    return part !== undefined && part.session.transaction === part.transaction;
}
