import type { FaultPlan } from "../../infra/local/dsql/faults";

/** A cell and where it lives. */
export interface Place {
    readonly name: string;
    readonly number: number;
    /** The Region that serves its API. */
    readonly home: string;
    /** The other Region of its database, if it has one. */
    readonly peer?: string;
}

/** What messages between cells suffer. */
export interface MessageFaults {
    readonly lossRate: number;
    readonly duplicationRate: number;
    readonly reorderRate: number;
    readonly delayMilliseconds: number;
}

/** Something that is broken on purpose. */
export type Fault =
    | { readonly kind: "cellDown"; readonly cell: string }
    | { readonly kind: "regionDown"; readonly region: string; readonly cell: string }
    /** A black hole, unlike one that is down: connections come to nothing. */
    | { readonly kind: "regionLost"; readonly region: string; readonly cell: string }
    /** All Regions of it. */
    | { readonly kind: "cellLost"; readonly regions: readonly string[]; readonly cell: string }
    /** It answers late. */
    | { readonly kind: "regionSlow"; readonly region: string; readonly milliseconds: number }
    /** Its APIs answer 503. */
    | { readonly kind: "regionUnavailable"; readonly region: string }
    /** Its health is good and bad by turns. */
    | { readonly kind: "healthFlaps"; readonly region: string }
    /** Neither the edge nor the monitors reach the KeyValueStore. */
    | { readonly kind: "storesUnreachable" }
    /** Nothing gets from one cell to the other; the way back is another fault. */
    | { readonly kind: "cut"; readonly from: Place; readonly to: Place }
    | {
          readonly kind: "slow";
          readonly from: Place;
          readonly to: Place;
          readonly milliseconds: number;
      }
    | { readonly kind: "messages"; readonly faults: MessageFaults }
    | { readonly kind: "database"; readonly cell: string; readonly plan: FaultPlan }
    | {
          readonly kind: "kill";
          /** Part of the name of the functions that die. */
          readonly functionName: string;
          /** At which of its waits for a socket or a timer an invocation dies. */
          readonly afterAwaits: number;
          /** How many invocations die. */
          readonly count: number;
      };

export type FaultKind = Fault["kind"];

/** What can be broken, whoever breaks it. Each is idempotent. */
export interface Switches {
    set(fault: Fault): Promise<void>;
    /** Repairs everything. */
    heal(): Promise<void>;
    /** How often what has happened so far, for the report. */
    counts(): Promise<Readonly<Record<string, number>>>;
    /** The same of what a drill has to have seen, in words. */
    rareCounts(): Promise<Readonly<Record<string, number>>>;
}
