/** One typed message of the protocol. */
export interface Message {
    /** One ASCII character. */
    readonly type: string;
    /** The whole message, type and length included. */
    readonly bytes: Buffer;
}

/** What follows the type and the length; not a copy. */
export function payloadOf({ bytes }: Message): Buffer {
    return bytes.subarray(5);
}

/** Somebody does not keep to the protocol. The code is its SQLSTATE. */
export interface ProtocolViolation extends Error {
    readonly code: "08P01";
}

export function protocolViolation(message: string): ProtocolViolation {
    return Object.assign(new Error(message), { code: "08P01" as const });
}
