import { createFaults } from "../../../../../infra/local/dsql/faults";
import type { Session } from "../../../../../infra/local/dsql/session/state";
import {
    beginTransaction,
    type Transaction,
} from "../../../../../infra/local/dsql/session/transaction";

let lastProcessId = 0;

/** A session without streams, between two exchanges and outside of a transaction. */
export function fakeSession(changes: Partial<Session> = {}): Session {
    lastProcessId += 1;
    const outbox = { append: () => undefined, flush: () => true };
    return {
        id: lastProcessId,
        serverProcessId: lastProcessId,
        database: { catalogVersion: 0, counts: { stepBacks: 0 } },
        faults: createFaults(),
        limits: { transactionSeconds: 300, sessionSeconds: 3_600 },
        commitMilliseconds: () => 0,
        toServer: outbox,
        toClient: outbox,
        phase: "accepting",
        status: "I",
        expectations: [],
        steps: [],
        exchange: [],
        exchangeLength: 0,
        prepared: new Map(),
        preparing: new Map(),
        portals: new Map(),
        transaction: undefined,
        seenCatalogVersion: 0,
        hidden: undefined,
        askedAt: 0,
        readAhead: () => undefined,
        resume: () => undefined,
        destroy: () => undefined,
        ...changes,
    } as unknown as Session;
}

/** As it is after a change, with its client thinking. */
export function fakeTransaction(changes: Partial<Transaction> = {}): Transaction {
    return {
        ...beginTransaction(true),
        content: "rows",
        holdsLocks: true,
        hasSavepoint: true,
        ...changes,
    };
}
