import type { Failure } from "../failure";
import { readCommandTag, readFailure } from "../wire/backend";
import { encodeBind, encodeClose, encodeExecute, encodeParse, encodeSync } from "../wire/frontend";
import type { Message } from "../wire/message";
import type { Session } from "./state";

/** What an exchange of the front door's own came to. */
export interface HiddenAnswer {
    readonly failure: Failure | undefined;
    readonly commandTags: readonly string[];
}

/** The savepoint that every transaction with changes can step back to. */
export const savepointName = "dsql_internal";
const undoName = `${savepointName}_undo`;
const beginName = `${savepointName}_begin`;
const endName = `${savepointName}_end`;

/**
 * Prepared on every connection. Simple queries would do, but each of them makes PostgreSQL forget
 * the client's unnamed statement.
 */
export const hiddenStatements: readonly Buffer[] = [
    encodeParse({
        name: savepointName,
        text: `SAVEPOINT ${savepointName}`,
        parameterTypes: [],
    }),
    encodeParse({
        name: undoName,
        text: `ROLLBACK TO SAVEPOINT ${savepointName}`,
        parameterTypes: [],
    }),
    encodeParse({
        name: beginName,
        text: "BEGIN ISOLATION LEVEL REPEATABLE READ",
        parameterTypes: [],
    }),
    encodeParse({ name: endName, text: "ROLLBACK", parameterTypes: [] }),
];

/** Sets the savepoint; three answers come: bound, complete, closed. */
export const setSavepoint = run(savepointName);

/** Undoes everything since the savepoint. */
export const rollBackToSavepoint = Buffer.concat([run(undoName), encodeSync()]);

/** Begins a transaction with its savepoint. */
export const beginAgain = Buffer.concat([run(beginName), setSavepoint, encodeSync()]);

/** Ends a transaction without its changes. */
export const rollBack = Buffer.concat([run(endName), encodeSync()]);

function run(name: string): Buffer {
    return Buffer.concat([
        encodeBind({
            portal: name,
            statement: name,
            parameterFormats: [],
            parameters: [],
            resultFormats: [],
        }),
        encodeExecute({ portal: name, maxRows: 0 }),
        encodeClose({ target: "portal", name }),
    ]);
}

/**
 * Runs messages that end in a Sync or are a simple query. PostgreSQL must owe nothing else.
 * @param onMessage sees each message of the answer
 */
export function ask(
    session: Session,
    bytes: Buffer,
    onMessage: (message: Message) => void = () => undefined,
): Promise<HiddenAnswer> {
    return new Promise((resolve) => {
        let failure: Failure | undefined;
        const commandTags: string[] = [];
        session.hidden = {
            onMessage(message) {
                if (message.type === "E") {
                    failure = readFailure(message);
                } else if (message.type === "C") {
                    commandTags.push(readCommandTag(message));
                }
                onMessage(message);
            },
            onReady() {
                session.hidden = undefined;
                resolve({ failure, commandTags });
            },
        };
        session.askedAt = performance.now();
        session.toServer.append(bytes);
        session.toServer.flush();
    });
}

/** Resolves when PostgreSQL owes nothing of what was forwarded, or an error ended it. */
export function drained(session: Session): Promise<void> {
    return new Promise((resolve) => {
        if (session.expectations.length === 0) {
            resolve();
            return;
        }
        session.whenDrained = () => {
            session.whenDrained = undefined;
            resolve();
        };
    });
}
