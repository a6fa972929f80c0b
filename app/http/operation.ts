import type { Session } from "../database/session";
import type { Neighbours } from "../replication/neighbours";
import type { ForwardingFunction } from "./forwarding";

/** A request that has been matched to an operation of the contract and checked against it. */
export interface Request {
    readonly tenantId: string;
    readonly requestId: string;
    /** Path parameters by name; ids are known to be UUIDs. */
    readonly path: Readonly<Record<string, string>>;
    /** Query parameters by name, only those of the contract; numbers are still text. */
    readonly query: Readonly<Record<string, string>>;
    /** Request headers, names in lower case. */
    readonly headers: Readonly<Record<string, string>>;
    /** The JSON body, valid for the operation's schema; undefined where the operation has none. */
    readonly body: unknown;
    /**
     * SHA-256 of the operation, the path parameters and the body in canonical form: equal for two
     * requests that ask for the same thing. What an `Idempotency-Key` is checked against.
     */
    readonly fingerprint: string;
}

/** What an operation answers. The body is written by `http/json.ts`. */
export interface Reply {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
}

/** The cell a function runs in. */
export interface Cell {
    readonly name: string;
    /** 1-255, the last byte of every id made here. */
    readonly number: number;
}

/** What every operation is given beside its request. */
export interface Services {
    readonly session: Session;
    readonly cell: Cell;
    readonly neighbours: Neighbours;
}

/** One operation of the contract and the code that answers it. */
export interface Route {
    readonly operationId: string;
    readonly handle: (request: Request, services: Services) => Promise<Reply>;
    /**
     * Given where only the home of what the request is about may answer: every other cell lets the
     * home do so. Without it each cell answers for itself.
     */
    readonly atHome?: {
        readonly functionName: ForwardingFunction;
        readonly idOf: (request: Request) => string;
        /** Whether doing it twice is as good as once, though no header says so. */
        readonly isRepeatable?: boolean;
    };
}
