import { encodeReadyForQuery } from "../wire/backend";
import type { Answer, Expectation, Session } from "./state";

const readyInTransaction = encodeReadyForQuery("T");

/** Notes what PostgreSQL will answer to the step that was taken last. */
export function expect(session: Session, answer: Answer): void {
    session.expectations.push({ ...answer, position: (session.exchange?.length ?? 0) - 1 });
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
export function settle(session: Session): void {
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
export function wake(session: Session): void {
    if (session.expectations.length === 0) {
        session.whenDrained?.();
    }
}
