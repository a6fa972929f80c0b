import {
    readCommandTag,
    readDataRow,
    readFailure,
    readTransactionStatus,
} from "../../../../../infra/local/dsql/wire/backend";
import {
    encodeBind,
    encodeClose,
    encodeDescribe,
    encodeExecute,
    encodeFlush,
    encodeParse,
    encodeQuery,
    encodeSync,
} from "../../../../../infra/local/dsql/wire/frontend";
import type { Message } from "../../../../../infra/local/dsql/wire/message";
import type { TestCluster, TestDoor } from "../../../../support/test-door";
import { connectWire, type WireClient } from "../../../../support/wire-client";

export const sync = encodeSync();
export const flush = encodeFlush();
export const query = encodeQuery;
export const int4 = 23;

export function parse(text: string, name = "", parameterTypes: readonly number[] = []): Buffer {
    return encodeParse({ name, text, parameterTypes });
}

/** Everything as text. */
export function bind(values: readonly (string | null)[] = [], statement = "", portal = ""): Buffer {
    return encodeBind({
        portal,
        statement,
        parameterFormats: [],
        parameters: values.map((value) => (value === null ? null : Buffer.from(value))),
        resultFormats: [],
    });
}

export function execute(portal = "", maxRows = 0): Buffer {
    return encodeExecute({ portal, maxRows });
}

export function describe(target: "statement" | "portal" = "portal", name = ""): Buffer {
    return encodeDescribe({ target, name });
}

export function close(target: "statement" | "portal", name: string): Buffer {
    return encodeClose({ target, name });
}

/** One statement with the unnamed names, without a Sync. */
export function run(text: string, ...values: readonly (string | null)[]): readonly Buffer[] {
    return [parse(text), bind(values), describe(), execute()];
}

/** As drivers run one statement: with a Sync of its own. */
export function exchange(text: string, ...values: readonly (string | null)[]): readonly Buffer[] {
    return [...run(text, ...values), sync];
}

/** The answers to all of the Syncs and simple queries among the messages. */
export async function answers(
    client: WireClient,
    messages: readonly Buffer[],
): Promise<readonly Message[]> {
    const seen: Message[] = [];
    for (let left = messages.filter(endsExchange).length; left > 0; left -= 1) {
        seen.push(...(await client.untilReady()));
    }
    return seen;
}

/** All in one write. */
export async function sendTogether(
    client: WireClient,
    messages: readonly Buffer[],
): Promise<readonly Message[]> {
    client.send(...messages);
    return answers(client, messages);
}

/** Each exchange only after the former one is answered. */
export async function sendInTurn(
    client: WireClient,
    messages: readonly Buffer[],
): Promise<readonly Message[]> {
    const seen: Message[] = [];
    let rest = messages;
    while (rest.length > 0) {
        const end = rest.findIndex(endsExchange) + 1;
        seen.push(...(await sendTogether(client, rest.slice(0, end))));
        rest = rest.slice(end);
    }
    return seen;
}

function endsExchange(message: Buffer): boolean {
    return ["S", "Q"].includes(String.fromCharCode(message[0] ?? 0));
}

/** Each message in one line: what it is, and the part of it that tells most. */
export function brief(messages: readonly Message[]): readonly string[] {
    return messages.map((message) => {
        switch (message.type) {
            case "C":
                return `C ${readCommandTag(message)}`;
            case "D":
                return `D ${readDataRow(message).join("|")}`;
            case "E":
            case "N":
                return `${message.type} ${readFailure(message).code} ${readFailure(message).message}`;
            case "Z":
                return `Z ${readTransactionStatus(message)}`;
            default:
                return message.type;
        }
    });
}

/** Each message in one line, with all of its bytes but where in its source PostgreSQL failed. */
export function exact(messages: readonly Message[]): readonly string[] {
    return messages.map(({ type, bytes }) => {
        const text = bytes.toString("latin1");
        const isReport = type === "E" || type === "N";
        return isReport ? text.slice(5).replace(/\0F[^\0]*\0L[^\0]*\0R[^\0]*/, "") : text;
    });
}

/** The database of a cluster without the front door, as the cluster's owner or a superuser. */
export function connectBehind(
    door: TestDoor,
    cluster: TestCluster,
    user = "admin",
): Promise<WireClient> {
    return connectWire({
        host: "127.0.0.1",
        port: door.server.port,
        tls: false,
        user,
        password: "",
        database: cluster.database,
    });
}
