/** How urgent a line is. `error` means that someone has to look. */
export type LogLevel = "info" | "warn" | "error";

/** What a line says beside its message. No personal data, no bodies, no keys. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Something that writes log lines; tests pass their own. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

const deepestCause = 5;

/**
 * Writes one line of JSON to the standard output, which is where Lambda collects logs.
 *
 * It bypasses `console.log`, because Lambda puts a time and a request id before what that writes
 * and the line would no longer be JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export const log: Log = (level, message, fields = {}) => {
    process.stdout.write(`${logLine(level, message, fields, new Date())}\n`);
};

/** The line that `log` writes. Errors among the fields are written with their stack and causes. */
export function logLine(level: LogLevel, message: string, fields: LogFields, time: Date): string {
    return JSON.stringify({ time: time.toISOString(), level, message, ...fields }, (_, value) =>
        writable(value),
    );
}

function writable(value: unknown): unknown {
    if (typeof value === "bigint") {
        return String(value);
    }
    return value instanceof Error ? describe(value, deepestCause) : value;
}

// Only these members are written: a driver's error also carries the row that was refused.
function describe(error: Error, depth: number): LogFields {
    const { name, message, stack, cause } = error;
    return {
        name,
        message,
        code: "code" in error ? error.code : undefined,
        stack,
        cause: cause instanceof Error && depth > 0 ? describe(cause, depth - 1) : undefined,
    };
}
