import type { Dialect, StatementPlan } from "../dialect/plan";
import type { Failure } from "../failure";
import type { Faults } from "../faults";
import type { SharedDatabase } from "../shared-database";
import type { Message } from "../wire/message";
import type { Outbox } from "./outbox";
import type { Transaction } from "./transaction";

/** A statement as a client prepared it. */
export interface Prepared {
    readonly plan: StatementPlan;
    readonly parameterTypes: readonly number[];
}

/** A statement that is bound to parameters. */
export interface Portal {
    readonly statement: string;
    readonly prepared: Prepared;
    /** The Bind message; undefined when it is too long to be kept. */
    readonly bind: Buffer | undefined;
}

/**
 * One thing to hand to PostgreSQL. "query" marks those that stand for a simple query, whose
 * client expects fewer answers.
 */
export type Step =
    | {
          readonly kind: "parse";
          readonly origin: Origin;
          readonly name: string;
          readonly prepared: Prepared;
          readonly bytes: Buffer;
      }
    | {
          readonly kind: "bind";
          readonly origin: Origin;
          readonly portal: string;
          readonly statement: string;
          readonly bytes: Buffer;
      }
    | {
          readonly kind: "describe";
          readonly origin: Origin;
          readonly target: "statement" | "portal";
          readonly name: string;
          readonly bytes: Buffer;
      }
    | {
          readonly kind: "execute";
          readonly origin: Origin;
          readonly portal: string;
          readonly isPartial: boolean;
          readonly bytes: Buffer;
      }
    | { readonly kind: "close"; readonly bytes: Buffer }
    | { readonly kind: "refuse"; readonly failure: Failure }
    | { readonly kind: "flush" }
    | { readonly kind: "sync" }
    /** Rows for a COPY; the last message says that there are no more, or that it failed. */
    | { readonly kind: "rows"; readonly isLast: boolean; readonly bytes: Buffer }
    | { readonly kind: "terminate"; readonly bytes: Buffer };

export type Origin = "query" | "extended";

/** An answer that PostgreSQL owes. */
export type Answer =
    | { readonly kind: "parse"; readonly step: Step & { kind: "parse" } }
    | { readonly kind: "bind"; readonly origin: Origin }
    | { readonly kind: "describe"; readonly origin: Origin; readonly hidesRows: boolean }
    | {
          readonly kind: "execute";
          readonly portal: Portal | undefined;
          readonly step: Step & { kind: "execute" };
      }
    | { readonly kind: "close" }
    | { readonly kind: "refusal"; readonly failure: Failure }
    /** Part of the setting of a savepoint, of which the client must not know. */
    | { readonly kind: "savepoint" }
    /** Not from PostgreSQL, if "own": the client sent a Sync that was not forwarded. */
    | { readonly kind: "ready"; readonly isOwn: boolean };

/** The answers come in the order of what was sent. */
export type Expectation = Answer & {
    /** Where the step stands in the exchange; what follows it may have to be sent again. */
    readonly position: number;
};

export type ExecuteExpectation = Expectation & { readonly kind: "execute" };

/** An exchange of the front door's own, of which the client must not know. */
export interface HiddenExchange {
    onMessage(message: Message): void;
    onReady(): void;
}

export type Phase =
    /** Steps are forwarded. */
    | "accepting"
    /** The exchange is complete; the next begins when PostgreSQL is ready again. */
    | "answering"
    /** The next step waits until all before it are answered. */
    | "draining"
    /** The front door is busy on its own: repairing, replaying, delaying. */
    | "busy"
    /** The client streams rows for a COPY. */
    | "copying"
    | "closed";

/** Everything that is known of one client's connection. */
export interface Session {
    readonly id: number;
    readonly database: SharedDatabase;
    readonly dialect: Dialect;
    readonly faults: Faults;
    readonly limits: SessionLimits;
    /** How long the commit of a transaction with changes takes longer; milliseconds. */
    readonly commitMilliseconds: () => number;
    /** The process of PostgreSQL that serves this session. */
    readonly serverProcessId: number;
    readonly toServer: Outbox;
    readonly toClient: Outbox;

    phase: Phase;
    status: "I" | "T" | "E";
    /** PostgreSQL discards what follows an error, up to the next Sync. */
    isSkipping: boolean;
    readonly expectations: Expectation[];
    /** Taken from the client but not forwarded yet. */
    readonly steps: Step[];
    /** What a simple query still asks for once the rows of its COPY have come. */
    readonly afterCopy: Step[];
    /** Forwarded since the last Sync; undefined when it is too much to be kept. */
    exchange: Step[] | undefined;
    exchangeLength: number;
    exchangeBytes: number;
    readonly prepared: Map<string, Prepared>;
    /** Sent to be prepared, and not acknowledged yet. */
    readonly preparing: Map<string, Prepared>;
    readonly portals: Map<string, Portal>;
    transaction: Transaction | undefined;
    /**
     * Of a transaction that is forwarded as a whole, from BEGIN to COMMIT, because the client has
     * sent all of it already (`whole.ts`): the Syncs that are yet to come. 0: none is.
     */
    syncsLeft: number;
    /** Whether such a transaction is under way. */
    isWhole: boolean;
    /** Whether the exchange has met an error. */
    hasFailed: boolean;
    seenCatalogVersion: number;
    hidden: HiddenExchange | undefined;
    whenDrained: (() => void) | undefined;
    /** The client is told nothing more, and loses its connection at the end of the exchange. */
    isMute: boolean;
    /** When PostgreSQL was last sent something that it has not answered; milliseconds. */
    askedAt: number;

    /** Takes in what else the client has sent already. */
    readAhead(): void;
    /** Goes on with the steps. */
    resume(): void;
    /** Ends both connections at once. */
    destroy(): void;
}

/** What a session may do; the values are Aurora DSQL's unless a test says otherwise. */
export interface SessionLimits {
    readonly transactionSeconds: number;
    readonly sessionSeconds: number;
}

/** The statement that a name stands for, as far as the client knows. */
export function findPrepared(session: Session, name: string): Prepared | undefined {
    return session.preparing.get(name) ?? session.prepared.get(name);
}
