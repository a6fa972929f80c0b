import type { Failure } from "../../infra/local/dsql/failure";
import {
    readCommandTag,
    readDataRow,
    readFailure,
    readRowDescription,
} from "../../infra/local/dsql/wire/backend";
import type { Message } from "../../infra/local/dsql/wire/message";

/** What one statement answered. */
export interface Result {
    /** "" for an empty query. */
    readonly tag: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (string | null)[])[];
}

/** What a batch answered; rows of a statement that failed halfway are left out. */
export interface Outcome {
    readonly results: readonly Result[];
    readonly failure?: Failure;
    readonly notices: readonly string[];
}

/** Sums up the messages between a batch and ReadyForQuery. */
export function outcomeOf(messages: readonly Message[]): Outcome {
    const results: Result[] = [];
    const notices: string[] = [];
    let failure: Failure | undefined;
    let columns: string[] = [];
    let rows: (string | null)[][] = [];
    for (const message of messages) {
        if (message.type === "T") {
            columns = readRowDescription(message).map(({ name }) => name);
        } else if (message.type === "D") {
            rows.push(readDataRow(message).map((value) => value?.toString("utf8") ?? null));
        } else if (message.type === "C" || message.type === "I") {
            const tag = message.type === "C" ? readCommandTag(message) : "";
            results.push({ tag, columns, rows });
            columns = [];
            rows = [];
        } else if (message.type === "N") {
            notices.push(readFailure(message).message);
        } else if (message.type === "E") {
            const { severity: _, fields: __, ...received } = readFailure(message);
            failure ??= received;
        }
    }
    return { results, notices, ...(failure === undefined ? {} : { failure }) };
}
