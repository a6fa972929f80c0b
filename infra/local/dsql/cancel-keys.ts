import { createConnection } from "node:net";
import { encodeCancelRequest } from "./wire/frontend";

/** What a client has to know to cancel a statement of a session. */
export interface CancelKey {
    readonly processId: number;
    readonly secretKey: number;
}

/** The sessions whose statements may be cancelled. */
export interface CancelKeys {
    /** The key is PostgreSQL's own. @returns takes it back */
    allow(key: CancelKey, serverPort: number): () => void;
    /** Asks PostgreSQL to cancel; a key that is not known does nothing. */
    cancel(key: CancelKey): void;
}

/** Source: https://www.postgresql.org/docs/16/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS */
export function createCancelKeys(): CancelKeys {
    const ports = new Map<string, number>();
    return {
        allow(key, serverPort) {
            ports.set(nameOf(key), serverPort);
            return () => ports.delete(nameOf(key));
        },
        cancel(key) {
            const port = ports.get(nameOf(key));
            if (port !== undefined) {
                const socket = createConnection({ host: "127.0.0.1", port });
                socket.on("error", () => undefined);
                socket.end(encodeCancelRequest(key));
            }
        },
    };
}

// PostgreSQL draws the secret at random, so two servers give the same pair hardly ever.
function nameOf({ processId, secretKey }: CancelKey): string {
    return `${processId}/${secretKey}`;
}
